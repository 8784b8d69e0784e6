"""Causes, notes and sights for tests of what turns leave behind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from engine.kernel.ids import new_id
from engine.play import memory
from engine.play.effects import EVERYTHING, Cause, Sight, Verdict
from engine.play.memory import Made, MemoryNote

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
"""A Wednesday."""
SIGHT = Sight((("line-1", EVERYTHING),))


def cause(at: int, take: str | None = "a", *, timeline: str = "line-1", session: str = "s1") -> Cause:
    """Turn number `at` of a timeline; its take, or none for the player's own line."""
    take_id = f"{timeline}-t{at}-{take}" if take else None
    return Cause("ana", "mira", timeline, session, at, turn(at, timeline), take_id)


def turn(at: int, timeline: str = "line-1") -> str:
    """The id of that turn."""
    return f"{timeline}-t{at}"


def chosen(at: int, take: str, timeline: str = "line-1") -> Verdict:
    """The turn stands with this take."""
    return Verdict(turn(at, timeline), turn_stands=True, take_id=f"{timeline}-t{at}-{take}")


def taken_back(at: int, timeline: str = "line-1") -> Verdict:
    """The turn does not stand."""
    return Verdict(turn(at, timeline), turn_stands=False, take_id=None)


def say(tx: sa.Connection, at: int, text: str, by: Cause | None = None, speaker: str = "Ana", **more: str) -> str:
    """A raw line of the player, or of whoever `by` and `speaker` say."""
    said_at = NOON + timedelta(minutes=at)
    told = by or cause(at, None)
    return memory.add_line(
        tx,
        new_id=new_id,
        cause=told,
        text=text,
        said_at=said_at,
        speaker=speaker,
        now=said_at,
        source_id=more.get("source_id"),
    )


def note(
    text: str, attribute: str = "", *, kind: str = "fact", importance: float = 0.5, when: str = "", subject: str = "Ana"
) -> MemoryNote:
    """A note about Ana."""
    return MemoryNote.model_validate(
        {"kind": kind, "subject": subject, "attribute": attribute, "text": text, "importance": importance, "when": when}
    )


def keep(
    tx: sa.Connection,
    by: Cause,
    *notes: MemoryNote,
    sight: Sight = SIGHT,
    zone: str = "UTC",
    said_at: datetime | None = None,
) -> tuple[Made, ...]:
    """What a take makes remembered."""
    told = said_at or NOON + timedelta(minutes=by.at)
    return memory.remember(
        tx, new_id=new_id, cause=by, notes=notes, said_at=told, time_zone=zone, now=told, sight=sight
    )


def texts(found: tuple[memory.Recalled, ...]) -> list[str]:
    """The words of what was recalled."""
    return [one.text for one in found]
