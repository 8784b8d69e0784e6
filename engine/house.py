"""The open house: what the apps, the API and the command line are given, and what is held open behind it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from engine.db import slots

if TYPE_CHECKING:
    from types import TracebackType

    from engine.analytics.room import Analytics
    from engine.background import Background
    from engine.checking import Checker
    from engine.db.database import Database
    from engine.db.desk import Desk
    from engine.db.presence import Presence
    from engine.doctor import Doctor
    from engine.leaving.room import Leaving
    from engine.members.people import People
    from engine.play.feedback.room import Feedback
    from engine.play.meanings import Meanings
    from engine.play.play import Play
    from engine.play.remembering import Memory
    from engine.play.scenes.room import Scenes
    from engine.play.speaker import Speakers
    from engine.play.sweeper import Sweeper
    from engine.providers.storage.folder import FolderStorage
    from engine.settings import Settings
    from engine.story.shelf.live import LiveEpisodes
    from engine.studio.authoring.episodes import Episodes
    from engine.studio.authoring.rooms import Characters, Worlds
    from engine.studio.avatars.easel import Easel
    from engine.studio.avatars.room import Avatars
    from engine.studio.content import Content
    from engine.studio.drafts.room import Drafts
    from engine.studio.genres.room import Doctrines
    from engine.studio.releases.room import Releases
    from engine.studio.starter import Starter
    from engine.studio.voices.aside import Aside
    from engine.studio.voices.cameras import Cameras
    from engine.studio.voices.comparing import Comparisons
    from engine.studio.voices.room import Voices
    from engine.words import Words
    from engine.work import Work

SPEAKING_MAY_TAKE = 1.0
WORK_MAY_TAKE = 1.0


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a player's app is given: nothing of the studio, nothing of genre."""

    people: People
    episodes: LiveEpisodes
    play: Play
    memory: Memory
    scenes: Scenes
    words: Words
    feedback: Feedback


@dataclass(slots=True)
class Engine:
    """An open engine: the public surface under both apps, the API and the command line."""

    settings: Settings
    runtime: Runtime
    genres: Doctrines
    worlds: Worlds
    characters: Characters
    episodes: Episodes
    drafts: Drafts
    avatars: Avatars
    releases: Releases
    analytics: Analytics
    content: Content
    starter: Starter
    voices: Voices
    comparisons: Comparisons
    cameras: Cameras
    doctor: Doctor
    storage: FolderStorage
    signing_key: str
    work: Work
    checker: Checker
    leaving: Leaving
    _open: Held

    @property
    def people(self) -> People:
        """The people of this house."""
        return self.runtime.people

    @property
    def play(self) -> Play:
        """The stage."""
        return self.runtime.play

    @property
    def memory(self) -> Memory:
        """What characters remember."""
        return self.runtime.memory

    @property
    def scenes(self) -> Scenes:
        """Illustrated moments."""
        return self.runtime.scenes

    @property
    def feedback(self) -> Feedback:
        """What players think of replies."""
        return self.runtime.feedback

    def check(self) -> Checker:
        """Every invariant of the stored rows and files."""
        return self.checker

    def close(self) -> None:
        """Stop in order: speakers, easel, sweeper, durable work, slot, database, lock. What was said is kept."""
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@dataclass(slots=True)
class Held:
    """What is held open, to be let go in order."""

    db: Database
    slot: str
    holder: str
    desk: Desk
    presence: Presence | None
    speakers: Speakers
    sweeper: Sweeper
    work: Work
    launch: Callable[[], Background]
    easel: Easel
    aside: Aside
    meanings: Meanings | None
    closed: bool = False

    def take_up_work(self) -> None:
        """Do the durable work from now on, unless another process of this home does it."""
        if self.work.background is not None or (self.presence is not None and not self.presence.take_work()):
            return
        self.work.background = self.launch()
        self.speakers.starts_after_work = True
        self.sweeper.start_job = self.work.start
        alone = self.presence is not None and self.presence.alone()
        self.sweeper.sweep(alone=alone)
        self.easel.open(alone=alone)

    def close(self) -> None:
        """Let go of it all; a second time does nothing."""
        if self.closed:
            return
        self.closed = True
        self.speakers.close(SPEAKING_MAY_TAKE)
        self.easel.close(WORK_MAY_TAKE)
        self.aside.close(WORK_MAY_TAKE)
        self.sweeper.close()
        if self.work.background is not None:
            self.work.background.close(WORK_MAY_TAKE)
        if self.meanings is not None:
            self.meanings.close()
        with self.db.write() as tx:
            slots.release(tx, self.slot, self.holder)
        self.db.close()
        if self.presence is not None:
            self.presence.leave()
        process.engine = None


@dataclass(slots=True)
class Process:
    """The one engine of this process."""

    engine: Engine | None = None
    guard: threading.Lock = field(default_factory=threading.Lock)


process = Process()
