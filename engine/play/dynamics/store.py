"""Dynamics' and milestones' verbs on an open transaction: add, fold, reach, and mark what stands."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine.kernel.border import MOST
from engine.kernel.ids import Ids
from engine.play.dynamics.level import BEATS, Dynamic, level
from engine.play.dynamics.notes import TONES, DynamicNote, MilestoneNote
from engine.play.dynamics.tables import dynamics, milestones
from engine.play.effects import Cause, Sight, Verdict
from engine.play.effects.store import restand as mark

_D, _M = dynamics.c, milestones.c
_TIMELINE, _SEEN = sa.bindparam("timeline"), sa.bindparam("seen")
_IN_SIGHT = sa.and_(_D.timeline_id == _TIMELINE, _D.at <= _SEEN, _D.standing)
_CHANGES = (
    sa.select(_D.change)
    .where(_IN_SIGHT, _D.session_id.in_(sa.bindparam("sessions", expanding=True)))
    .order_by(_D.at, _D.id)
)
_BEATS = sa.select(_D.beat).where(_IN_SIGHT, _D.beat != "").order_by(_D.at.desc(), _D.id.desc()).limit(BEATS)
_TONE = sa.select(_D.tone).where(_IN_SIGHT, _D.tone != "").order_by(_D.at.desc(), _D.id.desc()).limit(1)
_REACHED = (
    sa.select(_M.key)
    .where(_M.timeline_id == _TIMELINE, _M.at <= _SEEN, _M.standing)
    .order_by(_M.at, _M.created_at, _M.id)
)
_OF_TAKE = sa.select(_M.key).where(_M.take_id == sa.bindparam("take"))
_MOVED: dict[str, Any] = {
    "sqlite": sqlite.insert(dynamics).on_conflict_do_nothing().returning(_D.id),
    "postgresql": postgresql.insert(dynamics).on_conflict_do_nothing().returning(_D.id),
}
_MET: dict[str, Any] = {
    "sqlite": sqlite.insert(milestones).on_conflict_do_nothing().returning(_M.id),
    "postgresql": postgresql.insert(milestones).on_conflict_do_nothing().returning(_M.id),
}


def state(
    tx: sa.Connection,
    *,
    sessions: Collection[str],
    sight: Sight,
    opening_tension: int,
) -> Dynamic:
    """Where a session's scene stands: tension folded over its own rows, tone and beats of all that the timeline sees.

    `sessions` are the session and, for a fork, those that it goes on from: their seen rows count as its own.
    """
    lines = [{"timeline": timeline, "seen": seen} for timeline, seen in sight.lines]
    changes = [one for line in reversed(lines) for one in tx.scalars(_CHANGES, line | {"sessions": list(sessions)})]
    beats: list[str] = []
    tone = ""
    for line in lines:
        if len(beats) < BEATS:
            beats += tx.scalars(_BEATS, line)
        tone = tone or tx.scalar(_TONE, line) or ""
    return Dynamic(level(opening_tension, changes), tone or TONES[0], tuple(reversed(beats[:BEATS])))


def add(tx: sa.Connection, *, new_id: Ids, cause: Cause, note: DynamicNote, now: datetime) -> bool:
    """Write how a take moved the scene, once for each take. False when it was written before."""
    row = cause.columns() | {"id": new_id(), "change": note.tension_change, "tone": note.tone, "beat": note.beat}
    return tx.scalar(_MOVED[tx.dialect.name], row | {"standing": True, "created_at": now}) is not None


def reach(
    tx: sa.Connection, *, new_id: Ids, cause: Cause, notes: Sequence[MilestoneNote], sight: Sight, now: datetime
) -> tuple[str, ...]:
    """Write the milestones that the timeline has not reached yet, as it sees; their keys."""
    known = {*reached(tx, sight), *tx.scalars(_OF_TAKE, {"take": cause.take_id})}
    fresh: list[str] = []
    for note in notes[:MOST]:
        row = cause.columns() | {
            "id": new_id(),
            "key": note.key,
            "summary": note.text,
            "standing": True,
            "created_at": now,
        }
        if note.key not in known and tx.scalar(_MET[tx.dialect.name], row) is not None:
            fresh.append(note.key)
        known.add(note.key)
    return tuple(fresh)


def reached(tx: sa.Connection, sight: Sight) -> tuple[str, ...]:
    """The keys of the milestones that stand, in the order in which they were reached."""
    lines = ({"timeline": timeline, "seen": seen} for timeline, seen in reversed(sight.lines))
    return tuple(dict.fromkeys(key for line in lines for key in tx.scalars(_REACHED, line)))


def restand(tx: sa.Connection, verdict: Verdict) -> None:
    """Mark a turn's dynamic and milestones by a verdict."""
    for table in (dynamics, milestones):
        mark(tx, table, verdict)
