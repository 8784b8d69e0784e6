"""SQL of feedback: one row for each person and take, and the rows that the inbox needs beside them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.errors import NotFound
from engine.members.tables import people
from engine.play.conversation.tables import messages, sessions, takes, timelines, turns
from engine.play.feedback.tables import feedback as table

_OF_TAKE = sa.select(table).where(
    table.c.take_id == sa.bindparam("take_id"), table.c.user_id == sa.bindparam("user_id")
)
_NONE = "There is no such feedback."


def session_of_my_take(tx: sa.Connection, take_id: str, user_id: str) -> tuple[str, str]:
    """The turn and session of a take of this user's, held until the transaction ends. Raises NotFound."""
    mine = sa.select(takes.c.turn_id, takes.c.session_id).where(takes.c.id == take_id, takes.c.user_id == user_id)
    row = tx.execute(mine.with_for_update()).first()
    if row is None:
        raise NotFound("There is no such take.")
    return row.turn_id, row.session_id


def of_take(tx: sa.Connection, take_id: str, user_id: str) -> sa.RowMapping | None:
    """What this user gave on a take, or None."""
    return tx.execute(_OF_TAKE, {"take_id": take_id, "user_id": user_id}).mappings().first()


def of_session(tx: sa.Connection, session_id: str, user_id: str) -> list[sa.RowMapping]:
    """What this user gave in a session."""
    query = sa.select(table).where(table.c.session_id == session_id, table.c.user_id == user_id)
    return list(tx.execute(query).mappings())


def add(tx: sa.Connection, values: dict[str, Any]) -> None:
    """Write a new one."""
    tx.execute(table.insert(), values)


def change(tx: sa.Connection, feedback_id: str, values: dict[str, Any]) -> None:
    """Write other words into one."""
    tx.execute(table.update().where(table.c.id == feedback_id).values(**values))


def remove(tx: sa.Connection, feedback_id: str) -> None:
    """Take one away."""
    tx.execute(table.delete().where(table.c.id == feedback_id))


def set_settled(tx: sa.Connection, feedback_id: str, at: datetime | None) -> None:
    """Mark one as settled, unless it is, or as open again. Raises NotFound."""
    wanted = (
        sa.func.coalesce(table.c.settled_at, sa.literal(at, table.c.settled_at.type)) if at is not None else sa.null()
    )
    if not tx.execute(table.update().where(table.c.id == feedback_id).values(settled_at=wanted)).rowcount:
        raise NotFound(_NONE)


def count_open(tx: sa.Connection) -> int:
    """How many wait to be settled."""
    return tx.scalar(sa.select(sa.func.count()).where(table.c.settled_at.is_(None))) or 0


def inbox(
    tx: sa.Connection,
    *,
    open_only: bool,
    character_id: str | None,
    limit: int,
    before: tuple[datetime, str] | None,
) -> Sequence[sa.RowMapping]:
    """Feedback with its reply, session and player, newest first."""
    query = _INBOX
    if open_only:
        query = query.where(table.c.settled_at.is_(None))
    if character_id is not None:
        query = query.where(sessions.c.character_id == character_id)
    if before is not None:
        at, last = before
        older = sa.or_(table.c.updated_at < at, sa.and_(table.c.updated_at == at, table.c.id < last))
        query = query.where(older)
    return tx.execute(query.order_by(table.c.updated_at.desc(), table.c.id.desc()).limit(limit)).mappings().all()


_LINE = (
    sa.select(messages.c.content)
    .where(messages.c.turn_id == table.c.turn_id, messages.c.role == "user")
    .correlate(table)
    .limit(1)
    .scalar_subquery()
)
_INBOX = (
    sa.select(
        table,
        sa.func.coalesce(people.c.name, "").label("player"),
        timelines.c.audience,
        sessions.c.character_id,
        sessions.c.template_id,
        _LINE.label("line"),
        takes.c.text.label("reply"),
        sa.and_(takes.c.chosen, turns.c.taken_back_by.is_(None)).label("standing"),
    )
    .join(takes, takes.c.id == table.c.take_id)
    .join(turns, turns.c.id == takes.c.turn_id)
    .join(sessions, sessions.c.id == takes.c.session_id)
    .join(timelines, timelines.c.id == sessions.c.timeline_id)
    .outerjoin(people, people.c.id == table.c.user_id)
)
