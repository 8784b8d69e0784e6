"""SQL of vectors: which memories lack one, keeping them, and reading those that a timeline sees.

A row names the model that made its vector (`embedded_by`), so that two models' vectors are never compared. One that
names a model and holds no vector has a text that this model does not take.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import sqlalchemy as sa

from engine.play.effects import Sight
from engine.play.memory.scoring import Place
from engine.play.memory.tables import memory_events

_M = memory_events.c
_HERE = _M.timeline_id == sa.bindparam("timeline")
_KNOWN = _M.type != sa.literal_column("'forgotten'")
_SEEN = (
    sa.select(_M.seq, _M.embedding)
    .where(_HERE, _M.at <= sa.bindparam("seen"), _M.standing, _M.embedded_by == sa.bindparam("by"))
    .where(_M.embedding.is_not(None))
    .order_by(_M.seq)
)
_MISSING = (
    sa.select(_M.id, _M.seq, _M.summary)
    .where(
        _HERE,
        _KNOWN,
        _M.seq > sa.bindparam("above"),
        sa.or_(
            _M.embedded_by.is_(None),
            _M.embedded_by != sa.bindparam("by"),
            sa.and_(sa.bindparam("size", type_=sa.Integer) > 0, sa.func.length(_M.embedding) != sa.bindparam("size")),
        ),
    )
    .order_by(_M.seq.desc())
    .limit(sa.bindparam("most"))
)
_LAST = sa.select(sa.func.max(_M.seq)).where(_HERE)
_FREE = sa.select(_M.id).where(_M.id.in_(sa.bindparam("ids", expanding=True)), _KNOWN).with_for_update(skip_locked=True)
_KEEP = (
    memory_events.update()
    .where(_M.id == sa.bindparam("row"))
    .values(embedding=sa.bindparam("vector"), embedded_by=sa.bindparam("by"))
)


class Bare(NamedTuple):
    """A memory without a vector of the present model."""

    id: str
    seq: int
    text: str


def missing(tx: sa.Connection, timeline_id: str, *, by: str, size: int, above: int, most: int) -> list[Bare]:
    """Memories above a seq without a vector of that model and size in bytes (0: any), newest first, standing or not."""
    found = tx.execute(_MISSING, {"timeline": timeline_id, "by": by, "size": size, "above": above, "most": most})
    return [Bare(*row) for row in found.all()]


def last_seq(tx: sa.Connection, timeline_id: str) -> int:
    """The seq of a timeline's newest memory, or 0."""
    return tx.scalar(_LAST, {"timeline": timeline_id}) or 0


def keep(tx: sa.Connection, by: str, vectors: Mapping[str, bytes | None]) -> int:
    """Write vectors to the memories that are still there and not forgotten: how many these are.

    A row that another transaction holds is passed over, so that nobody ever waits for two of us.
    """
    free = list(tx.scalars(_FREE, {"ids": list(vectors)}))
    if free:
        tx.execute(_KEEP, [{"row": one, "vector": vectors[one], "by": by} for one in free])
    return len(free)


def seen(tx: sa.Connection, sight: Sight, by: str) -> list[tuple[Place, bytes]]:
    """The vectors of that model of all standing memories in sight, in a fixed order."""
    return [
        ((depth, row[0]), row[1])
        for depth, (timeline, until) in enumerate(sight.lines)
        for row in tx.execute(_SEEN, {"timeline": timeline, "seen": until, "by": by}).all()
    ]
