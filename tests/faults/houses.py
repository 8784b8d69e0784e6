"""Homes and databases for the kill grid: told once, copied for each kill, thrown away."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import sqlalchemy as sa
from psycopg import sql

from engine.settings import Settings, load_settings
from engine.wiring import open_engine
from tests import tiny
from tests.faults.forks import in_child

WORDS_TAKE = 0.001


@dataclass(frozen=True, slots=True)
class Houses:
    """Where houses are built. `server` is PostgreSQL's address, or empty for SQLite."""

    folder: Path
    server: str

    @contextmanager
    def told(self) -> Generator[Settings]:
        """A house in which the tiny story is published, by a child, so that this process opens nothing."""
        with self._database("") as url:
            settings = _settings(self.folder / "told", url)
            done = in_child(lambda _tell: _publish(settings))
            if done.code != 0:
                raise RuntimeError(f"The story could not be published: {done.lines}")
            yield settings

    @contextmanager
    def copy(self, told: Settings) -> Generator[Settings]:
        """A copy of a house in which nothing is open."""
        home = self.folder / secrets.token_hex(6)
        shutil.copytree(told.home, home)
        url = told.database_url.get_secret_value()
        with self._database(sa.make_url(url).database or "" if url else "") as copied:
            yield _settings(home, copied)
        shutil.rmtree(home, ignore_errors=True)

    @contextmanager
    def _database(self, template: str) -> Generator[str]:
        if not self.server:
            yield ""
            return
        name = f"coldopen_grid_{secrets.token_hex(6)}"
        copied = sql.SQL("template {}").format(sql.Identifier(template)) if template else sql.SQL("")
        self._command(sql.SQL("create database {} {}").format(sql.Identifier(name), copied))
        try:
            yield sa.make_url(self.server).set(database=name).render_as_string(hide_password=False)
        finally:
            self._command(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))

    def _command(self, command: sql.Composed) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(command)


def _settings(home: Path, url: str) -> Settings:
    return load_settings(home=home, database_url=url, actor_delay=WORDS_TAKE, sweep_seconds=0.25, port=0)


def _publish(settings: Settings) -> None:
    with open_engine(settings) as engine:
        tiny.publish(engine)
