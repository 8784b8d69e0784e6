"""Inserting where another may have been first."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def insert_if_new(tx: sa.Connection, table: sa.Table, values: dict[str, Any]) -> bool:
    """Insert a row unless a unique rule says that it is there. True when it was written."""
    upsert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    counted = upsert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return tx.execute(counted, values).rowcount == 1  # which PostgreSQL's driver forgets unless told
