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
from engine.play.effects import EVERYTHING, Cause, Sight, Verdict, seen_by
from engine.play.effects.store import restand as mark
from engine.play.hooks.care import reproaches
from engine.play.hooks.notes import HookNote
from engine.play.hooks.nouns import CALLED_OFF, Due, Planted
from engine.play.hooks.tables import hook_uses, hooks
from engine.play.hooks.threads import Ripening, one_each, overlap, replaced_by, ripening, same_thread, topic

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
    that only one of them is offered. One that moves or calls off an open hook supersedes it; where there is none to
    call off, nothing is planted. Doing it again for the same take plants nothing.
    """
    seen = sight or Sight(((cause.timeline_id, EVERYTHING),))
    planted = set(tx.scalars(_OF_TAKE, {"take": cause.take_id}))
    kinds: list[str] = []
    for note in notes[:MOST]:
        ripe = ripening(note, said_at, time_zone)
        known = _open(tx, seen, None, None)
        old = replaced_by(note, known) if note.instead or note.is_off else None
        thread = _thread(known, note, ripe, old)
        if not thread or thread in planted or reproaches(note.opener) or reproaches(note.content):
            continue
        planted.add(thread)
        row = {"id": new_id(), "type": note.type, "content": note.content, "suggested_opener": note.opener}
        when = {"trigger_after": ripe.trigger_after, "event_at": ripe.event_at, "priority": ripe.priority(note.type)}
        ours = {"hash": thread, "supersedes": old.id if old else None, "standing": True, "created_at": now}
        tx.execute(_INSERT, cause.columns() | row | when | ours)
        kinds.append(note.type)
    return tuple(kinds)


def due(tx: sa.Connection, sight: Sight, *, session_id: str, now: datetime, limit: int = 5) -> tuple[Due, ...]:
    """The hooks that may be picked up now, by priority, then by how long they have been ripe.

    Never before `trigger_after`, never one whose thread a seen, standing use has picked up since, and none without a
    date in the session that planted it.
    """
    return one_each(_open(tx, sight, session_id, now), limit)


def threads(tx: sa.Connection, sight: Sight) -> tuple[Planted, ...]:
    """All seen standing hooks that nothing replaced, one for each thread, in order of planting, with their uses."""
    used = sa.select(_U.hook_id, _U.take_id).where(sight.clause(hook_uses), _U.standing)
    takes = {row.hook_id: row.take_id for row in tx.execute(used)}
    columns = (_H.id, _H.hash, _H.content, _H.suggested_opener, _H.trigger_after, _H.turn_id)
    query = sa.select(*columns).where(seen_by(hooks, len(sight.lines)), _H.standing, _H.type != CALLED_OFF)
    query = query.where(~_replaced(len(sight.lines)).exists()).order_by(_H.at, _H.id)
    found: dict[str, Planted] = {}
    for row in tx.execute(query, sight.places):
        one = Planted(row.content, row.suggested_opener, row.trigger_after, row.turn_id, takes.get(row.id))
        if row.hash not in found or one.used_by_take:
            found[row.hash] = one
    return tuple(found.values())


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


def forget(tx: sa.Connection, turn_ids: Collection[str], texts: Collection[str]) -> tuple[str, ...]:
    """Drop the hooks of some turns that are about forgotten words, with their uses: their ids. Final."""
    found = tx.execute(sa.select(_H.id, _H.content).where(_H.turn_id.in_(turn_ids))).all()
    gone = tuple(row.id for row in found if any(overlap(row.content, text) for text in texts))
    tx.execute(hook_uses.delete().where(_U.hook_id.in_(gone)))
    tx.execute(hooks.delete().where(_H.id.in_(gone)))
    return gone


def restand(tx: sa.Connection, verdict: Verdict) -> None:
    """Mark a turn's hooks and uses by a verdict."""
    for table in (hooks, hook_uses):
        mark(tx, table, verdict)


def _thread(known: Sequence[Due], note: HookNote, ripe: Ripening, old: Due | None) -> str:
    """The hash of an open hook about the same thing, or the note's own; "" for a thread that cannot be called off."""
    if note.is_off:
        return old.hash if old else ""
    if old is not None:
        return topic(note, ripe)
    return next((hook.hash for hook in known if same_thread(note.content, ripe.event_at, hook)), topic(note, ripe))


def _open(tx: sa.Connection, sight: Sight, session_id: str | None, now: datetime | None) -> list[Due]:
    """Seen standing hooks whose thread is not picked up; with a session and an instant, only those due in it."""
    bound: dict[str, Any] = {"session": session_id, "now": now} if now is not None else {}
    bound |= sight.places
    return [Due(*row) for row in tx.execute(_statement(len(sight.lines), due_only=now is not None), bound)]


@cache
def _statement(lines: int, *, due_only: bool) -> sa.Executable:
    picked_up = hooks.alias()
    used = (
        sa.select(sa.literal_column("1"))
        .select_from(hook_uses.join(picked_up, picked_up.c.id == _U.hook_id))
        .where(seen_by(hook_uses, lines), _U.standing, picked_up.c.hash == _H.hash, _U.at >= _H.at)
        .correlate(hooks)
    )
    query = sa.select(*_DUE).where(seen_by(hooks, lines), _H.standing, ~used.exists(), ~_replaced(lines).exists())
    query = query.where(_H.type != CALLED_OFF)
    if due_only:
        now = sa.bindparam("now", type_=_H.trigger_after.type)
        here = sa.bindparam("session", type_=sa.String)
        query = query.where(
            _H.trigger_after <= now,
            sa.or_(_H.session_id.is_(None), _H.session_id != here, _H.event_at.is_not(None)),
        )
    return query.order_by(_H.priority, _H.trigger_after, _H.at, _H.id).limit(sa.literal_column(str(_WIDEST)))


def _replaced(lines: int) -> sa.Select[Any]:
    """Seen standing hooks that moved or called off the thread of a hook, since it was planted."""
    newer, older = hooks.alias(), hooks.alias()
    return (
        sa.select(sa.literal_column("1"))
        .select_from(newer.join(older, older.c.id == newer.c.supersedes))
        .where(seen_by(newer, lines), newer.c.standing, older.c.hash == _H.hash, newer.c.at >= _H.at)
        .where(newer.c.id != _H.id)
        .correlate(hooks)
    )
