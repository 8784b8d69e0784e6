"""The public verbs of leaving: take one's data, be erased, and forget what an erasure that broke off has left."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from engine.errors import ColdopenError, NotFound
from engine.kernel.events import Event
from engine.leaving import archive, store
from engine.leaving.archive import Archive
from engine.leaving.telling import Reader
from engine.members import store as members
from engine.play import memory

if TYPE_CHECKING:
    from engine.analytics.room import Analytics
    from engine.db.desk import Desk
    from engine.play.play import Play
    from engine.providers.storage.folder import FolderStorage
    from engine.words import Words

log = logging.getLogger(__name__)
PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was erased: rows of the database, files of pictures."""

    rows: int
    files: int


@dataclass(frozen=True, slots=True)
class Leaving:
    """How a person leaves this house. `patience` is for what is being spoken or drawn for them, in seconds."""

    desk: Desk
    storage: FolderStorage
    play: Play
    analytics: Analytics
    words: Words
    patience: float = 10.0

    def hand_over(self, person_id: str, file: IO[bytes]) -> int:
        """Write everything that the house has of a person into an open file, as a zip. How many pictures are in it.

        Text and rows are of one moment. A picture that is erased meanwhile, or was lost before, is left out. Raises
        NotFound.
        """
        with archive.write(file) as zipped:
            with self.desk.db.read() as tx:
                row = members.by_id(tx, person_id)
                if row is None:
                    raise NotFound("There is no such person.")
                bundle = Archive(zipped, self.desk.now(), person_id, Reader(row["name"], row["time_zone"], self.words))
                bundle.told(tx)
                wanted = store.pictures(tx, person_id)
            kept = 0
            for picture in wanted:
                with suppress(NotFound):
                    bundle.picture(picture.id, self.storage.get(picture.path))
                    kept += 1
        return kept

    def erase(self, person_id: str) -> Erased:
        """Erase a person for good: every row, every file, and what figures had of them. How much it was.

        What is being spoken for them is stopped first, and waited for a little. What they wrote for everybody (worlds,
        characters, episodes, releases) is the house's and stays. Doing it again finishes what broke off; for somebody
        who is not there it changes nothing.
        """
        self._hush(person_id)
        with self.desk.db.write() as tx:
            store.hold(tx, person_id)
            rows, paths = store.erase(tx, person_id)
            if rows:
                self.desk.note(tx, Event("person_erased"))
        memory.let_go(self.desk.db)
        files = self._remove(person_id, paths)
        self.analytics.forget()
        self._scrub()
        return Erased(rows, files)

    def catch_up(self) -> None:
        """Forget figures that were exported before the last erasure: here it broke off, or it happened elsewhere."""
        with self.desk.db.read() as tx:
            last = store.last_erasure(tx)
        if last is not None and self.analytics.is_older_than(last):
            self.analytics.forget()

    def _hush(self, person_id: str) -> None:
        """Stop what is spoken for a person; wait until it is final and nothing is drawn, as far as patience goes."""
        until = time.monotonic() + self.patience
        while time.monotonic() < until:
            with self.desk.db.read() as tx:
                turns, drawing = store.unanswered(tx, person_id), store.is_drawing(tx, person_id)
            if not turns and not drawing:
                return
            for turn_id in turns:
                with suppress(NotFound):
                    self.play.stop(person_id, turn_id)
            time.sleep(PAUSE)
        log.warning("somebody is erased while a reply or a picture of theirs is still under way")

    def _remove(self, person_id: str, paths: list[str]) -> int:
        """Remove a person's files. One that cannot be removed now, the tidier removes later: no row names it."""
        try:
            gone = self.storage.clear(f"scenes/{person_id}")
            for path in paths:  # none is left, unless it was not where it should be
                if self.storage.exists(path):
                    self.storage.delete(path)
                    gone += 1
        except ColdopenError as error:
            log.warning("some files of an erased person are left to the tidier: %s", error)
            return 0
        return gone

    def _scrub(self) -> None:
        """Overwrite what deleted rows have left in the database's file; where that fails, say so."""
        try:
            self.desk.db.scrub()
        except DBAPIError:
            log.exception("what deleted rows have left in the database's file could not be overwritten")
