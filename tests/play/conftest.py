"""The stage of these tests: one engine for a file, with a steady clock and an actor that takes cues."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from engine.play.conversation.nouns import Audience
from engine.providers.llm.offline.actor import OfflineActor
from engine.settings import Settings
from engine.story.avatar_kit import AvatarKit
from engine.wiring import Engine, open_engine
from tests import tiny
from tests.conftest import quiet, url_of
from tests.play.troupe import PATIENCE, Player, Puppet, Snapshot, broken
from tests.steady import Clock

LONG, SHORT = "the-long-night", "the-short-hour"


@dataclass
class Stage:
    """An open engine with the tiny story, and two more episodes: one of sixty turns, one of three."""

    engine: Engine
    actor: Puppet
    clock: Clock

    def enter(self, episode: str = tiny.FIRST, *, user_id: str = "", audience: Audience = "player") -> Player:
        """Someone new, or somebody known, at the start of an episode; all is quiet."""
        person = user_id or self.engine.people.join("Ana").id
        started = self.engine.play.start(person, episode, audience=audience)
        player = Player(self.engine, self.clock, person, started.session_id)
        player.quiet()
        return player

    def publish_ghost(self) -> str:
        """Publish a character of her own, whose release can be withdrawn: the slug of her episode."""
        return self._publish({"name": "Ines Voss"}, {})

    def publish_odd(self, text: str, *, own_prompt: bool) -> str:
        """Publish a character and an episode that have `text` in every field that takes it: the episode's slug."""
        slots = "\n\nWhat you know:\n{memories}\n{hooks}\n{relationship_stage}"
        prompt = text.replace("{hooks}", "{hook}") + slots if own_prompt else ""  # a slot may stand but once
        person = {"backstory": text, "current_stressor": text, "archetype": text, "likes": (text,)}
        person |= {"personality": {text: [text]}, "speech_patterns": {"habits": text}, "system_prompt": prompt}
        told = {
            "situation": text,
            "episode_frame": text,
            "opening_line": text,
            "dramatic_question": text,
            "scene": text,
        }
        return self._publish(person, told | {"arc_hints": (text,)}, own_prompt=own_prompt)

    def _publish(self, person: Mapping[str, object], told: Mapping[str, object], *, own_prompt: bool = False) -> str:
        number, engine = len(self.engine.characters.all()), self.engine
        slug, world = f"an-episode-{number}", engine.worlds.all()[0]
        one = engine.characters.save(
            tiny.character(world.id, slug=f"character-{number}", **person), own_prompt=own_prompt
        )
        engine.avatars.save_kit(one.id, AvatarKit(appearance_prompt="long white hair, grey eyes, grey coat"))
        engine.avatars.choose(one.id, engine.avatars.upload(one.id, tiny.portrait()))
        engine.episodes.save(tiny.episode(slug, 1, character_id=one.id, **told))
        engine.releases.publish(one.id)
        return slug


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def module_house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of a home with the tiny story, for the tests of one file."""
    home = tmp_path_factory.mktemp("stage") / "home"
    if request.param == "sqlite":
        shutil.copytree(request.getfixturevalue("told_home"), home)
        yield quiet(home, "")
        return
    server: sa.Engine = request.getfixturevalue("postgres")
    template, told = request.getfixturevalue("told_database")
    shutil.copytree(told, home)
    name = f"coldopen_test_{secrets.token_hex(6)}"
    with server.connect() as connection:
        connection.execute(sa.text(f"create database {name} template {template}"))
    yield quiet(home, url_of(name))
    with server.connect() as connection:
        connection.execute(sa.text(f"drop database if exists {name} with (force)"))


@pytest.fixture(scope="module")
def open_stage(module_house: Settings) -> Iterator[Stage]:
    """The open stage of one file."""
    clock, actor = Clock(), Puppet(OfflineActor(module_house.content / "offline"))
    camera = Snapshot(tiny.portrait())
    with open_engine(module_house, clock=clock, actor=actor, camera=camera) as engine:
        mara = engine.characters.all()[0]
        engine.episodes.save(tiny.episode(LONG, 3, character_id=mara.id, turn_budget=60))
        engine.episodes.save(tiny.episode(SHORT, 4, character_id=mara.id, turn_budget=3))
        engine.releases.publish(mara.id)
        yield Stage(engine, actor, clock)


@pytest.fixture
def stage(open_stage: Stage) -> Iterator[Stage]:
    """The stage for one test; afterwards all is quiet and every invariant holds."""
    yield open_stage
    assert open_stage.engine.work.drain(PATIENCE)
    open_stage.actor.forget()
    assert broken(open_stage.engine) == {}


@pytest.fixture
def ana(stage: Stage) -> Player:
    """Ana, at the start of the first episode."""
    return stage.enter()
