"""`check`: every promise about stored rows and files, verified."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from engine.db.check import Finding, Invariant, run
from engine.images import files
from engine.images import store as images
from engine.leaving import invariants as leaving
from engine.play import invariants as play
from engine.play.dynamics import invariants as dynamics
from engine.play.hooks import invariants as hooks
from engine.play.memory import invariants as memory
from engine.play.scenes import invariants as scenes
from engine.studio.avatars import invariants as avatars

if TYPE_CHECKING:
    from engine.db.desk import Desk
    from engine.providers.storage.folder import FolderStorage

ROOMS = (play, memory, hooks, dynamics, scenes, leaving, avatars)
FILES = Invariant("S1", "Every stored picture has its file, of the size and hash that its row says.", "")
STRAYS = Invariant("S2", "Every picture of a person lies in that person's folder.", "")


@dataclass(frozen=True, slots=True)
class Checker:
    """Checks the rows of one database and the files of one storage."""

    desk: Desk
    storage: FolderStorage

    def __iter__(self) -> Iterator[Finding]:
        """Every invariant with the ids that break it."""
        now = self.desk.now()
        ages = {f"ago_{seconds}": now - timedelta(seconds=seconds) for seconds in (40, 100, 120)}
        with self.desk.db.read() as tx:
            for room in ROOMS:
                yield from run(tx, room.INVARIANTS, now=now, **ages)
            assets = images.every(tx)
        yield Finding(FILES, tuple(files.lost_or_changed(assets, self.storage.get)))
        yield Finding(STRAYS, tuple(files.strays(assets)))
