"""One process of a race: opens the engine, says `ready`, waits for a line, does its part and tells what came of it.

Run as `python -m tests.play.racer HOME URL TASK`; TASK is JSON: {"user", "session", "does": [[verb, …], …], "delay"},
each verb with what it is given beside user and session, and the pause between an actor's words. All are done at once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from engine.errors import ColdopenError
from engine.wiring import Engine, open_engine
from tests import tiny
from tests.conftest import quiet


def main(home: str, url: str, task: dict[str, Any]) -> None:
    """Open, wait for the signal, race, drain and tell."""
    with open_engine(quiet(Path(home), url, actor_delay=task.get("delay", 0.0))) as engine:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        with ThreadPoolExecutor(4) as pool:
            told = list(pool.map(lambda one: _attempt(engine, task, *one), task["does"]))
        drained = engine.work.drain(30)
        sys.stdout.write(json.dumps({"told": told, "drained": drained}) + "\n")
        sys.stdout.flush()


def _attempt(engine: Engine, task: dict[str, Any], verb: str, *given: str) -> str:
    """What a verb gave, as an id or `done`; or the name of the refusal."""
    play, user, session = engine.play, task["user"], task.get("session", "")
    verbs: dict[str, Callable[..., object]] = {
        "start": lambda: play.start(user, tiny.FIRST).session_id,
        "say": lambda *line: play.say(user, session, *line).turn.id,
        "regenerate": lambda turn, key: play.regenerate(user, turn, key),
        "choose": lambda turn, take: play.choose(user, turn, take),
        "undo": lambda key: play.undo(user, session, key),
        "edit": lambda turn, key, text: play.edit(user, turn, key, text).turn.id,
        "fork": lambda turn, key: play.fork(user, turn, key).session_id,
        "draw": lambda key: engine.scenes.draw_moment(user, session, key),
    }
    try:
        return str(verbs[verb](*given) or "done")
    except ColdopenError as refused:
        return type(refused).__name__


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
