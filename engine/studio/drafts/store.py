"""SQL of drafts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from engine.db.upsert import insert_if_new
from engine.studio.drafts.tables import drafts


def _mine(person_id: str, kind: str, ref: str) -> sa.ColumnElement[bool]:
    return sa.and_(drafts.c.person_id == person_id, drafts.c.kind == kind, drafts.c.ref == ref)


def get(tx: sa.Connection, person_id: str, kind: str, ref: str) -> sa.RowMapping | None:
    """A person's draft of a thing, or None."""
    return tx.execute(sa.select(drafts).where(_mine(person_id, kind, ref))).mappings().first()


def put(tx: sa.Connection, values: dict[str, Any]) -> None:
    """Write a draft, in the place of the one that is there."""
    if not insert_if_new(tx, drafts, values):
        words = {name: values[name] for name in ("base", "fields", "updated_at")}
        mine = _mine(values["person_id"], values["kind"], values["ref"])
        tx.execute(drafts.update().where(mine).values(**words))


def remove(tx: sa.Connection, person_id: str, kind: str, ref: str) -> None:
    """Take a draft away, if there is one."""
    tx.execute(drafts.delete().where(_mine(person_id, kind, ref)))


def of_person(tx: sa.Connection, person_id: str, kind: str | None) -> list[sa.RowMapping]:
    """A person's drafts, last written first."""
    query = sa.select(drafts).where(drafts.c.person_id == person_id)
    if kind is not None:
        query = query.where(drafts.c.kind == kind)
    return list(tx.execute(query.order_by(drafts.c.updated_at.desc(), drafts.c.id.desc())).mappings())
