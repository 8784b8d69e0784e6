"""Opening the engine: the one place where adapters are chosen, rooms are joined and durable work is registered."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.analytics.room import Analytics
from engine.background import Background
from engine.casting import OFFLINE, PAINTER, Cast, CastCamera, camera_of, cast_actors, cast_camera, lacks, voice_of
from engine.checking import Checker
from engine.db import slots
from engine.db.database import WORK_FILE, open_database, work_engine
from engine.db.desk import Desk
from engine.db.migrate import migrate
from engine.db.presence import Presence, enter
from engine.doctor import Doctor
from engine.errors import AlreadyRunning, SettingsProblem
from engine.house import Engine, Held, Runtime, process
from engine.kernel.clock import Clock, utc_now
from engine.kernel.ids import Ids, new_id
from engine.leaving.room import Leaving
from engine.members.people import People
from engine.moderation.crisis import crisis_card_needed
from engine.play import memory
from engine.play.acts import end_sessions_of
from engine.play.after_turn import AfterTurn
from engine.play.allowance import Allowance
from engine.play.feedback.room import Feedback
from engine.play.meanings import Meanings
from engine.play.play import Play
from engine.play.remembering import Memory
from engine.play.scenes.drawing import Studio
from engine.play.scenes.room import Scenes
from engine.play.speaker import Speakers
from engine.play.sweeper import Sweeper
from engine.providers.prices import read_prices
from engine.providers.resilience.record import Record
from engine.providers.resilience.recorded import Recorded
from engine.providers.storage.folder import FolderStorage
from engine.story.shelf.live import LiveEpisodes
from engine.studio.authoring.episodes import Episodes
from engine.studio.authoring.rooms import Characters, Worlds
from engine.studio.avatars.easel import Easel
from engine.studio.avatars.room import Avatars
from engine.studio.content import Content
from engine.studio.drafts.room import Drafts
from engine.studio.genres.room import Doctrines
from engine.studio.genres.shelf import load_doctrines
from engine.studio.releases.room import Releases
from engine.studio.starter import Starter
from engine.studio.voices.aside import Aside
from engine.studio.voices.cameras import Cameras, Known
from engine.studio.voices.comparing import Comparisons
from engine.studio.voices.room import Voices
from engine.tidying import Tidier
from engine.words import Words, read_words
from engine.work import Work

if TYPE_CHECKING:
    from engine.providers.embeddings import Embedder
    from engine.providers.images import Camera
    from engine.providers.llm import Actor
    from engine.settings import Settings

__all__ = ["Engine", "Runtime", "open_engine", "the_engine"]
GIVEN = "because it was given"
SQLITE_EXECUTOR = "w0"
"""The lock on the home lets one process at a time do durable work, so it is always the same one to DBOS."""


def the_engine() -> Engine:
    """The engine that is open in this process, else a newly opened one."""
    if process.engine is not None:
        return process.engine
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
    with process.guard:
        if process.engine is not None:
            raise AlreadyRunning("This process has an engine open already; close it before opening another.")
        _read_content(settings.content)
        acting = Cast(actor, GIVEN) if actor else cast_actors(settings, clock)
        drawing = CastCamera(camera.name, camera.model, GIVEN, camera) if camera else cast_camera(settings, clock)
        cast = _Cast(acting, drawing, _Camera(settings, drawing.made, clock), _embedder(settings))
        process.engine = _open(settings, cast, serving=serving, clock=clock, ids=ids)
        if serving:
            threading.Thread(target=memory.warm, name="warm-up", daemon=True).start()
        return process.engine


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
) -> Held:
    """What works in threads: speakers, the sweeper, and durable work where this process does it."""
    holder = f"{os.getpid()}-{desk.new_id()}"
    with desk.db.write() as tx:
        slot = slots.take(tx, holder, desk.now())
    meanings = Meanings(desk, cast.embedder, settings.embedder_seconds) if cast.embedder else None
    speakers = Speakers(
        desk, cast.acting.actor_of, slot, settings.reply_tokens, work.start, starts_after_work=False, meanings=meanings
    )
    after = AfterTurn(desk, cast.acting.actor, work.start, meanings)
    budget = settings.pictures_per_session
    studio = Studio(desk, cast.acting.actor, cast.camera.get, storage.get, storage.put, slot, budget)
    sweeper = Sweeper(desk, speakers, None, lambda: _keep_slot(desk, slot, holder))
    launch = _launcher(settings, Background({"after": after.run, "draw": studio.draw}), slot)
    easel = Easel(desk, cast.camera.get, storage.put)
    held = Held(desk.db, slot, holder, desk, presence, speakers, sweeper, work, launch, easel, Aside(), meanings)
    tidier = Tidier(desk, storage)
    sweeper.also = (("work", held.take_up_work, 1.0), ("drawings", studio.pulse, 10.0), ("tidy", tidier.tidy, 600.0))
    sweeper.also += (("sittings", easel.pulse, 10.0), ("candidates", easel.look, settings.sweep_seconds))
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


def _engine(settings: Settings, cast: _Cast, desk: Desk, storage: FolderStorage, work: Work, held: Held) -> Engine:
    """The public surface over what is held open."""
    content = settings.content
    people, doctrines = People(desk.db, desk.clock, desk.new_id), Doctrines(content / "genres")
    live, words, worlds = LiveEpisodes(desk.db), Words(content), Worlds(desk, doctrines)
    allowance = Allowance(settings.tokens_per_day, settings.cost_per_day)
    play = Play(desk, held.speakers, content / "care", work.start, allowance)
    avatars = Avatars(desk, cast.camera.get, storage.put, held.easel)
    releases = Releases(desk, doctrines, lambda tx, release_id: end_sessions_of(tx, desk, release_id))
    files = Content(desk, doctrines, avatars, storage.get)
    voices, comparisons = _voices(settings, cast.acting, desk, releases, held.aside)
    analytics = Analytics(desk, settings.home.resolve() / "analytics", words)
    leaving = Leaving(desk, storage, play, analytics, words)
    held.sweeper.also += (("figures", leaving.catch_up, 600.0),)
    return Engine(
        settings=settings,
        runtime=Runtime(
            people, live, play, Memory(desk, held.meanings), Scenes(desk, work.start), words, Feedback(desk)
        ),
        genres=doctrines,
        worlds=worlds,
        characters=Characters(desk, doctrines),
        episodes=Episodes(desk, live),
        drafts=Drafts(desk),
        avatars=avatars,
        releases=releases,
        analytics=analytics,
        content=files,
        starter=Starter(content / "starter", worlds, files, _free(avatars, settings, cast), releases),
        voices=voices,
        comparisons=comparisons,
        cameras=_cameras(settings, cast, desk, held.aside),
        doctor=_doctor(settings, cast, held),
        storage=storage,
        signing_key=people.signing_key(),
        work=work,
        checker=Checker(desk, storage),
        leaving=leaving,
        _open=held,
    )


def _doctor(settings: Settings, cast: _Cast, held: Held) -> Doctor:
    """Who tells what this installation is."""
    works_here = held.presence is None or held.presence.works
    return Doctor(settings, held.db, cast.acting, cast.drawing, works_here=works_here)


def _free(avatars: Avatars, settings: Settings, cast: _Cast) -> Avatars:
    """Looks whose faces cost nothing: the starter stories are there before anybody asked for anything."""
    paid = cast.drawing.made is not None and cast.drawing.why != GIVEN
    return replace(avatars, camera=_Camera(settings, None).get) if paid else avatars


def _voices(
    settings: Settings, acting: Cast, desk: Desk, releases: Releases, aside: Aside
) -> tuple[Voices, Comparisons]:
    """Everybody who could act, and two of them side by side."""
    voices = Voices(
        desk,
        acting.actor,
        acting.why,
        acting.members,
        prices=lambda: read_prices(settings.content),
        make=lambda name: voice_of(settings, name),
        lacking=acting.lacking,
    )
    return voices, Comparisons(desk, voices, releases.preview, aside, settings.reply_tokens)


def _cameras(settings: Settings, cast: _Cast, desk: Desk, aside: Aside) -> Cameras:
    """Who draws and who could, for the Providers screen."""
    drawing, models = cast.drawing, (settings.replicate_anchored, settings.replicate_worded)
    known = (
        Known("replicate", *models, lacks(settings, "replicate"), lambda: camera_of(settings, "replicate")),
        Known(OFFLINE, PAINTER, PAINTER, "", lambda: camera_of(settings, OFFLINE)),
    )
    if drawing.why == GIVEN:
        known = (Known(drawing.name, drawing.model, drawing.model, "", cast.camera.get),)
    return Cameras(desk, drawing.name, drawing.why, known, cast.camera.get, cast.camera.record, aside)


def _keep_slot(desk: Desk, slot: str, holder: str) -> None:
    """Renew this process's name, so that no other process takes it for dead."""
    with desk.db.write() as tx:
        slots.renew(tx, slot, holder, desk.now())


def _embedder(settings: Settings) -> Embedder | None:
    """Who embeds memories; None unless a person named a server and a model."""
    if not settings.embedder_url:
        return None
    from engine.providers.embeddings.openai_compatible import CompatibleEmbedder  # noqa: PLC0415

    key = settings.embedder_key.get_secret_value()
    return CompatibleEmbedder(settings.embedder_url, settings.embedder_model, key)


class _Camera:
    """Who draws: who is given, else the painter, loaded when the first picture is wanted. Its calls are counted."""

    def __init__(self, settings: Settings, given: Camera | None, clock: Clock = utc_now) -> None:
        self._settings, self._given, self._clock = settings, given, clock
        self._lock = threading.Lock()
        self._camera: Camera | None = None
        self.record = Record()

    def get(self) -> Camera:
        """The camera."""
        with self._lock:
            if self._camera is None:
                made = self._given or camera_of(self._settings, OFFLINE)
                self._camera = Recorded(made, self.record, self._clock)
            return self._camera


@dataclass(frozen=True, slots=True)
class _Cast:
    """Who acts and who draws in this engine, and who embeds, if anybody."""

    acting: Cast
    drawing: CastCamera
    camera: _Camera
    embedder: Embedder | None
