"""One process of a race: opens the engine, says `ready`, waits for a line, does its part and tells what came of it.

Run as `python -m tests.play.racer HOME URL TASK`; TASK is JSON: {"do": "start" or "say", "user", "session", "lines"}.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from engine.errors import ColdopenError
from engine.wiring import Engine, open_engine
from tests import tiny
from tests.conftest import quiet


def main(home: str, url: str, task: dict[str, Any]) -> None:
    """Open, wait for the signal, race, drain and tell."""
    with open_engine(quiet(Path(home), url)) as engine:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        with ThreadPoolExecutor(4) as pool:
            told = list(pool.map(lambda one: _attempt(engine, task, one), task["lines"]))
        drained = engine.work.drain(30)
        sys.stdout.write(json.dumps({"told": told, "drained": drained}) + "\n")
        sys.stdout.flush()


def _attempt(engine: Engine, task: dict[str, Any], line: list[str]) -> str:
    """One start or one line: the id of its session or turn, or the name of the refusal."""
    try:
        if task["do"] == "start":
            return engine.play.start(task["user"], tiny.FIRST).session_id
        return engine.play.say(task["user"], task["session"], *line).turn.id
    except ColdopenError as refused:
        return type(refused).__name__


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
