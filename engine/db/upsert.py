"""Inserting where another may have been first."""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def insert_if_new(tx: sa.Connection, table: sa.Table, values: dict[str, Any]) -> bool:
    """Insert a row unless a unique rule says that it is there. True when it was written."""
    return tx.execute(_insert(table, tx.dialect.name), values).rowcount == 1


@cache
def _insert(table: sa.Table, dialect: str) -> Any:  # noqa: ANN401  (the two dialects' inserts share no type)
    """The statement, built once. It keeps its count of rows, which PostgreSQL's driver forgets unless told."""
    upsert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return upsert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
