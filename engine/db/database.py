"""Opening the database, and the two kinds of transaction: a read that sees one moment, and a write."""

from __future__ import annotations

import contextlib
import importlib
import threading
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import QueuePool

from engine.errors import NoRoom, SettingsProblem

try:
    sqlite: Any = importlib.import_module("pysqlite3.dbapi2")
except ImportError:  # no wheel for this platform
    sqlite = importlib.import_module("sqlite3")

MAIN_FILE = "coldopen.db"
WORK_FILE = "work.db"
_POOL = 24
_READING = "coldopen_reading"
_PATIENCE = 5
"""Seconds that a PostgreSQL server may take to answer a new connection."""


@dataclass(frozen=True, slots=True)
class Database:
    """An open database. On SQLite one thread writes at a time; on PostgreSQL the rows' own locks decide."""

    engine: sa.Engine
    writing: threading.RLock

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    @contextlib.contextmanager
    def read(self) -> Generator[sa.Connection]:
        """A transaction that sees one moment and changes nothing."""
        with self.engine.connect() as connection:
            connection.execution_options(**{_READING: True})
            if not self.is_sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                self._begin(connection, "BEGIN")
                yield connection

    @contextlib.contextmanager
    def write(self) -> Generator[sa.Connection]:
        """A transaction that is committed whole or not at all. Raises NoRoom when the disk is full."""
        alone = self.writing if self.is_sqlite else contextlib.nullcontext()
        with _no_room(), alone, self.engine.begin() as connection:
            self._begin(connection, "BEGIN IMMEDIATE")
            yield connection

    def scrub(self) -> None:
        """Overwrite what deleted rows have left in SQLite's files; a PostgreSQL server clears its own up by itself.

        Nobody writes meanwhile. Raises DBAPIError when another process writes for too long, or the disk is full.
        """
        if not self.is_sqlite:
            return
        with self.writing, self.engine.connect() as connection:
            for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                connection.exec_driver_sql(statement)

    def _begin(self, connection: sa.Connection, words: str) -> None:
        """Say to SQLite what its driver leaves unsaid: not by listening for each begin, which slows each statement."""
        if self.is_sqlite:
            connection.exec_driver_sql(words)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def is_reading(tx: sa.Connection) -> bool:
    """Whether a transaction sees one moment and changes nothing."""
    return bool(tx.get_execution_options().get(_READING))


def sqlite_version() -> str:
    """The version of the SQLite library in use."""
    return str(sqlite.sqlite_version)


def raw_connection(path: Path) -> Any:  # noqa: ANN401  (the driver's own connection)
    """A bare connection of the same driver, in autocommit: for measuring what the driver alone would take."""
    return sqlite.connect(path, isolation_level=None)


def open_database(home: Path, url: str = "") -> Database:
    """The main database: PostgreSQL when `url` is given, else a file in `home` (which must exist).

    Raises SettingsProblem when it cannot be reached.
    """
    engine = _postgres(url) if url else _sqlite(home / MAIN_FILE, "FULL")
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("select 1"))
    except DBAPIError as error:
        engine.dispose()
        raise SettingsProblem(_cannot_open(home / MAIN_FILE, url, error)) from error
    return Database(engine, threading.RLock())


def work_engine(home: Path) -> sa.Engine:
    """The engine that durable work gets for its own SQLite file; it sets its own isolation.

    Raises SettingsProblem when that file is no database.
    """
    engine = _new_sqlite(home / WORK_FILE)
    event.listen(engine, "connect", _pragmas("NORMAL"))
    try:
        engine.connect().close()
    except DBAPIError as error:
        engine.dispose()
        raise SettingsProblem(
            f"The list of work in progress cannot be opened ({home / WORK_FILE}): {_reason(error)}. "
            "Move that file away; what is unfinished is found again in the database."
        ) from error
    return engine


@contextlib.contextmanager
def _no_room() -> Generator[None]:
    """What both databases say of a full disk, in a sentence."""
    try:
        yield
    except OperationalError as error:
        said = str(error.orig)
        if "is full" not in said and "No space left" not in said:
            raise
        raise NoRoom(
            "The disk is full: nothing was changed, and what was kept can be read. Make room and try again."
        ) from error


def _cannot_open(file: Path, url: str, error: DBAPIError) -> str:
    if url:
        return (
            f"The PostgreSQL server of COLDOPEN_DATABASE_URL cannot be used: {_reason(error)}. "
            "Mend the address, or leave it out for the embedded database."
        )
    return (
        f"The database cannot be opened ({file}): {_reason(error)}. "
        "Move that file away, or point COLDOPEN_HOME at another folder."
    )


def _reason(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0].rstrip(".")


def _new_sqlite(path: Path) -> sa.Engine:
    return sa.create_engine(
        f"sqlite:///{path}",
        module=sqlite,
        connect_args={"timeout": 30, "check_same_thread": False},
        poolclass=QueuePool,
        pool_size=_POOL,
        max_overflow=_POOL,
    )


def _sqlite(path: Path, synchronous: str) -> sa.Engine:
    engine = _new_sqlite(path)
    event.listen(engine, "connect", _pragmas(synchronous, own_begin=True))
    return engine


def _pragmas(synchronous: str, *, own_begin: bool = False) -> Any:  # noqa: ANN401  (an event listener)
    def opened(raw: Any, _record: object) -> None:  # noqa: ANN401  (the driver's own connection)
        if own_begin:
            raw.isolation_level = None  # the doors above say BEGIN
        cursor = raw.cursor()
        for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "busy_timeout=30000", "foreign_keys=ON"):
            cursor.execute("PRAGMA " + pragma)
        cursor.close()

    return opened


def _postgres(url: str) -> sa.Engine:
    patience = {} if "connect_timeout" in sa.make_url(url).query else {"connect_timeout": _PATIENCE}
    return sa.create_engine(url, connect_args=patience, pool_size=_POOL, max_overflow=_POOL, pool_pre_ping=True)
