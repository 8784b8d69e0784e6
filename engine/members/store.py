"""SQL of people and of the house's keys."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from engine.db.upsert import insert_if_new
from engine.errors import NotFound
from engine.members.tables import house_keys, people

_BY_ID = sa.select(people).where(people.c.id == sa.bindparam("person_id"))
_HELD = (
    sa.select(people.c.id).where(people.c.id == sa.bindparam("person_id")).with_for_update(read=True, key_share=True)
)


def insert(tx: sa.Connection, values: dict[str, Any]) -> None:
    """Write a new person."""
    tx.execute(people.insert(), values)


def one_at_a_time(tx: sa.Connection) -> None:
    """Let nobody else write people until this transaction ends; on SQLite nobody can."""
    if tx.dialect.name == "postgresql":
        tx.execute(sa.text("lock table people in share row exclusive mode"))


def by_id(tx: sa.Connection, person_id: str) -> sa.RowMapping | None:
    """A person's row, or None."""
    return tx.execute(_BY_ID, {"person_id": person_id}).mappings().first()


def hold(tx: sa.Connection, person_id: str) -> None:
    """Let nobody erase a person before this transaction ends. Raises NotFound where there is none."""
    if tx.execute(_HELD, {"person_id": person_id}).first() is None:
        raise NotFound("There is no such person.")


def name_of(tx: sa.Connection, person_id: str) -> str:
    """A person's name, or `the player` for somebody unknown (a line may be remembered of anyone)."""
    row = by_id(tx, person_id)
    return row["name"] if row else "the player"


def by_name(tx: sa.Connection, folded: str) -> list[sa.RowMapping]:
    """Everyone of that case-folded name, oldest first."""
    query = sa.select(people).where(people.c.folded_name == folded).order_by(people.c.created_at, people.c.id)
    return list(tx.execute(query).mappings())


def key_value(tx: sa.Connection, name: str) -> str | None:
    """A house key, or None."""
    return tx.scalar(sa.select(house_keys.c.value).where(house_keys.c.name == name))


def keep_key(tx: sa.Connection, name: str, value: str) -> str:
    """Store a house key unless one is there; the one that stands is returned."""
    insert_if_new(tx, house_keys, {"name": name, "value": value})
    return key_value(tx, name) or value
