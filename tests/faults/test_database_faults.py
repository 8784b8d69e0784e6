"""A database that is locked, full, or cut off in mid turn, and clocks that jump: nothing half, and it goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from engine.db.database import MAIN_FILE, raw_connection
from engine.errors import NoRoom
from engine.kernel.clock import utc_now
from engine.play.conversation.tables import takes
from engine.settings import Settings
from engine.wiring import Engine, open_engine
from tests import tiny
from tests.faults.grid import Clock
from tests.faults.postcards import Postcards
from tests.play.troupe import PATIENCE, broken

LINES = ("I'm Ana and I'm allergic to peanuts.", "My exam is tomorrow.", "Who took the ledger?")
CUT_OFF = "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database()"
JUMPS = {"an hour on": {"hours": 1}, "an hour back": {"hours": -1}, "eight days on": {"days": 8}}


def _sit_down(engine: Engine) -> tuple[str, str]:
    ana = engine.people.named("Ana").id
    return ana, engine.play.start(ana, tiny.FIRST).session_id


def _say(engine: Engine, ana: str, session_id: str, number: int) -> str:
    """Say a line and hear the reply: its final state."""
    turn = engine.play.say(ana, session_id, f"line-{number}", LINES[number]).turn
    return [frame.state for frame in engine.play.follow(ana, turn.id)][-1]


@contextmanager
def _locked(engine: Engine, seconds: float) -> Generator[None]:
    """Whatever writes to sessions waits so long for somebody else's transaction."""
    db, held = engine.play.desk.db, threading.Event()

    def hold() -> None:
        if db.is_sqlite:
            raw = raw_connection(engine.settings.home / MAIN_FILE)
            raw.execute("begin immediate")
            held.set()
            time.sleep(seconds)
            raw.execute("rollback")
            raw.close()
        else:
            with db.engine.begin() as connection:
                connection.execute(sa.text("lock table sessions in exclusive mode"))
                held.set()
                time.sleep(seconds)

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(60)
    yield
    holder.join()


@pytest.mark.parametrize("seconds", [1, 4, 10])
def test_a_line_waits_for_a_locked_database_and_is_answered(engine: Engine, seconds: int) -> None:
    ana, session_id = _sit_down(engine)
    assert engine.work.drain(PATIENCE)
    with _locked(engine, seconds):
        began = time.monotonic()
        assert _say(engine, ana, session_id, 0) == "complete"
        assert time.monotonic() - began >= seconds - 1
    assert engine.work.drain(PATIENCE)
    assert _say(engine, ana, session_id, 1) == "complete"
    assert engine.work.drain(PATIENCE)
    assert broken(engine) == {}


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_a_full_disk_keeps_what_stood_and_goes_on_once_there_is_room(engine: Engine) -> None:
    ana, session_id = _sit_down(engine)
    assert engine.work.drain(PATIENCE)
    assert _say(engine, ana, session_id, 0) == "complete"
    assert engine.work.drain(PATIENCE)
    with _full(engine), pytest.raises(NoRoom, match="disk is full"):
        _fill(engine, ana, session_id)
    assert len(engine.play.session(ana, session_id).turns) >= 2
    assert engine.work.drain(PATIENCE)
    if _say(engine, ana, session_id, 1) == "failed":  # it was accepted with the last room, and its reply was not
        turn_id = engine.play.session(ana, session_id).turns[-1].turn.id
        engine.play.regenerate(ana, turn_id, "again")
        assert [frame.state for frame in engine.play.follow(ana, turn_id)][-1] == "complete"
    assert engine.work.drain(PATIENCE)
    assert broken(engine) == {}


def _fill(engine: Engine, ana: str, session_id: str) -> None:
    """Write until there is no room."""
    for _ in range(200):
        engine.play.say(ana, session_id, "line-1", LINES[1])
        engine.people.join("x" * 40)


@contextmanager
def _full(engine: Engine) -> Generator[None]:
    """The database may not grow by a page on any connection: SQLite says what it says of a full disk."""

    def limit(raw: Any, _record: object, _proxy: object) -> None:  # noqa: ANN401  (the driver's own connection)
        raw.cursor().execute("PRAGMA max_page_count = 1")  # never below what is there

    def free(raw: Any, _record: object, _proxy: object) -> None:  # noqa: ANN401  (the same)
        raw.cursor().execute("PRAGMA max_page_count = 1073741823")

    database = engine.play.desk.db.engine
    event.listen(database, "checkout", limit)
    yield
    event.remove(database, "checkout", limit)
    event.listen(database, "checkout", free)


@pytest.mark.parametrize("house", ["postgresql"], indirect=True)
def test_connections_cut_off_in_mid_turn_lose_no_line_and_the_play_goes_on(house: Settings) -> None:
    slowly = house.model_copy(update={"actor_delay": 0.05})
    with open_engine(slowly, camera=Postcards()) as engine:
        ana, session_id = _sit_down(engine)
        turn = engine.play.say(ana, session_id, "line-0", LINES[0]).turn
        begun = time.monotonic() + PATIENCE
        while not engine.play.look(ana, turn.id).text:
            assert time.monotonic() < begun
            time.sleep(0.02)
        for _ in range(5):
            time.sleep(0.1)
            with sa.create_engine(house.database_url.get_secret_value()).connect() as connection:
                connection.execute(sa.text(f"{CUT_OFF} and pid <> pg_backend_pid()"))
        until = time.monotonic() + 2 * PATIENCE
        while _calmly(lambda: engine.play.look(ana, turn.id).state) not in ("complete", "partial", "stopped"):
            assert time.monotonic() < until
            time.sleep(0.1)
        assert _say(engine, ana, session_id, 1) == "complete"
        assert engine.play.session(ana, session_id).played == 2
        assert engine.work.drain(2 * PATIENCE)
        assert broken(engine) == {}


def _calmly(look: Callable[[], str]) -> str:
    """What is seen, or nothing where the connection was cut off while looking."""
    try:
        return look()
    except DBAPIError:
        return ""


@pytest.mark.parametrize("jump", JUMPS)
def test_a_clock_that_jumps_loses_and_doubles_nothing(house: Settings, jump: str) -> None:
    clock = Clock(timedelta(0))
    with open_engine(house, clock=clock, camera=Postcards()) as engine:
        ana, session_id = _sit_down(engine)
        assert _say(engine, ana, session_id, 0) == "complete"
        clock.lead = timedelta(**JUMPS[jump])
        assert _say(engine, ana, session_id, 1) == "complete"
        assert engine.work.drain(PATIENCE)
        assert broken(engine) == {}
    with open_engine(house, clock=clock, camera=Postcards()) as engine:
        assert _say(engine, ana, session_id, 2) == "complete"
        assert engine.work.drain(PATIENCE)
        assert engine.play.session(ana, session_id).played == 3
        assert broken(engine) == {}


def test_a_reply_whose_speaker_died_before_the_clock_went_back_is_ended(house: Settings) -> None:
    now, clock = utc_now(), Clock(timedelta(0))
    with open_engine(house, clock=clock, camera=Postcards()) as engine:
        ana, session_id = _sit_down(engine)
        assert _say(engine, ana, session_id, 0) == "complete"
        assert engine.work.drain(PATIENCE)
        with engine.play.desk.db.write() as tx:
            dead = {"state": "speaking", "chosen": False, "text": "", "slot": "gone", "lease_at": now}
            tx.execute(takes.update().where(takes.c.kind == "reply").values(**dead))
        clock.lead = timedelta(hours=-1)
        until = time.monotonic() + PATIENCE
        turn_id = engine.play.session(ana, session_id).turns[-1].turn.id
        while engine.play.look(ana, turn_id).state == "speaking":
            assert time.monotonic() < until
            time.sleep(0.1)
