"""Inserting where another may have been first."""

from __future__ import annotations

from datetime import UTC, datetime

from engine.db.database import Database
from engine.db.slots import slots
from engine.db.upsert import insert_if_new


def test_it_says_whether_the_row_was_written(db: Database) -> None:
    row = {"name": "w7", "holder": "one", "lease_at": datetime(2026, 1, 1, tzinfo=UTC)}
    with db.write() as tx:
        assert insert_if_new(tx, slots, row)
        assert not insert_if_new(tx, slots, row | {"holder": "two"})
