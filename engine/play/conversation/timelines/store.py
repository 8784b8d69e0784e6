"""SQL of timelines and acts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.db.upsert import insert_if_new
from engine.errors import NotFound
from engine.play.conversation.tables import acts, timelines
from engine.play.effects import EVERYTHING, Cause, Sight

_NEXT_AT = (
    timelines.update()
    .where(timelines.c.id == sa.bindparam("timeline"))
    .values(last_at=timelines.c.last_at + 1)
    .returning(timelines.c.last_at)
)
_ONE = sa.select(timelines).where(timelines.c.id == sa.bindparam("timeline"))


def main(tx: sa.Connection, user_id: str, character_id: str) -> str | None:
    """The user's main timeline with a character, or None."""
    query = sa.select(timelines.c.id).where(
        timelines.c.user_id == user_id, timelines.c.character_id == character_id, timelines.c.kind == "main"
    )
    return tx.scalar(query)


def add(tx: sa.Connection, values: dict[str, Any]) -> bool:
    """Write a new timeline. False when it was to be a main one and there is one already."""
    return insert_if_new(tx, timelines, values | {"last_at": 0})


def get(tx: sa.Connection, timeline_id: str) -> sa.RowMapping:
    """A timeline's row. Raises NotFound."""
    row = tx.execute(_ONE, {"timeline": timeline_id}).mappings().first()
    if row is None:
        raise NotFound("There is no such timeline.")
    return row


def lock(tx: sa.Connection, timeline_id: str) -> None:
    """Hold a timeline until the transaction ends: whoever else writes to it waits."""
    tx.execute(sa.select(timelines.c.id).where(timelines.c.id == timeline_id).with_for_update())


def next_at(tx: sa.Connection, timeline_id: str) -> int:
    """The timeline's next turn number."""
    return int(tx.execute(_NEXT_AT, {"timeline": timeline_id}).scalar_one())


def sight(tx: sa.Connection, timeline_id: str) -> Sight:
    """What a timeline sees: itself, then its parents up to each fork."""
    lines: list[tuple[str, int]] = []
    seen, here = EVERYTHING, timeline_id
    while here:
        lines.append((here, seen))
        row = get(tx, here)
        seen, here = min(seen, row["forked_at"] or 0), row["parent_id"]
    return Sight(tuple(lines))


def add_act(tx: sa.Connection, cause: Cause, kind: str, on: str, client_id: str | None, now: datetime) -> None:
    """Write what a person did by hand; `cause.act_id` is its id, `on` what it was done to."""
    row: dict[str, Any] = {"id": cause.act_id, "user_id": cause.user_id, "timeline_id": cause.timeline_id}
    tx.execute(acts.insert(), row | {"kind": kind, "on": on, "at": cause.at, "client_id": client_id, "created_at": now})


def act_by_client_id(tx: sa.Connection, timeline_id: str, client_id: str) -> str | None:
    """The act that this idempotency key made, or None."""
    return tx.scalar(sa.select(acts.c.id).where(acts.c.timeline_id == timeline_id, acts.c.client_id == client_id))


def act(tx: sa.Connection, act_id: str) -> tuple[str, str]:
    """What an act did and what it was done to. Raises NotFound."""
    row = tx.execute(sa.select(acts.c.kind, acts.c.on).where(acts.c.id == act_id)).first()
    if row is None:
        raise NotFound("There is no such act.")
    return row.kind, row.on


def stays(tx: sa.Connection, session_id: str) -> int:
    """How often a person stayed a little beyond the session's budget."""
    query = sa.select(sa.func.count()).where(acts.c.kind == "stay", acts.c.on == session_id, acts.c.undone_at.is_(None))
    return tx.scalar(query) or 0
