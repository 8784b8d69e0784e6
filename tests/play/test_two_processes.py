"""Several processes on one PostgreSQL database: nothing is lost and nothing doubled, and each race has one winner."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.play.conversation.tables import acts
from engine.settings import Settings
from engine.wiring import Engine, open_engine
from tests import steady, tiny
from tests.play.troupe import PATIENCE, Player, broken

ROOT = Path(__file__).resolve().parents[2]
ON_POSTGRESQL = pytest.mark.parametrize("house", ["postgresql"], indirect=True)
"""The embedded database has one process that does durable work; many processes are what PostgreSQL is for."""


def _race(house: Settings, task: dict[str, Any], processes: int = 2) -> list[list[str]]:
    """Processes that do the same task at the same moment: what came of it in each."""
    url = house.database_url.get_secret_value()
    order = [sys.executable, "-m", "tests.play.racer", str(house.home), url, json.dumps(task)]
    runners = [
        subprocess.Popen(order, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
        for _ in range(processes)
    ]
    try:
        for runner in runners:
            assert runner.stdout is not None
            assert runner.stdout.readline() == "ready\n"
        told = [runner.communicate(timeout=120)[0] for runner in _all_at_once(runners)]
    finally:
        for runner in runners:
            runner.kill()
            runner.wait()
    results = [json.loads(one) for one in told]
    assert all(one["drained"] for one in results)
    return [one["told"] for one in results]


def _all_at_once(runners: list[subprocess.Popen[str]]) -> list[subprocess.Popen[str]]:
    """Give every runner its signal before any is waited for."""
    for runner in runners:
        assert runner.stdin is not None
        runner.stdin.write("go\n")
        runner.stdin.flush()
    return runners


def _player(engine: Engine, user_id: str, session_id: str) -> Player:
    return Player(engine, steady.Clock(), user_id, session_id)


@ON_POSTGRESQL
def test_starts_from_two_processes_give_one_session(house: Settings) -> None:
    with open_engine(house) as engine:
        user = engine.people.join("Ana").id
    told = _race(house, {"user": user, "does": [["start"]] * 10})
    assert len({*told[0], *told[1]}) == 1
    with open_engine(house) as engine:
        assert engine.work.drain(PATIENCE)
        view = engine.play.session(user, told[0][0])
        assert (len(view.turns), len(view.scenes)) == (1, 1)
        assert len(engine.play.sessions(user)) == 1
        assert broken(engine) == {}


@ON_POSTGRESQL
def test_lines_from_two_processes_are_each_answered_once_in_one_order(house: Settings) -> None:
    with open_engine(house) as engine:
        user = engine.people.join("Ana").id
        session = engine.play.start(user, tiny.FIRST).session_id
    lines = [[f"c{number}", f"I am allergic to nut number {number}."] for number in range(6)]
    told = _race(house, {"user": user, "session": session, "does": [["say", *line] for line in lines]})
    assert told[0] == told[1]
    assert len(set(told[0])) == 6
    with open_engine(house) as engine:
        assert engine.work.drain(PATIENCE)
        player = _player(engine, user, session)
        view, digest = player.view(), player.digest()
        assert sorted(one.turn.client_id for one in view.turns[1:]) == [f"c{number}" for number in range(6)]
        assert [one.turn.seq for one in view.turns] == list(range(7))
        assert {(one.state, len(one.takes)) for one in view.turns} == {("complete", 1)}
        assert {one.takes[0].after for one in view.turns[1:]} == {"done"}
        assert (digest["sessions"], digest["engagement"]) == ([(False, 13)], [(1, 13)])
        assert len(digest["dynamics"]) == 6
        assert broken(engine) == {}


@ON_POSTGRESQL
def test_one_line_posted_twenty_times_by_four_processes_is_one_line_with_one_reply(house: Settings) -> None:
    with open_engine(house) as engine:
        user = engine.people.join("Ana").id
        session = engine.play.start(user, tiny.FIRST).session_id
    told = _race(house, {"user": user, "session": session, "does": [["say", "c", "Who was here?"]] * 5}, 4)
    assert len({one for each in told for one in each}) == 1
    with open_engine(house) as engine:
        assert engine.work.drain(PATIENCE)
        view = _player(engine, user, session).view()
        assert [(one.state, len(one.takes)) for one in view.turns] == [("complete", 1)] * 2
        assert broken(engine) == {}


@ON_POSTGRESQL
def test_starts_from_four_processes_give_one_session_with_one_opening(house: Settings) -> None:
    with open_engine(house) as engine:
        user = engine.people.join("Ana").id
    told = _race(house, {"user": user, "does": [["start"]] * 5}, 4)
    assert len({one for each in told for one in each}) == 1
    with open_engine(house) as engine:
        assert engine.work.drain(PATIENCE)
        view = engine.play.session(user, told[0][0])
        assert (len(view.turns), len(view.scenes), len(engine.play.sessions(user))) == (1, 1, 1)
        assert broken(engine) == {}


@ON_POSTGRESQL
def test_acts_of_four_processes_at_once_are_each_done_once_or_refused(house: Settings) -> None:
    with open_engine(house) as engine:
        user = engine.people.join("Ana").id
        player = _player(engine, user, engine.play.start(user, tiny.FIRST).session_id)
        first, second = player.say("I live in Lisbon.").turn.id, player.say("And you?").turn.id
        player.regenerate(second)
        other = next(one.id for one in player.turn(second).takes if not one.chosen)
    does = [
        ["regenerate", second, "again"],
        ["choose", second, other],
        ["undo", "undo"],
        ["edit", first, "edit", "I live in Porto."],
        ["fork", first, "fork"],
        ["draw", "picture"],
    ]
    told = _race(house, {"user": user, "session": player.session_id, "does": does}, 4)
    with open_engine(house) as engine:
        assert engine.work.drain(PATIENCE)
        assert broken(engine) == {}
        for number in (3, 4, 5):  # what has an id of its own has the same one for all who were not refused
            assert len({each[number] for each in told} - {"Conflict", "NotFound"}) <= 1
        assert {one for each in told for one in each[:3]} <= {"done", "Conflict", "NotFound", "StoodOn", "Ended"}
        with engine.play.desk.db.read() as tx:
            done = Counter(tx.scalars(sa.select(acts.c.client_id).where(acts.c.client_id.is_not(None))))
        assert {key: count for key, count in done.items() if count > 1} == {}
        assert _player(engine, user, player.session_id).say("Go on.").state == "complete"
        assert broken(engine) == {}


@ON_POSTGRESQL
def test_one_wish_for_a_picture_from_four_processes_is_one_picture(house: Settings) -> None:
    with open_engine(house) as engine:
        user = engine.people.join("Ana").id
        session = engine.play.start(user, tiny.FIRST).session_id
    told = _race(house, {"user": user, "session": session, "does": [["draw", "picture"]] * 5}, 4)
    assert len({one for each in told for one in each}) == 1
    with open_engine(house) as engine:
        assert engine.work.drain(PATIENCE)
        view = engine.play.session(user, session)
        assert [(one.trigger_type.partition("-")[0], one.state) for one in view.scenes] == [
            ("start", "ready"),
            ("manual", "ready"),
        ]
        assert broken(engine) == {}
