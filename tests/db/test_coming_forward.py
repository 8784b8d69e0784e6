"""A database of the first version comes to this one with all its rows."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import engine.db
from engine.db.database import Database, open_database
from engine.db.migrate import current, head, migrate
from engine.schema import full_metadata
from tests.conftest import url_of

NEW = {"feedback", "drafts", "anchor_candidates"}


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database at 0001, on either kind."""
    if request.param == "sqlite":
        database = open_database(tmp_path)
        _upgrade(database, "0001")
        yield database
        database.close()
        return
    server: sa.Engine = request.getfixturevalue("postgres")
    name = f"coldopen_old_{secrets.token_hex(6)}"
    with server.connect() as connection:
        connection.execute(sa.text(f"create database {name}"))
    database = open_database(tmp_path, url_of(name))
    _upgrade(database, "0001")
    yield database
    database.close()
    with server.connect() as connection:
        connection.execute(sa.text(f"drop database if exists {name} with (force)"))


def _upgrade(database: Database, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(engine.db.__path__[0]) / "migrations"))
    with database.write() as tx:
        config.attributes["connection"], config.attributes["metadata"] = tx, full_metadata()
        command.upgrade(config, revision)


def _rows(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.read() as tx:
        found = sa.MetaData()
        found.reflect(tx)
        return {
            table.name: sorted((tuple(row) for row in tx.execute(sa.select(table))), key=repr)
            for table in found.sorted_tables
            if table.name != "alembic_version"
        }


def test_a_database_at_0001_comes_forward_with_its_rows(old: Database, told_home: Path) -> None:
    told = open_database(told_home)
    with told.read() as source, old.write() as tx:
        for table in full_metadata().sorted_tables:
            if table.name not in NEW and (rows := [dict(row) for row in source.execute(sa.select(table)).mappings()]):
                tx.execute(table.insert(), rows)
    told.close()
    before = _rows(old)
    assert NEW.isdisjoint(before)
    assert len(before["releases"]) == 1
    migrate(old)
    after = _rows(old)
    assert {name: after.pop(name) for name in NEW} == {name: [] for name in NEW}
    assert after == before
    with old.read() as tx:
        assert current(tx) == head()
