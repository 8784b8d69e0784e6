"""The shape of what is kept at a revision: tables, their columns, and the order in which rows find what they name."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa

from engine.db.columns import Utc
from engine.db.database import open_database
from engine.db.migrate import head, upgrade
from engine.schema import full_metadata

Kind = Literal["instant", "json", "bytes", "flag", "real", "whole", "text"]
REVISIONS = "alembic_version"
LEFT_OUT = {
    "slots": "they name processes that are alive, and none of those is where a backup is restored",
    REVISIONS: "the manifest names the revision",
}
"""Tables that are not in a backup, and why."""
_KINDS: tuple[tuple[type[sa.types.TypeEngine[Any]], Kind], ...] = (
    (Utc, "instant"),
    (sa.DateTime, "instant"),
    (sa.JSON, "json"),
    (sa.LargeBinary, "bytes"),
    (sa.Boolean, "flag"),
    (sa.Float, "real"),
    (sa.Integer, "whole"),
    (sa.String, "text"),
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, what it holds, and whether it may hold nothing."""

    name: str
    kind: Kind
    optional: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table. `key` names its primary key; `parents`, the columns that name another row of the same table."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    parents: tuple[str, ...]


def sheets_at(revision: str) -> tuple[Sheet, ...]:
    """The tables that a backup of a known revision holds; whatever a row names stands in an earlier one."""
    return tuple(_sheet(table) for table in tables_at(revision) if table.name not in LEFT_OUT)


def tables_at(revision: str) -> list[sa.Table]:
    """All tables of a known revision, in the same order."""
    return (full_metadata() if revision == head() else _built(revision)).sorted_tables


def _built(revision: str) -> sa.MetaData:
    """The tables of an older revision, by building them in an empty database and looking."""
    found = sa.MetaData()
    with tempfile.TemporaryDirectory(prefix="coldopen-") as folder:
        database = open_database(Path(folder))
        try:
            with database.write() as tx:
                upgrade(tx, revision)
                found.reflect(tx)
        finally:
            database.close()
    return found


def _sheet(table: sa.Table) -> Sheet:
    columns = tuple(Column(each.name, _kind(each), bool(each.nullable)) for each in table.columns)
    return Sheet(table.name, columns, tuple(each.name for each in table.primary_key), tuple(_parents(table)))


def _kind(column: sa.Column[Any]) -> Kind:
    return next(kind for type_, kind in _KINDS if isinstance(column.type, type_))


def _parents(table: sa.Table) -> Iterator[str]:
    return (each.name for each in table.columns if any(ref.column.table is table for ref in each.foreign_keys))
