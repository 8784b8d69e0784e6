"""Erasing somebody while something is under way for them: it is stopped, or finds nobody; no row ever comes back."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import pytest

from engine.errors import NotFound
from engine.leaving import store
from engine.play import turn
from engine.play.conversation.takes.store import Spoken
from engine.providers.llm.offline.actor import OfflineActor
from engine.settings import Settings
from engine.wiring import Engine, open_engine
from tests import tiny
from tests.leaving.lives import PATIENCE, in_rows, left_of
from tests.play.troupe import Gate, Puppet, broken

LINE = "Tell me about the ledger."


@pytest.fixture
def gate() -> Iterator[Gate]:
    """A reply of two halves, let go at the end."""
    one = Gate()
    yield one
    one.opened.set()


@pytest.fixture
def gated(house: Settings, gate: Gate) -> Iterator[Engine]:
    """An engine in which a certain line is answered through the gate."""
    actor = Puppet(OfflineActor(house.content / "offline"))
    actor.at(LINE, gate)
    with open_engine(house, actor=actor) as engine:
        yield engine


def _speaking(engine: Engine, gate: Gate) -> tuple[str, str]:
    """Ana, who hears the first half of a reply, and her turn."""
    ana = engine.people.join("Ana")
    session_id = engine.play.start(ana.id, tiny.FIRST).session_id
    assert engine.work.drain(PATIENCE)
    turn_id = engine.play.say(ana.id, session_id, "one", LINE).turn.id
    assert gate.reached.wait(PATIENCE)
    return ana.id, turn_id


def _end_of(told: Future[list[str]]) -> str:
    """The last state that whoever followed a reply has seen, or `gone` where it was erased while they looked."""
    try:
        return told.result(PATIENCE)[-1]
    except NotFound:
        return "gone"


def test_a_reply_that_is_being_spoken_is_stopped_before_its_person_is_erased(gated: Engine, gate: Gate) -> None:
    ana, turn_id = _speaking(gated, gate)
    gate.opened.set()
    began = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(lambda: [frame.state for frame in gated.play.follow(ana, turn_id)])
        gated.leaving.erase(ana)
        assert time.monotonic() - began < 18
        assert _end_of(told) in ("stopped", "complete", "gone")
    with pytest.raises(NotFound):
        gated.play.look(ana, turn_id)
    assert left_of(gated, ana) == []


def test_a_reply_that_is_recorded_after_its_person_was_erased_brings_nothing_back(
    gated: Engine, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    ana, _ = _speaking(gated, gate)
    hasty = replace(gated.leaving, patience=0.2)
    hasty.erase(ana)
    gated.play.speakers.pulse()
    caplog.clear()
    gate.opened.set()
    until = time.monotonic() + PATIENCE
    while gated.play.speakers.channels and time.monotonic() < until:
        time.sleep(0.02)
    assert left_of(gated, ana) == []
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING] == []
    assert gated.work.drain(PATIENCE)
    assert broken(gated) == {}


def test_a_line_that_waits_for_its_reply_is_answered_by_nobody_once_its_person_is_erased(
    gated: Engine, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    ana, turn_id = _speaking(gated, gate)
    session_id = gated.play.session(ana, gated.play.sessions(ana)[0].id).session.id
    gated.play.say(ana, session_id, "two", "And then?")
    replace(gated.leaving, patience=0.2).erase(ana)
    caplog.clear()
    gate.opened.set()
    assert gated.work.drain(PATIENCE)
    time.sleep(0.3)
    assert left_of(gated, ana) == []
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING] == []
    assert turn.claim(gated.play.desk, turn_id, "w9") == turn.GONE


def test_recording_and_after_work_of_what_is_gone_are_no_faults(engine: Engine) -> None:
    assert not turn.record(engine.play.desk, "gone", "w0", Spoken("complete", "Hello."), None, own_after=True)
    engine.work.start("after", "gone", 0)
    engine.work.start("draw", "gone", 0)
    assert engine.work.drain(PATIENCE)


def test_nothing_can_be_begun_for_somebody_who_is_being_erased(engine: Engine) -> None:
    ana = engine.people.join("Ana")
    mara = engine.releases.cut("mara-voss")
    held, begun = threading.Event(), threading.Event()

    def start() -> str:
        held.wait(PATIENCE)
        begun.set()
        try:
            return engine.play.start(ana.id, tiny.FIRST).session_id
        except NotFound as error:
            return str(error)

    with ThreadPoolExecutor(1) as pool:
        said = pool.submit(start)
        with engine.play.desk.db.write() as tx:
            store.hold(tx, ana.id)
            store.erase(tx, ana.id)
            held.set()
            assert begun.wait(PATIENCE)
            time.sleep(0.2)
        assert said.result(PATIENCE) == "There is no such person."
    with pytest.raises(NotFound):
        engine.play.rehearse(ana.id, mara.id, mara.payload.episodes[0].id)
    assert list(in_rows(engine, ana.id)) == []


def test_twenty_who_erase_the_same_person_at_once_erase_them_once(engine: Engine) -> None:
    ana = engine.people.join("Ana")
    engine.play.start(ana.id, tiny.FIRST)
    assert engine.work.drain(PATIENCE)
    with ThreadPoolExecutor(20) as pool:
        gone = list(pool.map(lambda _: engine.leaving.erase(ana.id).rows, range(20)))
    assert len([rows for rows in gone if rows]) == 1
    assert left_of(engine, ana.id) == []
