"""Two of the writer's desks: worlds, and characters with the prompt built from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import sqlalchemy as sa

from engine.db.desk import Desk
from engine.errors import BadInput
from engine.moderation.adults import states_minor_age
from engine.story import store
from engine.story.character import Character
from engine.story.world import World
from engine.studio.authoring import store as authored
from engine.studio.authoring.cards import CharacterCard
from engine.studio.authoring.guard import are_equal, is_new, may_write
from engine.studio.authoring.slugs import must_be_free, slug_for
from engine.studio.genres import Doctrine
from engine.studio.genres.room import Doctrines
from engine.studio.prompt import PromptSection, Told, build_system_prompt, prompt_sections

_Told: TypeAlias = tuple[str, str, Told, Told, Told, Told, str, str, Told, Told, str]


@dataclass(frozen=True, slots=True)
class Worlds:
    """Settings that characters live in."""

    desk: Desk
    genres: Doctrines

    def save(self, world: World, *, base: str | None = None) -> World:
        """Write a world; a new one gets its id. `base` is the fingerprint of what the writer started from.

        Raises UnknownGenre, BadInput, or Conflict where somebody else saved meanwhile or has the slug.
        """
        self.genres.get(world.genre)
        with self.desk.db.write() as tx:
            standing = store.world(tx, world.id) if authored.hold(tx, "world", world.id) else None
            if not may_write(standing, world, base, world.name):
                return standing or world
            taken = authored.slugs(tx, "world")
            twin = store.world(tx, taken[world.slug]) if is_new(world, base, taken) else None
            if twin is not None and are_equal(twin, world):
                return twin
            must_be_free(taken, world.slug, world.id, "world")
            return put_world(tx, self.desk, world)

    def get(self, ref: str) -> World:
        """A world by id or slug. Raises NotFound."""
        with self.desk.db.read() as tx:
            return store.world(tx, ref)

    def all(self) -> list[World]:
        """Every world, by name."""
        with self.desk.db.read() as tx:
            return store.all_worlds(tx)

    def names(self) -> dict[str, str]:
        """Every world's name by its id, in the order of the names."""
        with self.desk.db.read() as tx:
            return authored.world_names(tx)

    def free_slug(self, name: str) -> str:
        """A slug for a new world of that name."""
        with self.desk.db.read() as tx:
            return slug_for(name, authored.slugs(tx, "world"), "world")


@dataclass(frozen=True, slots=True)
class Characters:
    """Personas, each with its system prompt."""

    desk: Desk
    genres: Doctrines

    def save(self, character: Character, *, own_prompt: bool = False, base: str | None = None) -> Character:
        """Write a character; its system prompt is built here unless the writer wrote it by hand.

        What is live and which kit is in use stay as they are: other verbs set them. `base` is the fingerprint of what
        the writer started from. Raises UnknownGenre, BadInput, or Conflict where somebody else saved meanwhile or has
        the slug.
        """
        finished = with_prompt(character, self.genres.all(), own_prompt=own_prompt)
        with self.desk.db.write() as tx:
            standing = store.character(tx, character.id) if authored.hold(tx, "character", character.id) else None
            must_write = may_write(standing, finished, base, character.name)
            if standing is not None and not must_write and store.has_own_prompt(tx, standing.id) == own_prompt:
                return standing
            taken = authored.slugs(tx, "character")
            twin = store.character(tx, taken[character.slug]) if is_new(character, base, taken) else None
            if twin is not None and are_equal(twin, finished):
                return twin
            must_be_free(taken, character.slug, character.id, "character")
            return put_character(tx, self.desk, _as_it_is_used(finished, standing), own_prompt=own_prompt)

    def get(self, ref: str) -> Character:
        """A character by id or slug. Raises NotFound."""
        with self.desk.db.read() as tx:
            return store.character(tx, ref)

    def has_own_prompt(self, character_id: str) -> bool:
        """Whether the system prompt was written by hand."""
        with self.desk.db.read() as tx:
            return store.has_own_prompt(tx, character_id)

    def prompt_of(self, character: Character, *, own_prompt: bool = False) -> tuple[PromptSection, ...]:
        """The system prompt that saving the character would give it, section by section. Writes nothing.

        Raises UnknownGenre.
        """
        if own_prompt:
            return (PromptSection("own", "system_prompt", character.system_prompt),)
        return prompt_sections(*_told(character), doctrines=self.genres.all())

    def all(self, world_id: str | None = None) -> list[Character]:
        """Every character, or those of one world, by name."""
        with self.desk.db.read() as tx:
            return store.all_characters(tx, world_id)

    def listed(self, world_id: str | None = None) -> list[CharacterCard]:
        """Every character, or those of one world, by name: what a list shows, without their texts."""
        with self.desk.db.read() as tx:
            return authored.listed_characters(tx, world_id)

    def free_slug(self, name: str) -> str:
        """A slug for a new character of that name."""
        with self.desk.db.read() as tx:
            return slug_for(name, authored.slugs(tx, "character"), "character")


def _as_it_is_used(character: Character, standing: Character | None) -> Character:
    """The character with the release and kit in use now: a form that was opened before a publish knows older ones."""
    if standing is None:
        return character
    used = {"live_release_id": standing.live_release_id, "active_avatar_kit_id": standing.active_avatar_kit_id}
    return replace(character, **used)


def with_prompt(character: Character, doctrines: Mapping[str, Doctrine], *, own_prompt: bool) -> Character:
    """The character with its system prompt: the writer's own, or one built from its fields and its genre's doctrine.

    Raises BadInput when a text states an age under 18, UnknownGenre for an unknown genre.
    """
    refuse_minors(character)
    if own_prompt and not character.system_prompt:
        raise BadInput(f"{character.name} is said to have a prompt of its own, but it is empty.")
    built = build_system_prompt(*_told(character), doctrines=doctrines)
    return character if own_prompt else replace(character, system_prompt=built)


def _told(character: Character) -> _Told:
    """What a system prompt is built from, in the order in which `build_system_prompt` takes it."""
    who = (character.name, character.archetype, character.personality, character.boundaries)
    voice = (character.tone_style, character.speech_patterns, character.backstory, character.current_stressor)
    return (*who, *voice, character.likes, character.dislikes, character.genre)


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
