"""A database of the first version comes to this one with all its rows."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
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


def _reflected(tx: sa.Connection) -> Sequence[sa.Table]:
    found = sa.MetaData()
    found.reflect(tx)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def _rows(database: Database, columns: Mapping[str, Sequence[str]]) -> dict[str, list[tuple[object, ...]]]:
    """The rows of these columns of these tables."""
    with database.read() as tx:
        return {
            table.name: sorted((tuple(row) for row in tx.execute(sa.select(*(table.c[one] for one in told)))), key=repr)
            for table in _reflected(tx)
            if (told := columns.get(table.name))
        }


def test_a_database_at_0001_comes_forward_with_its_rows(old: Database, told_home: Path) -> None:
    with old.read() as tx:
        columns = {table.name: [column.name for column in table.c] for table in _reflected(tx)}
    told = open_database(told_home)
    with told.read() as source, old.write() as tx:
        for table in full_metadata().sorted_tables:
            known = [table.c[name] for name in columns.get(table.name, ()) if name in table.c]
            if known and (rows := [dict(row) for row in source.execute(sa.select(*known)).mappings()]):
                then = sa.table(table.name, *(sa.column(one.name, one.type) for one in known))
                tx.execute(then.insert(), rows)
    told.close()
    before = _rows(old, columns)
    assert NEW.isdisjoint(before)
    assert len(before["releases"]) == 1
    migrate(old)
    assert _rows(old, columns) == before
    with old.read() as tx:
        assert current(tx) == head()
        assert {table.name for table in _reflected(tx)} >= NEW
