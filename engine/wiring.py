"""Opening the engine: the one place where adapters are chosen, rooms are joined and durable work is registered."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from engine.analytics.room import Analytics
from engine.background import Background
from engine.checking import Checker
from engine.db import slots
from engine.db.database import WORK_FILE, Database, open_database, work_engine
from engine.db.desk import Desk
from engine.db.migrate import migrate
from engine.db.presence import Presence, enter
from engine.doctor import Doctor
from engine.errors import AlreadyRunning, SettingsProblem
from engine.kernel.clock import Clock, utc_now
from engine.kernel.ids import Ids, new_id
from engine.members.people import People
from engine.moderation.crisis import crisis_card_needed
from engine.play.acts import end_sessions_of
from engine.play.after_turn import AfterTurn
from engine.play.feedback.room import Feedback
from engine.play.play import Play
from engine.play.remembering import Memory
from engine.play.scenes.drawing import Studio
from engine.play.scenes.room import Scenes
from engine.play.speaker import Speakers
from engine.play.sweeper import Sweeper
from engine.providers.storage.folder import FolderStorage
from engine.story.shelf.live import LiveEpisodes
from engine.studio.authoring.episodes import Episodes
from engine.studio.authoring.rooms import Characters, Worlds
from engine.studio.avatars.jobs import Jobs
from engine.studio.avatars.room import Avatars
from engine.studio.content import Content
from engine.studio.drafts.room import Drafts
from engine.studio.genres.room import Doctrines
from engine.studio.genres.shelf import load_doctrines
from engine.studio.releases.room import Releases
from engine.studio.starter import Starter
from engine.tidying import Tidier
from engine.words import Words, read_words
from engine.work import Work

if TYPE_CHECKING:
    from types import TracebackType

    from engine.providers.images import Camera
    from engine.providers.llm import Actor
    from engine.settings import Settings

SPEAKING_MAY_TAKE = 1.0
WORK_MAY_TAKE = 1.0
SQLITE_EXECUTOR = "w0"
"""The lock on the home lets one process at a time do durable work, so it is always the same one to DBOS."""


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
    doctor: Doctor
    storage: FolderStorage
    signing_key: str
    work: Work
    checker: Checker
    _open: _Open

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
        """Stop in order: speakers, sweeper, durable work, slot, database, lock. What was said is kept."""
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@dataclass(slots=True)
class _Open:
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
    jobs: Jobs = field(default_factory=Jobs)
    closed: bool = False

    def take_up_work(self) -> None:
        """Do the durable work from now on, unless another process of this home does it."""
        if self.work.background is not None or (self.presence is not None and not self.presence.take_work()):
            return
        self.work.background = self.launch()
        self.speakers.starts_after_work = True
        self.sweeper.start_job = self.work.start
        self.sweeper.sweep(alone=self.presence is not None and self.presence.alone())

    def close(self) -> None:
        if self.closed:
            return
        self.closed = True
        self.speakers.close(SPEAKING_MAY_TAKE)
        self.jobs.close(WORK_MAY_TAKE)
        self.sweeper.close()
        if self.work.background is not None:
            self.work.background.close(WORK_MAY_TAKE)
        with self.db.write() as tx:
            slots.release(tx, self.slot, self.holder)
        self.db.close()
        if self.presence is not None:
            self.presence.leave()
        _process.engine = None


@dataclass(slots=True)
class _Process:
    """The one engine of this process."""

    engine: Engine | None = None
    guard: threading.Lock = field(default_factory=threading.Lock)


_process = _Process()


def the_engine() -> Engine:
    """The engine that is open in this process, else a newly opened one."""
    if _process.engine is not None:
        return _process.engine
    from engine.settings import load_settings  # noqa: PLC0415  (only who has no engine reads the environment)

    return open_engine(load_settings())


def open_engine(
    settings: Settings,
    *,
    serving: bool = False,
    clock: Clock = utc_now,
    ids: Ids = new_id,
    actor: Actor | None = None,
    camera: Camera | None = None,
) -> Engine:
    """Open the engine on a home. `serving` insists on being the one that does the durable work.

    `actor` and `camera` take the place of those that the settings choose: for tests and demonstrations.
    Raises SettingsProblem (unwritable home, unreachable or newer database, broken data file) or AlreadyRunning.
    """
    with _process.guard:
        if _process.engine is not None:
            raise AlreadyRunning("This process has an engine open already; close it before opening another.")
        _read_content(settings.content)
        cast = _Cast(actor or _actor(settings), _Camera(settings, camera))
        _process.engine = _open(settings, cast, serving=serving, clock=clock, ids=ids)
        return _process.engine


def _open(settings: Settings, cast: _Cast, *, serving: bool, clock: Clock, ids: Ids) -> Engine:
    home = _ready_home(settings.home)
    url = settings.database_url.get_secret_value()
    presence = None if url else _enter(home, serving=serving)
    db = None
    try:
        db = open_database(home, url)
        migrate(db)
        return _join(settings, cast, Desk(db, clock, ids), home, presence)
    except BaseException:
        if db is not None:
            db.close()
        if presence is not None:
            presence.leave()
        raise


def _read_content(content: Path) -> None:
    """Read what is written for people in `data/` before anything is made. Raises SettingsProblem for a broken file."""
    load_doctrines(content / "genres")
    read_words(content)
    crisis_card_needed("hello", content / "care")


def _ready_home(home: Path) -> Path:
    """The home, made if absent and found writable. Raises SettingsProblem."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        probe = home / f".write-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise SettingsProblem(
            f"The folder {home} cannot be written ({error.strerror}). Point COLDOPEN_HOME at a folder of yours."
        ) from error
    return home.resolve()


def _enter(home: Path, *, serving: bool) -> Presence:
    """This process's presence in the home, with the durable work if that is free. Raises AlreadyRunning."""
    presence = enter(home)
    if not presence.take_work() and serving:
        presence.leave()
        raise AlreadyRunning(f"Another Coldopen is running on {home}. Stop it, or give this one its own COLDOPEN_HOME.")
    return presence


def _join(settings: Settings, cast: _Cast, desk: Desk, home: Path, presence: Presence | None) -> Engine:
    storage, work = FolderStorage(home / "media"), Work(desk)
    held = _held(settings, cast, desk, storage, work, presence)
    try:
        engine = _engine(settings, cast, desk, storage, work, held)
        held.take_up_work()
        if work.background is None:
            held.sweeper.sweep()
        held.sweeper.run(settings.sweep_seconds)
    except BaseException:
        held.close()
        raise
    return engine


def _held(
    settings: Settings, cast: _Cast, desk: Desk, storage: FolderStorage, work: Work, presence: Presence | None
) -> _Open:
    """What works in threads: speakers, the sweeper, and durable work where this process does it."""
    holder = f"{os.getpid()}-{desk.new_id()}"
    with desk.db.write() as tx:
        slot = slots.take(tx, holder, desk.now())
    speakers = Speakers(desk, cast.actor, slot, settings.reply_tokens, work.start, starts_after_work=False)
    after = AfterTurn(desk, cast.actor, work.start)
    budget = settings.pictures_per_session
    studio = Studio(desk, cast.actor, cast.camera.get, storage.get, storage.put, slot, budget)
    sweeper = Sweeper(desk, speakers, None, lambda: _keep_slot(desk, slot, holder))
    launch = _launcher(settings, Background({"after": after.run, "draw": studio.draw}), slot)
    held = _Open(desk.db, slot, holder, desk, presence, speakers, sweeper, work, launch)
    tidier = Tidier(desk, storage)
    sweeper.also = (("work", held.take_up_work, 1.0), ("drawings", studio.pulse, 10.0), ("tidy", tidier.tidy, 600.0))
    return held


def _launcher(settings: Settings, background: Background, slot: str) -> Callable[[], Background]:
    """How durable work is opened here: on PostgreSQL beside our tables, else in a file of its own in the home."""
    url = settings.database_url.get_secret_value()

    def launch() -> Background:
        home = settings.home.resolve()
        if url:
            background.launch(url, slot, None)
        else:
            background.launch(f"sqlite:///{home / WORK_FILE}", SQLITE_EXECUTOR, work_engine(home))
        return background

    return launch


def _engine(settings: Settings, cast: _Cast, desk: Desk, storage: FolderStorage, work: Work, held: _Open) -> Engine:
    """The public surface over what is held open."""
    content = settings.content
    people, doctrines = People(desk.db, desk.clock, desk.new_id), Doctrines(content / "genres")
    live, words = LiveEpisodes(desk.db), Words(content)
    play = Play(desk, held.speakers, content / "care", work.start)
    avatars = Avatars(desk, cast.camera.get, storage.put, held.jobs)
    worlds = Worlds(desk, doctrines)
    releases = Releases(desk, doctrines, lambda tx, release_id: end_sessions_of(tx, desk, release_id))
    files = Content(desk, doctrines, avatars, storage.get)
    works_here = held.presence is None or held.presence.works
    return Engine(
        settings=settings,
        runtime=Runtime(people, live, play, Memory(desk), Scenes(desk, work.start), words, Feedback(desk)),
        genres=doctrines,
        worlds=worlds,
        characters=Characters(desk, doctrines),
        episodes=Episodes(desk, live),
        drafts=Drafts(desk),
        avatars=avatars,
        releases=releases,
        analytics=Analytics(desk, settings.home.resolve() / "analytics", words),
        content=files,
        starter=Starter(content / "starter", worlds, files, avatars, releases),
        doctor=Doctor(settings, desk.db, cast.actor.name, cast.actor.model, works_here=works_here),
        storage=storage,
        signing_key=people.signing_key(),
        work=work,
        checker=Checker(desk, storage),
        _open=held,
    )


def _keep_slot(desk: Desk, slot: str, holder: str) -> None:
    """Renew this process's name, so that no other process takes it for dead."""
    with desk.db.write() as tx:
        slots.renew(tx, slot, holder, desk.now())


def _actor(settings: Settings) -> Actor:
    """Who acts. `COLDOPEN_ACTOR` decides; with none set, whoever can: offline so far."""
    from engine.providers.llm.offline.actor import OfflineActor  # noqa: PLC0415  (an adapter, loaded when chosen)
    from engine.providers.llm.offline.banks import open_banks  # noqa: PLC0415

    open_banks(settings.content / "offline")
    return OfflineActor(settings.content / "offline", settings.actor_delay)


class _Camera:
    """Who draws: who is given, else loaded when the first picture is wanted."""

    def __init__(self, settings: Settings, given: Camera | None) -> None:
        self._folder = settings.content / "painter"
        self._lock = threading.Lock()
        self._camera = given

    def get(self) -> Camera:
        """The camera."""
        with self._lock:
            if self._camera is None:
                from engine.providers.images.offline import OfflinePainter  # noqa: PLC0415

                self._camera = OfflinePainter(self._folder)
            return self._camera


@dataclass(frozen=True, slots=True)
class _Cast:
    """Who acts and who draws in this engine."""

    actor: Actor
    camera: _Camera
