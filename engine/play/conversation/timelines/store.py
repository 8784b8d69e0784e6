"""SQL of timelines and acts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from engine.db.upsert import insert_if_new
from engine.errors import NotFound
from engine.play.conversation.nouns import Act
from engine.play.conversation.tables import acts, timelines, turns
from engine.play.effects import EVERYTHING, Cause, Sight, seen_by

_NEXT_AT = (
    timelines.update()
    .where(timelines.c.id == sa.bindparam("timeline"))
    .values(last_at=timelines.c.last_at + 1)
    .returning(timelines.c.last_at)
)
_ACT = sa.select(acts.c.id, acts.c.session_id, acts.c.kind, acts.c.number, acts.c.detail)
_ONE = sa.select(timelines).where(timelines.c.id == sa.bindparam("timeline"))
_MAIN = sa.select(timelines.c.id).where(
    timelines.c.user_id == sa.bindparam("user"),
    timelines.c.character_id == sa.bindparam("character"),
    timelines.c.kind == "main",
)
_LOCK = sa.select(timelines.c.id).where(timelines.c.id == sa.bindparam("timeline")).with_for_update()
_ADD_ACT = acts.insert()
STAYS = sa.select(sa.func.count()).where(
    acts.c.kind == "stay", acts.c.on == sa.bindparam("session"), acts.c.undone_at.is_(None)
)
"""How often a person stayed a little in the bound session."""


def main(tx: sa.Connection, user_id: str, character_id: str) -> str | None:
    """The user's main timeline with a character, or None."""
    return tx.scalar(_MAIN, {"user": user_id, "character": character_id})


def add(tx: sa.Connection, values: dict[str, Any]) -> bool:
    """Write a new timeline. False when it was to be a main one and there is one already."""
    return insert_if_new(tx, timelines, {"last_at": 0} | values)


def get(tx: sa.Connection, timeline_id: str) -> sa.RowMapping:
    """A timeline's row. Raises NotFound."""
    row = tx.execute(_ONE, {"timeline": timeline_id}).mappings().first()
    if row is None:
        raise NotFound("There is no such timeline.")
    return row


def lock(tx: sa.Connection, timeline_id: str) -> None:
    """Hold a timeline until the transaction ends: whoever else writes to it waits."""
    tx.execute(_LOCK, {"timeline": timeline_id})


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


def add_act(
    tx: sa.Connection,
    cause: Cause,
    kind: str,
    on: str,
    client_id: str | None,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write what a person did by hand; `cause.act_id` is its id, `on` what it was done to.

    One with `detail` can be undone: it gets the next number of its session; those undone before lose theirs.
    """
    row: dict[str, Any] = {"id": cause.act_id, "user_id": cause.user_id, "timeline_id": cause.timeline_id}
    row |= {"kind": kind, "on": on, "at": cause.at, "client_id": client_id, "created_at": now}
    if detail is not None:
        mine = acts.c.session_id == cause.session_id
        tx.execute(acts.update().where(mine, acts.c.undone_at.is_not(None)).values(number=None))  # never done again
        last = tx.scalar(sa.select(sa.func.max(acts.c.number)).where(mine)) or 0
        row |= {"detail": dict(detail), "session_id": cause.session_id, "number": last + 1}
    tx.execute(_ADD_ACT, row)


def last_in_force(tx: sa.Connection, session_id: str) -> Act | None:
    """The session's last act that can be undone and was not, or None."""
    mine = sa.and_(acts.c.session_id == session_id, acts.c.undone_at.is_(None))
    row = tx.execute(_ACT.where(mine).order_by(acts.c.number.desc()).limit(1)).first()
    return Act(*row) if row else None


def redoable(tx: sa.Connection, session_id: str) -> Act | None:
    """The act of the session that was undone last, if nothing was said or done in it since; or None."""
    standing = last_in_force(tx, session_id)
    later = sa.and_(acts.c.session_id == session_id, acts.c.number > (standing.number if standing else 0))
    row = tx.execute(_ACT.where(later).order_by(acts.c.number).limit(1)).first()
    if row is None:
        return None
    last_at = tx.scalar(sa.select(sa.func.max(turns.c.at)).where(turns.c.session_id == session_id)) or 0
    return Act(*row) if last_at <= row.detail["undone_at"] else None


def mark_act(tx: sa.Connection, act_id: str, undone_at: datetime | None, detail: Mapping[str, Any]) -> None:
    """An act is undone at an instant, or in force again."""
    tx.execute(acts.update().where(acts.c.id == act_id).values(undone_at=undone_at, detail=dict(detail)))


def act_by_client_id(tx: sa.Connection, timeline_id: str, client_id: str) -> str | None:
    """The act that this idempotency key made, or None."""
    return tx.scalar(sa.select(acts.c.id).where(acts.c.timeline_id == timeline_id, acts.c.client_id == client_id))


def act(tx: sa.Connection, act_id: str) -> tuple[str, str]:
    """What an act did and what it was done to. Raises NotFound."""
    row = tx.execute(sa.select(acts.c.kind, acts.c.on).where(acts.c.id == act_id)).first()
    if row is None:
        raise NotFound("There is no such act.")
    return row.kind, row.on


def pins(tx: sa.Connection, seen: Sight) -> list[str]:
    """The memories that a person pinned by hand, as a timeline sees it, the newest pin first."""
    return list(tx.scalars(_pinned(len(seen.lines)), seen.places))


@cache
def _pinned(lines: int) -> sa.Select[str]:
    """The statement for a sight of so many lines."""
    pinned = sa.and_(acts.c.kind == "pin", acts.c.undone_at.is_(None), seen_by(acts, lines))
    return sa.select(acts.c.on).where(pinned).order_by(acts.c.at.desc(), acts.c.id.desc())


def undo_acts(tx: sa.Connection, seen: Sight, kind: str, on: str, now: datetime) -> None:
    """What a person did by hand to a thing no longer counts."""
    mine = sa.and_(acts.c.kind == kind, acts.c.on == on, acts.c.undone_at.is_(None), seen.clause(acts))
    tx.execute(acts.update().where(mine).values(undone_at=now))


def stays(tx: sa.Connection, session_id: str) -> int:
    """How often a person stayed a little beyond the session's budget."""
    return tx.scalar(STAYS, {"session": session_id}) or 0
