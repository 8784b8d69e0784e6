"""The writer's three desks: worlds, characters (with the prompt built from them) and episodes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa

from engine.db.desk import Desk
from engine.errors import BadInput
from engine.moderation.adults import states_minor_age
from engine.story import store
from engine.story.character import Character
from engine.story.episode import EpisodeTemplate
from engine.story.shelf.live import LiveEpisodes
from engine.story.world import World
from engine.studio.genres import Doctrine
from engine.studio.genres.room import Doctrines
from engine.studio.prompt import build_system_prompt


@dataclass(frozen=True, slots=True)
class Worlds:
    """Settings that characters live in."""

    desk: Desk
    genres: Doctrines

    def save(self, world: World) -> World:
        """Write a world; a new one gets its id. Raises UnknownGenre or BadInput."""
        self.genres.get(world.genre)
        with self.desk.db.write() as tx:
            return put_world(tx, self.desk, world)

    def get(self, ref: str) -> World:
        """A world by id or slug. Raises NotFound."""
        with self.desk.db.read() as tx:
            return store.world(tx, ref)

    def all(self) -> list[World]:
        """Every world, by name."""
        with self.desk.db.read() as tx:
            return store.all_worlds(tx)


@dataclass(frozen=True, slots=True)
class Characters:
    """Personas, each with its system prompt."""

    desk: Desk
    genres: Doctrines

    def save(self, character: Character, *, own_prompt: bool = False) -> Character:
        """Write a character; its system prompt is built here unless the writer wrote it by hand.

        Raises UnknownGenre or BadInput.
        """
        finished = with_prompt(character, self.genres.all(), own_prompt=own_prompt)
        with self.desk.db.write() as tx:
            return put_character(tx, self.desk, finished, own_prompt=own_prompt)

    def get(self, ref: str) -> Character:
        """A character by id or slug. Raises NotFound."""
        with self.desk.db.read() as tx:
            return store.character(tx, ref)

    def all(self, world_id: str | None = None) -> list[Character]:
        """Every character, or those of one world, by name."""
        with self.desk.db.read() as tx:
            return store.all_characters(tx, world_id)


@dataclass(frozen=True, slots=True)
class Episodes:
    """Episode templates while they are written, and what is on offer."""

    desk: Desk
    live: LiveEpisodes

    def save(self, episode: EpisodeTemplate) -> EpisodeTemplate:
        """Write an episode template; a new one gets its id. Raises BadInput."""
        with self.desk.db.write() as tx:
            return put_episode(tx, self.desk, episode)

    def of_character(self, character_id: str) -> list[EpisodeTemplate]:
        """A character's templates in their order."""
        with self.desk.db.read() as tx:
            return store.episodes_of(tx, character_id)


def with_prompt(character: Character, doctrines: Mapping[str, Doctrine], *, own_prompt: bool) -> Character:
    """The character with its system prompt: the writer's own, or one built from its fields and its genre's doctrine.

    Raises BadInput when a text states an age under 18, UnknownGenre for an unknown genre.
    """
    refuse_minors(character)
    if own_prompt and not character.system_prompt:
        raise BadInput(f"{character.name} is said to have a prompt of its own, but it is empty.")
    built = build_system_prompt(
        character.name,
        character.archetype,
        character.personality,
        character.boundaries,
        character.tone_style,
        character.speech_patterns,
        character.backstory,
        character.current_stressor,
        character.likes,
        character.dislikes,
        character.genre,
        doctrines=doctrines,
    )
    return character if own_prompt else replace(character, system_prompt=built)


def refuse_minors(character: Character) -> None:
    """Raises BadInput when what is written of a character states an age under 18."""
    looks = character.visual_identity
    texts = (character.archetype, character.backstory, character.current_stressor, looks.body_type)
    for text in (*texts, *looks.key_features, looks.subject_handle, str(dict(character.personality))):
        span = states_minor_age(text)
        if span is not None:
            raise BadInput(
                f"Characters are adults: {character.name} is described as {span!r}. Change that and save again."
            )


def put_world(tx: sa.Connection, desk: Desk, world: World) -> World:
    """Write a world in a running transaction."""
    saved = replace(world, id=world.id or desk.new_id())
    store.save_world(tx, saved, desk.now())
    return saved


def put_character(tx: sa.Connection, desk: Desk, character: Character, *, own_prompt: bool) -> Character:
    """Write a finished character in a running transaction."""
    saved = replace(character, id=character.id or desk.new_id())
    store.save_character(tx, saved, desk.now(), own_prompt=own_prompt)
    return saved


def put_episode(tx: sa.Connection, desk: Desk, episode: EpisodeTemplate) -> EpisodeTemplate:
    """Write an episode template in a running transaction."""
    saved = replace(episode, id=episode.id or desk.new_id())
    store.save_episode(tx, saved, desk.now())
    return saved
