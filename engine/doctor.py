"""The doctor: what this installation is, in plain words."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from pydantic import SecretStr

from engine.casting import OFFLINE, Cast, CastCamera
from engine.db import migrate
from engine.db.database import Database, sqlite_version
from engine.settings import PREFIX, Settings
from engine.story.shelf import store as shelf

PACKAGES = (
    "alembic",
    "anthropic",
    "dbos",
    "duckdb",
    "fastapi",
    "google-generativeai",
    "gradio",
    "numpy",
    "pandas",
    "pillow",
    "psycopg",
    "pydantic",
    "replicate",
    "sqlalchemy",
    "starlette",
    "streamlit",
    "uvicorn",
)
THEIR_OWN = {"claude": "ANTHROPIC_API_KEY", "gemini": "GEMINI_API_KEY", "replicate": "REPLICATE_API_TOKEN"}
"""Where other tools keep the keys of providers."""
SAFE_SQLITE = (3, 51, 3)


@dataclass(frozen=True, slots=True)
class Told:
    """One thing to know: its subject, what it is, and whether somebody should act on it."""

    subject: str
    words: str
    worry: bool = False


@dataclass(frozen=True, slots=True)
class Doctor:
    """Looks at settings, providers, database and versions."""

    settings: Settings
    db: Database
    cast: Cast
    drawing: CastCamera
    works_here: bool

    @property
    def actor(self) -> str:
        """Who acts, or the first in line, as settings call it."""
        return self.cast.actor.name

    @property
    def camera(self) -> str:
        """Who draws, as settings call it."""
        return self.drawing.name

    def acts_offline(self, acted_by: str = "") -> bool:
        """Whether no real model acts where a release names that voice, or none."""
        return self.cast.actor_of(acted_by).name == OFFLINE

    def examine(self) -> Iterator[Told]:
        """Everything worth knowing, worries included. Secrets are never told, only whether they are set."""
        yield Told("Coldopen", f"{coldopen_version()} on Python {platform.python_version()}")
        yield from self._database()
        yield from self._actors()
        yield from self._named()
        yield Told("Camera", f"{self.drawing.name} ({self.drawing.model}): {self.drawing.why}")
        yield Told("Embedder", self._embedder())
        yield Told("Durable work", "done by this process" if self.works_here else "done by the server that runs now")
        yield from self._listening()
        yield from self._settings()
        yield Told("Packages", ", ".join(f"{name} {_version_of(name)}" for name in PACKAGES))

    def _actors(self) -> Iterator[Told]:
        actor, line = self.cast.actor, self.cast.members
        yield Told("Actor", f"{actor.name} ({actor.model}): {self.cast.why}")
        if len(line) > 1:
            others = ", then ".join(f"{one.voice.name} ({one.voice.model})" for one in line[1:])
            yield Told("Next in line", f"{others}, where the one before cannot speak")
        for name, variable in THEIR_OWN.items():
            if os.environ.get(variable) and not getattr(self.settings, f"{name}_key").get_secret_value():
                yield Told(
                    "Key", f"{variable} is set, but nothing is spent unasked: set {PREFIX}{name.upper()}_KEY to use it"
                )

    def _named(self) -> Iterator[Told]:
        """Live releases that name a voice, and whether it can act here."""
        with self.db.read() as tx:
            live = [release.payload.persona for release in shelf.live(tx)]
        for persona in live:
            if not persona.acted_by:
                continue
            lacks = self.cast.lacking.get(persona.acted_by, "")
            why = f"which lacks {lacks}; whoever acts here acts" if lacks else "which comes before whoever acts here"
            if self.acts_offline(persona.acted_by) and not lacks:
                why = "but this house acts offline"
            yield Told("Release", f"{persona.name} names {persona.acted_by}, {why}", worry=bool(lacks))

    def _embedder(self) -> str:
        if not self.settings.embedder_url:
            return "none: memories are found by words"
        where = f"{self.settings.embedder_model} at {self.settings.embedder_url}"
        return f"{where}: memories are sent there, and found by words and by meaning"

    def _database(self) -> Iterator[Told]:
        with self.db.read() as tx:
            standing = migrate.current(tx)
        kind = f"SQLite {sqlite_version()} in {self.settings.home}" if self.db.is_sqlite else "PostgreSQL"
        yield Told("Database", f"{kind}, at revision {standing}")
        if self.db.is_sqlite and tuple(int(part) for part in sqlite_version().split(".")) < SAFE_SQLITE:
            yield Told(
                "SQLite",
                f"Version {sqlite_version()} has a known fault that can damage a database; 3.51.3 mended it. "
                "Use a Python for which the pysqlite3 package has a wheel.",
                worry=True,
            )

    def _listening(self) -> Iterator[Told]:
        where = f"http://{self.settings.host}:{self.settings.port}"
        if not self.settings.reachable_by_others:
            yield Told("Address", f"{where}, this machine only")
        elif self.settings.access_key.get_secret_value():
            yield Told("Address", f"{where}, others too; all but playing needs the access key")
        else:
            yield Told("Address", f"{where} needs {PREFIX}ACCESS_KEY before it can serve", worry=True)

    def _settings(self) -> Iterator[Told]:
        for name, field in Settings.model_fields.items():
            value = getattr(self.settings, name)
            shown = ("set" if value.get_secret_value() else "not set") if isinstance(value, SecretStr) else str(value)
            yield Told(f"{PREFIX}{name.upper()}", f"{shown or 'not set'} ({field.description})")


def coldopen_version() -> str:
    """The installed version."""
    return _version_of("coldopen")


def _version_of(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"
