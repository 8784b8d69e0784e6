"""Plans that are moved, called off or told twice: one thread, on the day that holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from engine.db.database import Database
from engine.kernel.ids import new_id
from engine.play import hooks
from engine.play.effects import Cause
from engine.play.hooks import Due, HookNote
from engine.play.hooks.store import threads
from tests.play.causes import NOON, SIGHT, cause, taken_back

EXAM = {
    "type": "follow_up",
    "content": "Ana has a chemistry exam on Friday",
    "opener": "The exam?",
    "when": "on Friday",
}
TRIP = {"type": "plan", "content": "Ana is flying to Lisbon on Friday", "opener": "And Lisbon?", "when": "on Friday"}
MOVED = {
    "type": "follow_up",
    "content": "Ana has an exam Monday",
    "opener": "The exam?",
    "when": "Monday",
    "instead": True,
}
OFF = {"type": "called_off", "content": "Ana's exam is off", "instead": True}
NEXT_MONTH = NOON + timedelta(days=30)


def plant(tx: sa.Connection, by: Cause, *items: Mapping[str, object]) -> tuple[str, ...]:
    notes = [HookNote.model_validate(item) for item in items]
    return hooks.plant(tx, new_id=new_id, cause=by, notes=notes, said_at=NOON, time_zone="UTC", now=NOON)


def due(tx: sa.Connection, now: datetime = NEXT_MONTH) -> tuple[Due, ...]:
    return hooks.due(tx, SIGHT, session_id="s2", now=now)


def test_what_was_called_off_is_never_asked_about(db: Database) -> None:
    with db.write() as tx:
        plant(tx, cause(1), EXAM, TRIP)

        assert plant(tx, cause(2), OFF) == ("called_off",)
        assert [one.content for one in due(tx)] == ["Ana is flying to Lisbon on Friday"]
        assert [one.content for one in threads(tx, SIGHT)] == ["Ana is flying to Lisbon on Friday"]


def test_what_was_called_off_stands_again_when_those_words_are_taken_back(db: Database) -> None:
    with db.write() as tx:
        plant(tx, cause(1), EXAM)
        plant(tx, cause(2), OFF)
        hooks.restand(tx, taken_back(2))

        assert [one.content for one in due(tx)] == ["Ana has a chemistry exam on Friday"]


def test_nothing_is_called_off_where_nothing_was_planned(db: Database) -> None:
    with db.write() as tx:
        plant(tx, cause(1), TRIP)

        assert plant(tx, cause(2), OFF) == ()
        assert len(due(tx)) == 1


def test_a_plan_made_anew_after_it_was_called_off_is_due_again(db: Database) -> None:
    with db.write() as tx:
        plant(tx, cause(1), EXAM)
        plant(tx, cause(2), OFF)
        plant(tx, cause(3), EXAM)

        assert [one.content for one in due(tx)] == ["Ana has a chemistry exam on Friday"]


def test_a_moved_plan_waits_for_its_new_day_alone(db: Database) -> None:
    saturday, tuesday = datetime(2026, 11, 21, 9, 0, tzinfo=UTC), datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    with db.write() as tx:
        plant(tx, cause(1), EXAM)
        plant(tx, cause(2), MOVED)

        assert due(tx, saturday) == ()
        assert [one.content for one in due(tx, tuesday)] == ["Ana has an exam Monday"]


def test_one_event_told_twice_in_other_words_is_one_thread(db: Database) -> None:
    with db.write() as tx:
        plant(tx, cause(1), EXAM)
        plant(tx, cause(2), EXAM | {"content": "Ana said “my exam is on Friday at nine”", "when": "on Friday at 9am"})
        plant(tx, cause(3), TRIP)

        assert len(due(tx)) == len(threads(tx, SIGHT)) == 2
