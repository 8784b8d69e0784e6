"""Whose rows are whose, found by looking at the tables: so that no table of a person's can be forgotten.

A row is a person's by its column `user_id` or `person_id`; in the table `people` by its key; and in a table that has
none of these, by its `timeline_id`.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

OWNERS = ("user_id", "person_id")
PEOPLE, TIMELINES = "people", "timelines"
Persons = tuple[str, ...] | sa.Select[tuple[str]]
"""Ids of people, or a query for them."""


def of_people(table: sa.Table, persons: Persons) -> sa.ColumnElement[bool] | None:
    """Which rows of a table belong to these people; None for a table of the house's."""
    owner = _owner(table)
    if owner is not None:
        return owner.in_(persons)
    if "timeline_id" not in table.c:
        return None
    timelines = table.metadata.tables[TIMELINES]
    return table.c.timeline_id.in_(sa.select(timelines.c.id).where(timelines.c.user_id.in_(persons)))


def personal(metadata: sa.MetaData) -> list[sa.Table]:
    """The tables that hold anything of people's, in an order in which they can be emptied; people come last."""
    found = [table for table in reversed(metadata.sorted_tables) if of_people(table, ()) is not None]
    return sorted(found, key=_late)


def delete(tx: sa.Connection, metadata: sa.MetaData, persons: Persons) -> int:
    """Delete everything of these people, in whichever table it stands, and them. How many rows it was."""
    return sum(tx.execute(table.delete().where(_theirs(table, persons))).rowcount for table in personal(metadata))


def _owner(table: sa.Table) -> sa.Column[Any] | None:
    named = next((table.c[name] for name in OWNERS if name in table.c), None)
    return table.c.id if table.name == PEOPLE else named


def _late(table: sa.Table) -> int:
    """What hangs on timelines goes while these are there; people go when nothing of theirs is left."""
    return 2 if table.name == PEOPLE else 1 if _owner(table) is not None else 0


def _theirs(table: sa.Table, persons: Persons) -> sa.ColumnElement[bool]:
    mine = of_people(table, persons)
    return sa.false() if mine is None else mine
