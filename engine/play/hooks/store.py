"""Hooks' verbs on an open transaction: plant, offer what is due, use, and mark what stands."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine.kernel.border import MOST
from engine.kernel.ids import Ids
from engine.play.effects import EVERYTHING, Cause, Sight, Verdict
from engine.play.effects.store import restand as mark
from engine.play.hooks.care import reproaches
from engine.play.hooks.notes import HookNote
from engine.play.hooks.nouns import Due
from engine.play.hooks.tables import hook_uses, hooks
from engine.play.hooks.threads import Ripening, one_each, ripening, same_thread, topic

_H, _U = hooks.c, hook_uses.c
_WIDEST = 100
_DUE: tuple[sa.ColumnElement[Any], ...] = (
    _H.id,
    _H.type,
    _H.content,
    _H.suggested_opener,
    _H.trigger_after,
    _H.event_at,
    _H.priority,
    _H.at,
    _H.hash,
)
_OF_TAKE = sa.select(_H.hash).where(_H.take_id == sa.bindparam("take"))
_RIPE = sa.select(_H.id, _H.type).where(
    _H.id.in_(sa.bindparam("ids", expanding=True)),
    _H.user_id == sa.bindparam("user"),
    _H.trigger_after <= sa.bindparam("now", type_=_H.trigger_after.type),
)
_INSERT = hooks.insert()
_USE: dict[str, Any] = {
    "sqlite": sqlite.insert(hook_uses).on_conflict_do_nothing().returning(_U.id),
    "postgresql": postgresql.insert(hook_uses).on_conflict_do_nothing().returning(_U.id),
}


def plant(
    tx: sa.Connection,
    *,
    new_id: Ids,
    cause: Cause,
    notes: Sequence[HookNote],
    said_at: datetime,
    time_zone: str,
    now: datetime,
    sight: Sight | None = None,
) -> tuple[str, ...]:
    """Write hooks, each ripe as its date says; the kinds of those that are new.

    A note that reproaches somebody is refused. One that is about the same thing as a hook still open gets its hash, so
    that only one of them is offered. Doing it again for the same take plants nothing.
    """
    seen = sight or Sight(((cause.timeline_id, EVERYTHING),))
    planted = set(tx.scalars(_OF_TAKE, {"take": cause.take_id}))
    kinds: list[str] = []
    for note in notes[:MOST]:
        ripe = ripening(note, said_at, time_zone)
        thread = _thread(tx, seen, note, ripe)
        if thread in planted or reproaches(note.opener) or reproaches(note.content):
            continue
        planted.add(thread)
        row = {"id": new_id(), "type": note.type, "content": note.content, "suggested_opener": note.opener}
        when = {"trigger_after": ripe.trigger_after, "event_at": ripe.event_at, "priority": ripe.priority(note.type)}
        tx.execute(_INSERT, cause.columns() | row | when | {"hash": thread, "standing": True, "created_at": now})
        kinds.append(note.type)
    return tuple(kinds)


def due(tx: sa.Connection, sight: Sight, *, session_id: str, now: datetime, limit: int = 5) -> tuple[Due, ...]:
    """The hooks that may be picked up now, by priority, then by how long they have been ripe.

    Never before `trigger_after`, never one whose thread a seen, standing use has picked up since, and none without a
    date in the session that planted it.
    """
    return one_each(_open(tx, sight, session_id, now), limit)


def use(
    tx: sa.Connection,
    *,
    new_id: Ids,
    cause: Cause,
    hook_ids: Collection[str],
    now: datetime,
    standing: bool = True,
) -> tuple[str, ...]:
    """Record that a take picked hooks up, each at most once among standing rows; the kinds of those used just now.

    Call it after the turn was restood: a use of another take that still stands would keep this one out. Unripe hooks
    and those of somebody else are left out.
    """
    ripe = tx.execute(_RIPE, {"ids": list(hook_ids), "user": cause.user_id, "now": now}).all() if hook_ids else []
    kinds: list[str] = []
    for hook in sorted(ripe, key=lambda row: list(hook_ids).index(row.id)):
        row = cause.columns() | {"id": new_id(), "hook_id": hook.id, "standing": standing, "created_at": now}
        if tx.scalar(_USE[tx.dialect.name], row) is not None:
            kinds.append(hook.type)
    return tuple(kinds)


def restand(tx: sa.Connection, verdict: Verdict) -> None:
    """Mark a turn's hooks and uses by a verdict."""
    for table in (hooks, hook_uses):
        mark(tx, table, verdict)


def _thread(tx: sa.Connection, sight: Sight, note: HookNote, ripe: Ripening) -> str:
    """The hash of an open hook about the same thing, or the note's own."""
    known = _open(tx, sight, None, None)
    return next((hook.hash for hook in known if same_thread(note.content, ripe.event_at, hook)), topic(note, ripe))


def _open(tx: sa.Connection, sight: Sight, session_id: str | None, now: datetime | None) -> list[Due]:
    """Seen standing hooks whose thread is not picked up; with a session and an instant, only those due in it."""
    bound: dict[str, Any] = {"session": session_id, "now": now} if now is not None else {}
    for depth, (timeline, seen) in enumerate(sight.lines):
        bound |= {f"timeline{depth}": timeline, f"seen{depth}": seen}
    return [Due(*row) for row in tx.execute(_statement(len(sight.lines), due_only=now is not None), bound)]


@cache
def _statement(lines: int, *, due_only: bool) -> sa.Executable:
    picked_up = hooks.alias()
    used = (
        sa.select(sa.literal_column("1"))
        .select_from(hook_uses.join(picked_up, picked_up.c.id == _U.hook_id))
        .where(_seen(hook_uses, lines), _U.standing, picked_up.c.hash == _H.hash, _U.at >= _H.at)
        .correlate(hooks)
    )
    query = sa.select(*_DUE).where(_seen(hooks, lines), _H.standing, ~used.exists())
    if due_only:
        now = sa.bindparam("now", type_=_H.trigger_after.type)
        here = sa.bindparam("session", type_=sa.String)
        query = query.where(
            _H.trigger_after <= now,
            sa.or_(_H.session_id.is_(None), _H.session_id != here, _H.event_at.is_not(None)),
        )
    return query.order_by(_H.priority, _H.trigger_after, _H.at, _H.id).limit(sa.literal_column(str(_WIDEST)))


def _seen(table: sa.Table, lines: int) -> sa.ColumnElement[bool]:
    """`Sight.clause` for a sight of so many lines, with bound places, so that the statement is built once."""
    return sa.or_(
        *(
            sa.and_(table.c.timeline_id == sa.bindparam(f"timeline{depth}"), table.c.at <= sa.bindparam(f"seen{depth}"))
            for depth in range(lines)
        )
    )
