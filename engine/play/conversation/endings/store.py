"""SQL of endings. A session that was stayed in begins a new round, which may end once more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.play.conversation.tables import endings
from engine.play.conversation.timelines import store as timelines
from engine.play.effects import Cause


@dataclass(frozen=True, slots=True)
class Ending:
    """How a session ended: its kind, and what then has happened."""

    kind: str
    text: str


_GET = sa.select(endings.c.kind, endings.c.content).where(
    endings.c.session_id == sa.bindparam("session"),
    endings.c.standing,
    endings.c.round == timelines.STAYS.scalar_subquery(),
)
_ADD = endings.insert()


def get(tx: sa.Connection, session_id: str) -> Ending | None:
    """The ending that stands in the present round, or None while the session goes on."""
    row = tx.execute(_GET, {"session": session_id}).first()
    return Ending(row.kind, row.content) if row else None


def add(tx: sa.Connection, ending_id: str, cause: Cause, ending: Ending, now: datetime) -> None:
    """Write an ending of the session's present round."""
    round_ = timelines.stays(tx, cause.session_id or "")
    row = cause.columns() | {"id": ending_id, "kind": ending.kind, "content": ending.text, "standing": True}
    tx.execute(_ADD, row | {"round": round_, "created_at": now})
