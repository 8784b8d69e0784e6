"""The public verbs of releases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from engine.db.desk import Desk
from engine.errors import Conflict, NotReady
from engine.kernel.events import Event
from engine.story.release import Payload, Release
from engine.story.shelf import store as shelf
from engine.studio.genres.room import Doctrines
from engine.studio.releases.changes import changes
from engine.studio.releases.cutting import cut, playable, read_draft
from engine.studio.releases.readiness import Missing, missing
from engine.studio.releases.status import ReleaseStatus, status_of


@dataclass(frozen=True, slots=True)
class Releases:
    """What production hands to the runtime."""

    desk: Desk
    genres: Doctrines
    end_sessions: Callable[[sa.Connection, str], int]

    def cut(self, character_ref: str) -> Release:
        """The draft as it stands now, as an unnumbered release that can be played. Raises NotFound or NotReady."""
        with self.desk.db.write() as tx:
            return cut(tx, self.desk, read_draft(tx, character_ref), self.genres.all())

    def preview(self, character_ref: str) -> Payload:
        """What a cut of the draft would hold now. Writes nothing. Raises NotFound or NotReady."""
        with self.desk.db.read() as tx:
            return playable(read_draft(tx, character_ref), self.genres.all())

    def missing(self, character_ref: str) -> tuple[Missing, ...]:
        """What the draft lacks before it can be published, as (field, sentence). Writes nothing. Raises NotFound."""
        with self.desk.db.read() as tx:
            draft = read_draft(tx, character_ref)
        return missing(draft, self.genres.all())

    def status(self, character_ref: str) -> ReleaseStatus:
        """How a character stands: what is live, where the draft differs from it, what it lacks. Writes nothing.

        Raises NotFound.
        """
        with self.desk.db.read() as tx:
            draft = read_draft(tx, character_ref)
            live_id = draft.character.live_release_id
            live = shelf.get(tx, live_id) if live_id else None
        return status_of(draft, live, self.genres.all())

    def changed_since(self, release_id: str) -> tuple[str, ...]:
        """In which places the draft differs now from a release of its character, numbered or only cut. Writes nothing.

        Raises NotFound.
        """
        with self.desk.db.read() as tx:
            release = shelf.get(tx, release_id)
            draft = read_draft(tx, release.character_id)
        return changes(release.payload, draft, self.genres.all())

    def publish(self, character_ref: str) -> Release:
        """Number the draft's cut, freeze it and make it what new sessions get.

        A draft equal to a release that has a number already makes that one live again and adds none. Raises NotReady
        with what is missing, or NotFound.
        """
        with self.desk.db.write() as tx:
            draft, doctrines = read_draft(tx, character_ref), self.genres.all()
            lacking = missing(draft, doctrines)
            if lacking:
                told = "; ".join(f"{field}: {sentence}" for field, sentence in lacking[:5])
                raise NotReady(f"{draft.character.name} cannot be published yet. {told}", lacking)
            release = cut(tx, self.desk, draft, doctrines)
            number = shelf.next_number(tx, release.character_id)
            if release.number is not None:
                shelf.set_live(tx, release.character_id, release.id)
                return release
            shelf.publish(tx, release.id, number, self.desk.now())
            ids = {"character_id": release.character_id, "release_id": release.id}
            self.desk.note(tx, Event("release_published", **ids, properties={"number": number}))
            return shelf.get(tx, release.id)

    def roll_back(self, character_id: str, number: int) -> Release:
        """Make an older number live again. Raises NotFound, or Conflict when it was withdrawn."""
        with self.desk.db.write() as tx:
            release = shelf.numbered(tx, character_id, number)
            if shelf.is_withdrawn(tx, release.id):
                raise Conflict(f"Release {number} was withdrawn and cannot be offered again.")
            shelf.set_live(tx, character_id, release.id)
            return release

    def unpublish(self, character_id: str) -> None:
        """Offer the character no longer; running sessions go on."""
        with self.desk.db.write() as tx:
            shelf.set_live(tx, character_id, None)
            self.desk.note(tx, Event("release_unpublished", character_id=character_id))

    def withdraw(self, release_id: str) -> int:
        """Take a release away for safety or rights: its sessions end at once. How many they were. Raises NotFound."""
        with self.desk.db.write() as tx:
            release = shelf.get(tx, release_id)
            if shelf.is_withdrawn(tx, release_id):
                return 0
            shelf.withdraw(tx, release_id, self.desk.now())
            ended = self.end_sessions(tx, release_id)
            ids = {"character_id": release.character_id, "release_id": release_id}
            self.desk.note(tx, Event("release_withdrawn", **ids, properties={"sessions_ended": ended}))
            return ended

    def is_withdrawn(self, release_id: str) -> bool:
        """Whether a release was taken away."""
        with self.desk.db.read() as tx:
            return shelf.is_withdrawn(tx, release_id)

    def get(self, release_id: str) -> Release:
        """A release by id. Raises NotFound."""
        with self.desk.db.read() as tx:
            return shelf.get(tx, release_id)

    def of_character(self, character_id: str) -> list[sa.RowMapping]:
        """A character's numbered releases, newest first, without their payloads."""
        with self.desk.db.read() as tx:
            return shelf.published(tx, character_id)
