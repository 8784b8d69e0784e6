"""Promises about conversations, prompts and pictures: each names what breaks it, in a story that breaks none."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.checking import ROOMS
from engine.db.check import run
from engine.db.database import Database
from engine.play.conversation.tables import prompts
from engine.wiring import Engine
from tests import tiny
from tests.play.troupe import PATIENCE, broken

LONG_AGO = "'2020-01-01 00:00:00+00'"
A_TURN = "(select min(id) from turns where seq = 1 and taken_back_by is null)"
NO_TAKES = "delete from prompts; update messages set take_id = null; delete from takes where kind <> 'opening'"
DEAD_TAKES = f"update takes set state = 'speaking', lease_at = {LONG_AGO} where turn_id = {A_TURN}"

FAULTS = [
    ("C1a", "drop index ux_messages_standing; update messages set seq = 1 where standing"),
    ("C1b", "update turns set seq = 9 where seq = 1 and taken_back_by is null"),
    ("C1c", "update messages set standing = false where role = 'user' and standing"),
    ("C2", f"{NO_TAKES}; update turns set accepted_at = {LONG_AGO}"),
    ("C2", f"{DEAD_TAKES}; update turns set accepted_at = {LONG_AGO}"),
    ("C3a", "update takes set text = ' ' where kind = 'reply'"),
    ("C3a", "update takes set finish_reason = null where kind = 'reply'"),
    ("C3b", "update takes set chosen = false"),
    ("C4", "update sessions set message_count = message_count + 1"),
    ("C5", "drop index ux_sessions_active; update sessions set timeline_id = (select min(id) from timelines)"),
    ("C6", "update turns set seq = 99 where seq = 0"),
    (
        "C6b",
        "update turns set seq = seq + 5 where session_id in (select id from sessions where forked_from is not null)",
    ),
    ("C6c", "update timelines set forked_at = 999 where parent_id is not null"),
    ("C6c", "update timelines set parent_id = id where parent_id is not null"),
    ("C8", "update prompts set release_id = 'another'"),
    ("C8", "delete from prompts"),
    ("C9a", f"update takes set after = 'due', finished_at = {LONG_AGO} where chosen"),
    ("C9b", DEAD_TAKES),
    ("C10", "update sessions set is_active = false where forked_from is null"),
    ("C11", "update engagements set total_messages = total_messages + 1"),
    ("C11", "update engagements set total_sessions = 0"),
    ("C12", "update takes set after = 'none' where kind = 'reply'"),
    ("C13", "update turns set taken_back_by = 'nobody' where taken_back_by is not null"),
    ("D3", "delete from dynamics"),
    ("M1", "update messages set timeline_id = 'nowhere' where role = 'user'"),
    ("M1", "update memory_events set timeline_id = 'nowhere' where id = (select min(id) from memory_events)"),
    ("M3", "update memory_events set at = at + 50"),
    ("M3", "update memory_events set user_id = 'somebody else'"),
    ("P1", "delete from events where name = 'notice_shown'"),
    ("S3", "drop index ux_scene_images_standing; update scene_images set trigger_type = 'start', standing = true"),
    ("S3b", "update scene_images set sequence_index = sequence_index + 1"),
    ("S4", "update scene_images set anchor_id = null where mode = 'kontext'"),
    ("S5", "update image_assets set user_id = 'somebody else'"),
    ("S5b", "update scene_images set slot = 'w0'"),
    ("A1", "update anchor_candidates set asset_id = 'none'"),
    ("A1", "update anchor_candidates set state = 'cancelled'"),
    ("A2", "update anchor_candidates set hand = 'one'"),
    ("A2", "update anchor_candidates set error = 'It broke.'"),
    ("A2", "update anchor_candidates set state = 'drawing'"),
]


@pytest.fixture
def told(engine: Engine) -> Engine:
    """Two lines, one of them said differently, another telling of it, and pictures, one of them a candidate."""
    play, ana = engine.play, engine.people.join("Ana").id
    session_id = play.start(ana, tiny.FIRST).session_id
    play.say(ana, session_id, "line-0", "I'm Ana and I'm allergic to peanuts.")
    assert engine.work.drain(PATIENCE)
    turn_id = play.say(ana, session_id, "line-1", "I live in Lisbon with a dog.").turn.id
    assert engine.work.drain(PATIENCE)
    edited = play.edit(ana, turn_id, "edit", "I live in Porto, and I eat no peanuts.").turn.id
    engine.scenes.draw_moment(ana, session_id, "picture")
    assert engine.work.drain(PATIENCE)
    other = play.fork(ana, edited, "fork").session_id
    play.say(ana, other, "line-2", "What do you remember of peanuts?")
    assert engine.work.drain(PATIENCE)
    engine.avatars.draw_anchor("mara-voss", 1)
    return engine


def test_each_promise_names_what_breaks_it(told: Engine) -> None:
    db = told.play.desk.db
    with db.read() as tx:
        assert any(tx.scalars(sa.select(prompts.c.memory_ids)))
    assert broken(told) == {}
    assert [(code, fault) for code, fault in FAULTS if code not in _found(told, db, fault)] == []
    assert broken(told) == {}


class Undone(Exception):
    """Ends a transaction that shall leave nothing."""


def _found(told: Engine, db: Database, fault: str) -> set[str]:
    """The promises that are broken once a fault is planted; afterwards all is as before."""
    now = told.play.desk.now()
    ages = {f"ago_{seconds}": now - timedelta(seconds=seconds) for seconds in (40, 100, 120)}
    codes: set[str] = set()
    with contextlib.suppress(Undone), db.write() as tx:
        if db.is_sqlite:
            tx.exec_driver_sql("pragma defer_foreign_keys = on")
        for one in fault.split("; "):
            tx.execute(sa.text(one))
        found = (one for room in ROOMS for one in run(tx, room.INVARIANTS, now=now, **ages))
        codes = {one.invariant.code for one in found if one.ids}
        raise Undone
    return codes
