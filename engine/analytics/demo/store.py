"""SQL of demo data: taking away all of it, and writing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.analytics.demo.plan import MARK
from engine.db import belongings
from engine.db.events import events
from engine.db.metadata import metadata
from engine.members.tables import people
from engine.play.conversation.tables import endings, messages, prompts, sessions, takes, timelines, turns

if TYPE_CHECKING:
    from engine.analytics.demo.rows import Rows

_ORDER = (people, timelines, sessions, turns, takes, messages, prompts, endings, events)
_BATCH = 2_000
_PEOPLE = sa.select(people.c.id).where(people.c.id.startswith(MARK, autoescape=True))


def count(tx: sa.Connection) -> int:
    """How many people of the demo there are."""
    return tx.scalar(sa.select(sa.func.count()).where(people.c.id.startswith(MARK, autoescape=True))) or 0


def remove(tx: sa.Connection) -> int:
    """Delete everything of the demo's people, in whichever table it stands. How many people they were."""
    gone = count(tx)
    belongings.delete(tx, metadata, _PEOPLE)
    return gone


def write(tx: sa.Connection, rows: Rows) -> None:
    """Write planned rows, parents first."""
    for table in _ORDER:
        mine = rows.get(table.name, [])
        for start in range(0, len(mine), _BATCH):
            tx.execute(table.insert(), mine[start : start + _BATCH])
