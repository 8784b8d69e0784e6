"""Promises about memories, hooks and dynamics: silent on what the rooms write, each naming the row that breaks it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.db.check import run
from engine.db.database import Database
from engine.kernel.ids import new_id
from engine.play import dynamics, hooks, memory
from engine.play.conversation.tables import acts, sessions, takes, timelines, turns
from engine.play.dynamics import DynamicNote, MilestoneNote
from engine.play.dynamics.invariants import INVARIANTS as OF_DYNAMICS
from engine.play.hooks import HookNote
from engine.play.hooks.invariants import INVARIANTS as OF_HOOKS
from engine.play.memory.invariants import INVARIANTS as OF_MEMORY
from engine.story.tables import characters, releases
from tests.play.causes import NOON, SIGHT, cause, chosen, keep, note, say, taken_back

INVARIANTS = (*OF_MEMORY, *OF_HOOKS, *OF_DYNAMICS)
MINE: dict[str, Any] = {"user_id": "ana", "timeline_id": "line-1"}


@pytest.fixture
def played(db: Database) -> Database:
    """Three turns of a session, each with takes a and b and their effects; turn 3 taken back, turn 2 on take b."""
    with db.write() as tx:
        _world(tx)
        for at in (1, 2, 3):
            _turn(tx, at)
            for take in ("a", "b"):
                _effects(tx, at, take)
                for room in (memory, hooks, dynamics):
                    room.restand(tx, chosen(at, "b" if (at, take) == (2, "a") else "a"))
        for room in (memory, hooks, dynamics):
            room.restand(tx, chosen(2, "b"))
            room.restand(tx, taken_back(3))
    return db


def _world(tx: sa.Connection) -> None:
    sheets = ("personality", "tone_style", "speech_patterns", "boundaries", "visual_identity")
    blank: dict[str, Any] = {name: {} for name in sheets}
    blank |= {"likes": [], "dislikes": [], "genre": "", "created_at": NOON, "updated_at": NOON}
    tx.execute(characters.insert(), blank | {"id": "mira", "slug": "mira", "name": "Mira"})
    tx.execute(releases.insert(), {"id": "r", "character_id": "mira", "sha256": "", "payload": "", "created_at": NOON})
    line = {"id": "line-1", "user_id": "ana", "character_id": "mira", "kind": "main", "audience": "player"}
    tx.execute(timelines.insert(), line | {"created_at": NOON})
    row = MINE | {"id": "s1", "character_id": "mira", "template_id": "t", "release_id": "r", "is_active": True}
    tx.execute(sessions.insert(), row | {"started_at": NOON, "last_at": NOON})


def _turn(tx: sa.Connection, at: int) -> None:
    back = "act" if at == 3 else None
    row = MINE | {"id": f"line-1-t{at}", "session_id": "s1", "seq": at, "at": at, "client_id": str(at)}
    tx.execute(turns.insert(), row | {"taken_back_by": back, "accepted_at": NOON})
    for number, take in enumerate(("a", "b"), start=1):
        told = {
            "id": f"line-1-t{at}-{take}",
            "turn_id": f"line-1-t{at}",
            "session_id": "s1",
            "number": number,
            "seed": 1,
        }
        state = {"kind": "reply", "state": "complete", "chosen": take == ("b" if at == 2 else "a"), "created_at": NOON}
        tx.execute(takes.insert(), MINE | told | state)
    say(tx, at, f"The harbour, said for time {at}")


def _effects(tx: sa.Connection, at: int, take: str) -> None:
    by = cause(at, take)
    say(tx, at, f"A reply {at}{take}", by, "Mira")
    keep(tx, by, note(f"Ana lives in town{at}{take}", "home"), note("Ana has a dog"))
    thread = HookNote.model_validate({"type": "plan", "content": f"thread {at}{take}"})
    hooks.plant(tx, new_id=new_id, cause=by, notes=[thread], said_at=NOON, time_zone="UTC", now=NOON)
    offered = hooks.due(tx, SIGHT, session_id="another", now=NOON)
    hooks.use(tx, new_id=new_id, cause=by, hook_ids=[hook.id for hook in offered], now=NOON)
    dynamics.add(tx, new_id=new_id, cause=by, note=DynamicNote(tension_change=5, tone="warm", beat="x"), now=NOON)
    reached = [MilestoneNote(key=f"m{at}"), MilestoneNote(key="always")]
    dynamics.reach(tx, new_id=new_id, cause=by, notes=reached, sight=SIGHT, now=NOON)


def broken(tx: sa.Connection) -> set[str]:
    return {found.invariant.code for found in run(tx, INVARIANTS) if found.ids}


def test_what_the_rooms_write_breaks_no_promise(played: Database) -> None:
    with played.read() as tx:
        assert broken(tx) == set()


FAULTS = [
    ("E1 memory_events", "update memory_events set take_id = null where type = 'fact'"),
    ("E1 hooks", "update hooks set turn_id = null"),
    ("E1 hook_uses", "update hook_uses set take_id = null"),
    ("E1 dynamics", "update dynamics set take_id = null"),
    ("E1 milestones", "update milestones set turn_id = null"),
    ("E2 memory_events", "update memory_events set standing = not standing where at = 2 and summary like '%dog'"),
    ("E2 raw lines", "update memory_events set standing = not standing where take_id is null and at = 3"),
    ("E2 hooks", "update hooks set standing = not standing where at = 3"),
    ("E2 hook_uses", "update hook_uses set standing = false where at = 1 and standing"),
    ("E2 dynamics", "update dynamics set standing = not standing where at = 3"),
    ("E2 milestones", "update milestones set standing = false"),
    ("E2 memory_events", "update takes set chosen = false"),
    ("M2", "update memory_events set timeline_id = 'elsewhere' where at = 3 and take_id is null"),
    ("M4", "update memory_events set importance_score = 7 where at = 1"),
    ("M4", "update memory_events set summary = '" + "x" * 301 + "' where type = 'fact' and at = 1"),
    ("M5", "update hooks set trigger_after = '2027-01-01 00:00:00+00' where at = 1"),
    ("M7", "update memory_stats set n = n + 1"),
    ("M7", "update memory_stats set total_length = 0"),
    ("M7", "update memory_stats set last_seq = 1"),
    ("M7", "delete from memory_stats"),
    ("M8", "delete from memory_terms where seq = 1"),
    ("M8", "insert into memory_terms (timeline_id, term, seq, tf) values ('line-1', 'ghost', 999, 1)"),
    ("D1", "update dynamics set change = 16 where at = 1"),
]


@pytest.mark.parametrize(("code", "fault"), FAULTS)
def test_each_promise_names_what_breaks_it(played: Database, code: str, fault: str) -> None:
    with played.write() as tx:
        changed = tx.execute(sa.text(fault)).rowcount

        assert changed > 0
        assert code in broken(tx)


UNIQUE = [
    (
        "E3",
        "ux_memory_events_supersedes",
        "update memory_events set supersedes = 'one', standing = true where type = 'fact'",
    ),
    ("M5", "ux_hook_uses_standing", "update hook_uses set standing = true, hook_id = (select min(id) from hooks)"),
    ("D2", "ux_milestones_standing", "update milestones set standing = true, key = 'same'"),
]


@pytest.mark.parametrize(("code", "index", "fault"), UNIQUE)
def test_promises_that_an_index_keeps_are_checked_all_the_same(
    played: Database, code: str, index: str, fault: str
) -> None:
    with played.write() as tx:
        tx.execute(sa.text(f"drop index {index}"))
        tx.execute(sa.text(fault))

        assert code in broken(tx)


def test_an_act_holds_its_memory_up_until_it_is_undone(played: Database) -> None:
    with played.write() as tx:
        act = MINE | {"id": "act-9", "kind": "correct", "on": "m", "at": 2, "created_at": NOON}
        tx.execute(acts.insert(), act)
        tx.execute(
            sa.text(
                "update memory_events set act_id = 'act-9', turn_id = null, take_id = null "
                "where at = 1 and type = 'fact' and standing and summary like '%dog'"
            )
        )
        before = broken(tx)
        tx.execute(acts.update().where(acts.c.id == "act-9").values(undone_at=NOON + timedelta(days=1)))

        assert before == set()
        assert broken(tx) == {"E2 memory_events"}
