"""Fixtures shared by all tests: both databases, a stopped clock, and the rule that a skip fails where it must not."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from engine.db.database import Database, open_database
from engine.db.migrate import migrate
from engine.settings import Settings, load_settings
from engine.wiring import Engine, open_engine
from tests import tiny

SERVER = os.environ.get("TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")


def pytest_configure() -> None:
    """Where Python may leave no compiled code beside the source, keep it in the environment's own folder.

    Half of a start is compiling what is imported, and tests start many processes: workers, servers, commands.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(sys.prefix) / "compiled")


def _server() -> sa.Engine | None:
    engine = sa.create_engine(SERVER, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})
    try:
        with engine.connect():
            return engine
    except OperationalError:
        return None


@pytest.fixture(scope="session")
def postgres() -> Iterator[sa.Engine]:
    """The PostgreSQL server, reached as its owner; skips with a reason where there is none."""
    engine = _server()
    if engine is None:
        reason = f"no PostgreSQL at {sa.make_url(SERVER).render_as_string()}"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_template(postgres: sa.Engine) -> Iterator[str]:
    """A database with all tables, to be copied: much faster than making them anew."""
    name = f"coldopen_template_{secrets.token_hex(4)}"
    with postgres.connect() as server:
        server.execute(sa.text(f"create database {name}"))
    database = open_database(Path(), url_of(name))
    migrate(database)
    database.close()
    yield name
    with postgres.connect() as server:
        server.execute(sa.text(f"drop database if exists {name} with (force)"))


def url_of(name: str) -> str:
    """The address of a database on the test server."""
    return sa.make_url(SERVER).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def lend_copy(postgres: sa.Engine) -> Iterator[Callable[[str], AbstractContextManager[str]]]:
    """Makes a copy of a template database and lends its address.

    It is dropped behind the next test's back: the server writes everything it holds to disk first, for all databases.
    """

    def drop(name: str) -> None:
        with postgres.connect() as server:
            server.execute(sa.text(f"drop database if exists {name} with (force)"))

    @contextmanager
    def lend(template: str) -> Generator[str]:
        name = f"coldopen_test_{secrets.token_hex(6)}"
        with postgres.connect() as server:
            server.execute(sa.text(f"create database {name} template {template}"))
        yield url_of(name)
        behind.submit(drop, name)

    with ThreadPoolExecutor(1) as behind:
        yield lend


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty string for SQLite, or the address of a fresh PostgreSQL database with all tables."""
    if request.param == "sqlite":
        yield ""
        return
    with request.getfixturevalue("lend_copy")(request.getfixturevalue("postgres_template")) as url:
        yield url


@pytest.fixture(scope="session")
def told_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home on SQLite with the tiny story published, to be copied."""
    home = tmp_path_factory.mktemp("told")
    with open_engine(quiet(home, "")) as opened:
        tiny.publish(opened)
    return home


@pytest.fixture(scope="session")
def told_database(postgres: sa.Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The name of a PostgreSQL database with the tiny story published, and its home, both to be copied."""
    name, home = f"coldopen_told_{secrets.token_hex(4)}", tmp_path_factory.mktemp("told_postgres")
    with postgres.connect() as server:
        server.execute(sa.text(f"create database {name}"))
    with open_engine(quiet(home, url_of(name))) as opened:
        tiny.publish(opened)
    yield name, home
    with postgres.connect() as server:
        server.execute(sa.text(f"drop database if exists {name} with (force)"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that drives a browser gets a second try, as browsers' own test runners give it; the run names it."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.flaky(reruns=1))


def quiet(home: Path, url: str, **changes: object) -> Settings:
    """Settings for a test: the offline actor without pauses, a sweep four times a second."""
    given = {"home": home, "database_url": url, "actor_delay": 0.0, "sweep_seconds": 0.25, "port": 0}
    return load_settings(**(given | changes))


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a home in which the tiny story is published, on either database; no engine is open."""
    home = tmp_path / "home"
    if request.param == "sqlite":
        shutil.copytree(request.getfixturevalue("told_home"), home)
        yield quiet(home, "")
        return
    template, told = request.getfixturevalue("told_database")
    shutil.copytree(told, home)
    with request.getfixturevalue("lend_copy")(template) as url:
        yield quiet(home, url)


@pytest.fixture
def engine(house: Settings) -> Iterator[Engine]:
    """An open engine with the tiny story published, once on SQLite and once on PostgreSQL."""
    with open_engine(house) as opened:
        yield opened


@pytest.fixture
def db(database_url: str, tmp_path: Path) -> Iterator[Database]:
    """An open database with all tables, once on SQLite and once on PostgreSQL."""
    database = open_database(tmp_path, database_url)
    migrate(database)
    yield database
    database.close()
