"""Transactions, types and migrations, on both databases."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import StatementError

from engine.db import slots
from engine.db.database import Database, open_database
from engine.db.migrate import current, head, migrate
from engine.db.slots import LEASE
from engine.errors import NewerDatabase, SettingsProblem
from engine.members.tables import house_keys
from engine.schema import full_metadata

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_migrations_give_exactly_the_tables_that_the_rooms_declare(db: Database) -> None:
    with db.write() as tx:
        assert current(tx) == head()
        context = MigrationContext.configure(tx, opts={"compare_type": True})
        assert compare_metadata(context, full_metadata()) == []


def test_migrating_twice_changes_nothing(db: Database) -> None:
    migrate(db)
    with db.read() as tx:
        assert current(tx) == head()


def test_a_database_from_a_newer_version_is_refused_with_its_revision(db: Database) -> None:
    with db.write() as tx:
        tx.execute(sa.text("update alembic_version set version_num = '9999'"))
    with pytest.raises(NewerDatabase, match="9999"):
        migrate(db)


def test_no_update_is_lost_when_many_threads_read_and_write(db: Database) -> None:
    with db.write() as tx:
        tx.execute(house_keys.insert(), {"name": "count", "value": "0"})

    def add() -> None:
        for _ in range(15):
            with db.write() as tx:
                mine = house_keys.c.name == "count"
                value = int(tx.scalar(sa.select(house_keys.c.value).where(mine).with_for_update()) or 0)
                tx.execute(house_keys.update().where(mine), {"value": str(value + 1)})

    threads = [threading.Thread(target=add) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.read() as tx:
        assert tx.scalar(sa.select(house_keys.c.value)) == "90"


def test_a_failing_transaction_leaves_nothing_behind(db: Database) -> None:

    def write_and_fail() -> None:
        with db.write() as tx:
            tx.execute(house_keys.insert(), {"name": "a", "value": "b"})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    with db.read() as tx:
        assert tx.execute(sa.select(house_keys)).all() == []


def test_a_read_sees_one_moment(db: Database) -> None:
    with db.read() as tx:
        before = tx.scalar(sa.select(sa.func.count()).select_from(house_keys))
        with db.write() as other:
            other.execute(house_keys.insert(), {"name": "late", "value": ""})
        assert tx.scalar(sa.select(sa.func.count()).select_from(house_keys)) == before == 0


def test_instants_come_back_in_utc_whatever_zone_they_had(db: Database) -> None:
    tokyo = datetime(2026, 3, 1, 9, tzinfo=timezone(timedelta(hours=9)))
    with db.write() as tx:
        tx.execute(slots.slots.insert(), {"name": "w0", "holder": "x", "lease_at": tokyo})
        row = tx.execute(sa.select(slots.slots)).one()
    assert row.lease_at == tokyo
    assert row.lease_at.tzinfo == UTC


def test_a_naive_instant_is_refused(db: Database) -> None:
    row = {"name": "w0", "holder": "x", "lease_at": NOON.replace(tzinfo=None)}
    with db.write() as tx, pytest.raises(StatementError, match="naive"):
        tx.execute(slots.slots.insert(), row)


def test_a_live_slot_is_left_alone_and_a_dead_one_is_taken_over(db: Database) -> None:
    with db.write() as tx:
        assert slots.take(tx, "one", NOON) == "w0"
        assert slots.take(tx, "two", NOON) == "w1"
        later = NOON + LEASE + timedelta(seconds=1)
        assert slots.renew(tx, "w1", "two", later)
        assert slots.take(tx, "three", later) == "w0"
        assert not slots.renew(tx, "w0", "one", later)


def test_sqlite_runs_with_full_durability_and_a_version_without_the_wal_fault(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    with database.read() as tx:
        assert tx.scalar(sa.text("pragma journal_mode")) == "wal"
        assert tx.scalar(sa.text("pragma synchronous")) == 2
        assert tx.scalar(sa.text("pragma foreign_keys")) == 1
        version = tuple(int(part) for part in str(tx.scalar(sa.text("select sqlite_version()"))).split("."))
    database.close()
    assert version >= (3, 51, 3)


def test_a_file_that_is_no_database_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "coldopen.db").write_bytes(b"this is not a database at all" * 100)
    with pytest.raises(SettingsProblem, match=r"coldopen\.db"):
        open_database(tmp_path)


def test_an_unreachable_server_is_refused_in_a_sentence() -> None:
    with pytest.raises(SettingsProblem, match="COLDOPEN_DATABASE_URL"):
        open_database(Path(), "postgresql://postgres@127.0.0.1:1/none")
