"""SQL that reads what analytics exports, in batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.db.events import events
from engine.members.tables import people
from engine.play.conversation.tables import endings, sessions, takes, timelines, turns
from engine.story.tables import releases

BATCH = 2_000
"""Rows at a time: so few that turning them into columns stays within the processor's cache, twice as fast as 20,000."""
_IDS = 500
Rows = Sequence[Sequence[Any]]

_EVENT_COLUMNS = (
    events.c.name,
    events.c.user_id,
    events.c.character_id,
    events.c.session_id,
    events.c.template_id,
    events.c.release_id,
    events.c.timeline_id,
    events.c.take_id,
    events.c.audience,
    sa.cast(events.c.properties, sa.Text),
)
_EARLIER = sessions.alias("earlier")
_FIRST_OF_A_FORK = sa.and_(
    timelines.c.parent_id.is_not(None),
    ~sa.exists().where(_EARLIER.c.timeline_id == sessions.c.timeline_id, _EARLIER.c.started_at < sessions.c.started_at),
)
_SESSIONS = (
    sa.select(
        sessions.c.id,
        sessions.c.user_id,
        sessions.c.character_id,
        sessions.c.template_id,
        sessions.c.release_id,
        sessions.c.timeline_id,
        timelines.c.audience,
        sessions.c.started_at,
        sessions.c.is_active,
        endings.c.kind,
        endings.c.created_at,
        _FIRST_OF_A_FORK.label("is_fork"),
    )
    .join(timelines, timelines.c.id == sessions.c.timeline_id)
    .outerjoin(endings, sa.and_(endings.c.session_id == sessions.c.id, endings.c.standing))
    .order_by(sessions.c.id, endings.c.round)
)
_ANSWERED = sa.exists().where(takes.c.turn_id == turns.c.id, takes.c.chosen)
_STANDING = sa.and_(turns.c.taken_back_by.is_(None), _ANSWERED).label("standing")


def count_before(tx: sa.Connection, until: datetime) -> int:
    """How many events happened before an instant."""
    return tx.scalar(sa.select(sa.func.count()).where(events.c.occurred_at < until)) or 0


def count_rows(tx: sa.Connection, since: datetime | None) -> int:
    """About how many rows an export reads that goes on from `since`, or that begins from nothing."""
    count, mine = sa.select(sa.func.count()), events.c.occurred_at >= since if since is not None else sa.true()
    found = (tx.scalar(count.select_from(events).where(mine)), tx.scalar(count.select_from(sessions)))
    all_turns = tx.scalar(count.select_from(turns).where(turns.c.seq > 0)) if since is None else 0
    return sum(one or 0 for one in (*found, all_turns))


def events_between(tx: sa.Connection, since: datetime | None, until: datetime | None) -> Iterator[Rows]:
    """Events from `since` on and before `until`, by time, in batches."""
    happened = _instant(tx, events.c.occurred_at)
    query = sa.select(events.c.id, happened, *_EVENT_COLUMNS).order_by(events.c.occurred_at, events.c.id)
    if since is not None:
        query = query.where(events.c.occurred_at >= since)
    if until is not None:
        query = query.where(events.c.occurred_at < until)
    return _batches(tx, query)


def sessions_now(tx: sa.Connection) -> Iterator[Rows]:
    """Every session as it stands, with the endings of each round, in their order."""
    return _batches(tx, _SESSIONS)


def turns_of(tx: sa.Connection, session_ids: Sequence[str] | None) -> Iterator[Rows]:
    """Turns as they stand: of these sessions, or of all."""
    query = sa.select(turns.c.id, turns.c.session_id, turns.c.seq, _instant(tx, turns.c.accepted_at), _STANDING)
    query = query.where(turns.c.seq > 0).order_by(turns.c.session_id, turns.c.seq)
    if session_ids is None:
        yield from _batches(tx, query)
        return
    for start in range(0, len(session_ids), _IDS):
        yield from _batches(tx, query.where(turns.c.session_id.in_(session_ids[start : start + _IDS])))


def people_now(tx: sa.Connection) -> Iterator[Rows]:
    """Everybody's id and name."""
    return _batches(tx, sa.select(people.c.id, people.c.name))


def releases_but(tx: sa.Connection, known: Sequence[str]) -> Rows:
    """Id, character, number, payload and making of each release that is not among the known ones; all ids are told."""
    wanted = set(tx.scalars(sa.select(releases.c.id))) - set(known)
    query = sa.select(
        releases.c.id, releases.c.character_id, releases.c.number, releases.c.payload, releases.c.created_at
    )
    return [tuple(row) for one in sorted(wanted) for row in tx.execute(query.where(releases.c.id == one))]


def release_numbers(tx: sa.Connection) -> dict[str, int | None]:
    """The number of every release; a cut gets its own when it is published."""
    return {row.id: row.number for row in tx.execute(sa.select(releases.c.id, releases.c.number))}


def _instant(tx: sa.Connection, column: sa.Column[datetime]) -> sa.ColumnElement[Any]:
    """An instant as the driver gives it, text in UTC on SQLite: a million rows are not made into objects one by one."""
    plain = sa.Text() if tx.dialect.name == "sqlite" else sa.DateTime(timezone=True)
    return sa.type_coerce(column, plain)


def _batches(tx: sa.Connection, query: sa.Select[*tuple[Any, ...]]) -> Iterator[Rows]:
    result = tx.execution_options(stream_results=True).execute(query)
    while rows := result.fetchmany(BATCH):
        yield rows
