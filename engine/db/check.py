"""Invariants: queries that must return no row, each with a code and a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from engine.db.columns import Utc

MOST_ROWS = 20
EACH = "json_each"
"""The elements of a JSON list as rows with a `value`, as SQLite says it; for PostgreSQL it is said anew."""


@dataclass(frozen=True, slots=True)
class Invariant:
    """One promise about the stored rows. `sql` returns the ids that break it, first column; it runs on both databases.

    `:now` and `:ago_SECONDS` are bound to instants where the text mentions them.
    """

    code: str
    says: str
    sql: str


@dataclass(frozen=True, slots=True)
class Finding:
    """An invariant with the ids that break it (at most twenty); no ids means that it holds."""

    invariant: Invariant
    ids: tuple[str, ...]


def run(tx: sa.Connection, invariants: Iterable[Invariant], **given: object) -> Iterator[Finding]:
    """Ask each invariant in turn."""
    for invariant in invariants:
        bound = {name: value for name, value in given.items() if f":{name}" in invariant.sql}
        sql = invariant.sql if tx.dialect.name == "sqlite" else invariant.sql.replace(EACH, "jsonb_array_elements_text")
        statement = sa.text(sql).bindparams(*(sa.bindparam(name, type_=Utc) for name in bound))
        rows = tx.execute(statement, bound).fetchmany(MOST_ROWS)
        yield Finding(invariant, tuple(str(row[0]) for row in rows))
