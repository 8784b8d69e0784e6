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


def get(tx: sa.Connection, user_id: str, character_id: str) -> sa.RowMapping | None:
    """The engagement of a user with a character, or None."""
    return tx.execute(_ONE, {"user": user_id, "character": character_id}).mappings().first()


def add(tx: sa.Connection, values: dict[str, Any]) -> None:
    """Write a new engagement, unless another was first."""
    insert_if_new(tx, engagements, values)


def played(tx: sa.Connection, engagement_id: str, now: datetime, *, messages: int = 0, sessions: int = 0) -> None:
    """Note that something just happened: so many more messages, so many more sessions."""
    values = {
        "last_interaction": now,
        "total_messages": engagements.c.total_messages + messages,
        "total_sessions": engagements.c.total_sessions + sessions,
    }
    tx.execute(engagements.update().where(engagements.c.id == engagement_id).values(**values))


def go_on_from(tx: sa.Connection, engagement_id: str, timeline_id: str) -> None:
    """The next episode starts on this timeline."""
    tx.execute(engagements.update().where(engagements.c.id == engagement_id).values(timeline_id=timeline_id))


def lock(tx: sa.Connection, engagement_id: str) -> None:
    """Hold an engagement until the transaction ends: what is counted then stays so."""
    tx.execute(sa.select(engagements.c.id).where(engagements.c.id == engagement_id).with_for_update())


def set_messages(tx: sa.Connection, engagement_id: str, count: int) -> None:
    """Make the message count equal to what stands."""
    tx.execute(engagements.update().where(engagements.c.id == engagement_id).values(total_messages=count))
