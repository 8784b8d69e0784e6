"""Tidying: files of scenes and faces without a row, left by a drawing that was killed or overtaken before it stood."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from engine.images import files
from engine.images import store as images

if TYPE_CHECKING:
    from engine.db.desk import Desk
    from engine.providers.storage.folder import FolderStorage

DRAWN = ("scenes/", "avatars/")
AGE = timedelta(minutes=10)
"""A file is stored a moment before its row; one this old without a row will never have one."""


@dataclass(frozen=True, slots=True)
class Tidier:
    """Clears away what killed drawings left in storage."""

    desk: Desk
    storage: FolderStorage

    def tidy(self, age: timedelta = AGE) -> int:
        """Delete drawings without a row, and halves of files, that are older than `age`. How many they were."""
        before = self.desk.now() - age
        stored = [path for path in self.storage.walk() if path.startswith(DRAWN)]
        with self.desk.db.read() as tx:  # after the look at the files: a row that stands by now saves its file
            assets = images.every(tx)
        gone = files.orphans(assets, stored, self.storage.written_at, before)
        for path in gone:
            self.storage.delete(path)
        return len(gone) + self.storage.tidy(before)
