"""Where a bench runs: homes in a folder of its own, on SQLite or in databases of its own on a PostgreSQL server.

Nothing of the house that is configured is read or written.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
import tempfile
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql

from engine.db.database import MAIN_FILE, raw_connection
from engine.settings import Settings, load_settings


@dataclass(frozen=True, slots=True)
class Ground:
    """A folder for homes; `server` is the address of a PostgreSQL server, or empty for SQLite."""

    folder: Path
    server: str
    databases: list[str] = field(default_factory=list[str])

    @property
    def limit(self) -> str:
        """What the bare driver is called in rows."""
        return "raw psycopg" if self.server else "raw sqlite3"

    def new(self, name: str, **changes: object) -> Settings:
        """Settings of an empty home: no pictures, no sweep in between, no embedder unless one is given."""
        (self.folder / name).mkdir(parents=True)
        return self._settings(name, self._database(""), **changes)

    def copy(self, of: Settings, name: str) -> Settings:
        """A copy of a home in which nothing is open."""
        shutil.copytree(of.home, self.folder / name)
        url = of.database_url.get_secret_value()
        return self._settings(name, self._database(sa.make_url(url).database or "") if url else "")

    def raw(self, settings: Settings) -> Any:  # noqa: ANN401  (either driver's own connection)
        """A bare connection to a home's database, at the same durability."""
        url = settings.database_url.get_secret_value()
        if url:
            plain = sa.make_url(url).set(drivername="postgresql")
            return psycopg.connect(plain.render_as_string(hide_password=False))
        raw = raw_connection(settings.home / MAIN_FILE)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            raw.execute("PRAGMA " + pragma)
        return raw

    def drop(self) -> None:
        """Throw the databases away."""
        for name in self.databases:
            self._command(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    def _settings(self, name: str, url: str, **changes: object) -> Settings:
        given = {"home": self.folder / name, "database_url": url, "sweep_seconds": 30, "pictures_per_session": 0}
        return load_settings(**given | {"embedder_url": "", "embedder_model": "", "embedder_key": ""} | changes)

    def _database(self, template: str) -> str:
        """The address of a new database, empty or a copy; an empty string for SQLite."""
        if not self.server:
            return ""
        name = f"coldopen_bench_{secrets.token_hex(6)}"
        copied = sql.SQL("template {}").format(sql.Identifier(template)) if template else sql.SQL("")
        self._command(sql.SQL("create database {} {}").format(sql.Identifier(name), copied))
        self.databases.append(name)
        return sa.make_url(self.server).set(database=name).render_as_string(hide_password=False)

    def _command(self, command: sql.Composed) -> None:
        plain = sa.make_url(self.server).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as server:
            server.execute(command)


@contextlib.contextmanager
def ground(server: str = "") -> Generator[Ground]:
    """A place to measure, thrown away afterwards."""
    with tempfile.TemporaryDirectory(prefix="coldopen-bench-") as folder:
        here = Ground(Path(folder), server)
        try:
            yield here
        finally:
            here.drop()
