"""SQL of engagements."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.db.upsert import insert_if_new
from engine.play.engagement.tables import engagements

_ONE = sa.select(engagements).where(
    engagements.c.user_id == sa.bindparam("user"), engagements.c.character_id == sa.bindparam("character")
)
_MINE = engagements.c.id == sa.bindparam("engagement")
_PLAYED = (
    engagements.update()
    .where(_MINE)
    .values(
        last_interaction=sa.bindparam("now"),
        total_messages=engagements.c.total_messages + sa.bindparam("messages", type_=sa.Integer),
        total_sessions=engagements.c.total_sessions + sa.bindparam("sessions", type_=sa.Integer),
        timeline_id=sa.func.coalesce(sa.bindparam("timeline", type_=sa.String), engagements.c.timeline_id),
    )
)
_LOCK = sa.select(engagements.c.id).where(_MINE).with_for_update()
_SET_MESSAGES = engagements.update().where(_MINE).values(total_messages=sa.bindparam("count"))


def get(tx: sa.Connection, user_id: str, character_id: str) -> sa.RowMapping | None:
    """The engagement of a user with a character, or None."""
    return tx.execute(_ONE, {"user": user_id, "character": character_id}).mappings().first()


def add(tx: sa.Connection, values: dict[str, Any]) -> None:
    """Write a new engagement, unless another was first."""
    insert_if_new(tx, engagements, values)


def played(
    tx: sa.Connection,
    engagement_id: str,
    now: datetime,
    *,
    messages: int = 0,
    sessions: int = 0,
    on: str | None = None,
) -> None:
    """Note that something just happened: so many more messages, so many more sessions.

    Where `on` names a timeline, the next episode starts there.
    """
    counted = {"now": now, "messages": messages, "sessions": sessions, "timeline": on}
    tx.execute(_PLAYED, counted | {"engagement": engagement_id})


def lock(tx: sa.Connection, engagement_id: str) -> None:
    """Hold an engagement until the transaction ends: what is counted then stays so."""
    tx.execute(_LOCK, {"engagement": engagement_id})


def set_messages(tx: sa.Connection, engagement_id: str, count: int) -> None:
    """Make the message count equal to what stands."""
    tx.execute(_SET_MESSAGES, {"engagement": engagement_id, "count": count})
