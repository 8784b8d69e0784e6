"""What a process that was killed had begun is ended by another one, on one PostgreSQL database, within a minute."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine.settings import Settings
from engine.wiring import Engine, open_engine
from tests import tiny
from tests.conftest import quiet
from tests.play.troupe import broken

ROOT = Path(__file__).resolve().parents[2]
A_MINUTE = 60.0
SAY = ["say", "c", "I'm Ana and I'm allergic to peanuts."]
DEATHS = {
    "accept.after-commit": SAY,
    "pulse.after-save": SAY,
    "record.after-commit": SAY,
    "after.observed": SAY,
    "scene-claim.after-commit": ["start"],
}
"""Where a process dies, and what it was asked to do."""


@pytest.mark.full
@pytest.mark.parametrize("house", ["postgresql"], indirect=True)
def test_what_a_killed_process_began_is_ended_within_a_minute(house: Settings) -> None:
    url = house.database_url.get_secret_value()
    with open_engine(quiet(house.home, url, sweep_seconds=5.0)) as engine:
        people = {point: engine.people.join(f"Ana {number}").id for number, point in enumerate(DEATHS)}
        with ThreadPoolExecutor(len(DEATHS)) as pool:
            settled = {
                point: pool.submit(_settles, engine, person, _die(house.home, url, engine, person, point))
                for point, person in people.items()
            }
            took = {point: one.result() for point, one in settled.items()}
        sys.stdout.write(json.dumps({point: round(seconds, 1) for point, seconds in took.items()}) + "\n")
        assert {point: seconds for point, seconds in took.items() if seconds > A_MINUTE} == {}
        assert broken(engine) == {}


def _die(home: Path, url: str, engine: Engine, user: str, point: str) -> float:
    """Let a process of its own die at a point: the moment at which it was dead."""
    does, session = DEATHS[point], ""
    if does is SAY:
        session = engine.play.start(user, tiny.FIRST).session_id
    task = {"user": user, "session": session, "does": [does], "delay": 0.1 if point == "pulse.after-save" else 0.0}
    order = [sys.executable, "-m", "tests.play.racer", str(home), url, json.dumps(task)]
    given = os.environ | {"CRASH_AT": point}
    with subprocess.Popen(order, cwd=ROOT, env=given, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603  (our own command)
        process.communicate(b"go\n", timeout=60)
    assert process.returncode == -signal.SIGKILL
    return time.monotonic()


def _settles(engine: Engine, user: str, since: float) -> float:
    """Seconds from a death until nothing of a person's session is begun and not ended."""
    session = engine.play.start(user, tiny.FIRST).session_id
    while not engine.play.is_settled(user, session):
        assert time.monotonic() < since + 2 * A_MINUTE
        time.sleep(0.1)
    return time.monotonic() - since
