"""The kill grid: play, die at a crash point by SIGKILL, open again, and count. `python -m tests.faults.grid --help`.

Prints one JSON line: kills, and how many lines, replies, wishes or saved words were lost, effects doubled, work stuck,
invariants broken. Every finding names the database, the point and the pass at which the process died.
"""

from __future__ import annotations

import argparse
import json
import random
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import dbos  # noqa: F401  (imported before any fork, so that no child pays for it)
import psycopg
import sqlalchemy as sa
from psycopg import sql

from engine.kernel.clock import utc_now
from engine.kernel.crash import POINTS
from engine.settings import Settings, load_settings
from engine.wiring import Engine, open_engine
from tests import tiny
from tests.faults.census import Row, jobs_left, lost, stuck, take_census
from tests.faults.forks import Tell, Told, in_child, must_be_quiet
from tests.faults.script import LAST, PATIENCE, play, sit_down

SERVER = "postgresql://postgres@127.0.0.1:5432/postgres"
DEAD_AFTER = timedelta(seconds=60)
"""How much later the next process lives by its clock: every lease of the dead one has run out."""
RECOVERY = "sweep.after-mark"


@dataclass(frozen=True, slots=True)
class Kill:
    """One cycle: where to die first, where to die again while recovering (empty = not), and what comes after."""

    point: str
    again: str = ""
    resend: bool = False
    takes_over: bool = False


@dataclass(slots=True)
class Grid:
    """Homes and databases to kill processes in, and what was found."""

    folder: Path
    server: str
    sqlite: bool
    findings: list[str] = field(default_factory=list[str])
    kills: int = 0
    missed: list[str] = field(default_factory=list[str])

    @contextmanager
    def house(self, copied: str | None) -> Iterator[Settings]:
        """A home (and database) of its own, copied from the one with the story in it."""
        home, name = self.folder / secrets.token_hex(6), f"coldopen_grid_{secrets.token_hex(6)}"
        shutil.copytree(self.folder / "told", home) if copied else home.mkdir()
        if self.sqlite:
            yield self._settings(home, "")
        else:
            self._on_server(sql.SQL("create database {} {}"), name, f"template {copied}" if copied else "")
            yield self._settings(home, sa.make_url(self.server).set(database=name).render_as_string(False))
            self._on_server(sql.SQL("drop database {} {}"), name, "with (force)")
        shutil.rmtree(home, ignore_errors=True)
