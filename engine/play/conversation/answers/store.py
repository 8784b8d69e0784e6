"""SQL of replies and the lines that came after them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from engine.play.conversation.tables import messages

_REPLY = messages.alias()
_NEXT = (
    sa.select(messages.c.content)
    .where(messages.c.session_id == _REPLY.c.session_id, messages.c.seq > _REPLY.c.seq)
    .where(messages.c.role == "user", messages.c.standing)
    .order_by(messages.c.seq)
    .limit(1)
    .scalar_subquery()
)
_AFTER = sa.select(_REPLY.c.take_id, _REPLY.c.id, _REPLY.c.content, _NEXT.label("line")).where(
    _REPLY.c.take_id.in_(sa.bindparam("takes", expanding=True)), _REPLY.c.standing
)


@dataclass(frozen=True, slots=True)
class Answered:
    """A standing reply, and the player's next standing line in its session, None while there is none."""

    message_id: str
    reply: str
    line: str | None


def after(tx: sa.Connection, take_ids: Sequence[str]) -> dict[str, Answered]:
    """The standing replies of some takes with what the player said to them, by take."""
    rows = tx.execute(_AFTER, {"takes": list(take_ids)}) if take_ids else ()
    return {row.take_id: Answered(row.id, row.content, row.line) for row in rows}
