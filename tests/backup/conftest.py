"""Fixtures of these tests: a told home with some play in it, and empty places of either kind."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.settings import Settings
from engine.wiring import open_engine
from tests.backup.houses import Place, Played, play_a_little, saved
from tests.conftest import quiet, url_of
from tests.faults.postcards import Postcards


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Makes settings of an empty place of a kind: nothing is there, not even tables."""
    made: list[str] = []

    def make(kind: str) -> Settings:
        home = tmp_path / f"empty-{secrets.token_hex(3)}" / "home"
        if kind == "sqlite":
            return quiet(home, "")
        server: sa.Engine = request.getfixturevalue("postgres")
        name = f"coldopen_backup_{secrets.token_hex(6)}"
        with server.connect() as connection:
            connection.execute(sa.text(f"create database {name}"))
        made.append(name)
        return quiet(home, url_of(name))

    yield make
    for name in made:
        with request.getfixturevalue("postgres").connect() as connection:
            connection.execute(sa.text(f"drop database if exists {name} with (force)"))


@pytest.fixture(scope="session")
def good(told_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup as it should be, of a house in which Ana has played; its home lies beside it."""
    folder = tmp_path_factory.mktemp("good")
    shutil.copytree(told_home, folder / "home")
    settings = quiet(folder / "home", "")
    with open_engine(settings, camera=Postcards()) as engine:
        play_a_little(engine, settings)
    return saved(settings, folder / "good.zip")


@pytest.fixture
def played(house: Settings) -> Played:
    """Ana has played a turn and has a picture; no engine is open."""
    with open_engine(house, camera=Postcards()) as engine:
        return play_a_little(engine, house)
