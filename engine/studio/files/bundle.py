"""What a folder of content holds: one world, its characters with their kits, anchors and episodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from engine.errors import BadInput
from engine.story.avatar_kit import AvatarKit
from engine.story.character import Character
from engine.story.episode import EpisodeTemplate
from engine.story.world import World

ANCHOR_LIMIT = 10_000_000
IDS = ("id", "world_id", "character_id", "active_avatar_kit_id", "live_release_id", "primary_anchor_id")
"""Fields that name rows of one database: they never stand in files, where things are matched by slug."""


@dataclass(frozen=True, slots=True)
class CharacterBundle:
    """A character with its kit, its episodes and the WebP bytes of its anchor, if there are any.

    An empty `system_prompt` means that the prompt is built when the files are imported.
    """

    character: Character
    kit: AvatarKit | None = None
    episodes: tuple[EpisodeTemplate, ...] = ()
    anchor: bytes | None = None


@dataclass(frozen=True, slots=True)
class WorldBundle:
    """A world with its characters."""

    world: World
    characters: tuple[CharacterBundle, ...] = ()


def plain(bundle: WorldBundle) -> WorldBundle:
    """The bundle as files tell it: without ids, characters by slug, episodes by order and slug.

    Reading what was written from `bundle` gives exactly this.
    """
    characters = sorted((_plain_character(each) for each in bundle.characters), key=lambda each: each.character.slug)
    return WorldBundle(world=replace(bundle.world, id=""), characters=tuple(characters))


def check(bundle: WorldBundle) -> None:
    """Raises BadInput when two characters of the world, or two episodes of a character, share a slug."""
    twice = _twice(each.character.slug for each in bundle.characters)
    if twice:
        raise BadInput(f"Two characters of {bundle.world.slug} have the slug {twice}: give one of them another.")
    for each in bundle.characters:
        twice = _twice(episode.slug for episode in each.episodes)
        if twice:
            raise BadInput(f"Two episodes of {each.character.slug} have the slug {twice}: give one of them another.")


def check_anchor(file: str, anchor: bytes) -> None:
    """Raises BadInput when the bytes are no WebP picture or more than 10 MB; whoever stores it decodes it in full."""
    if len(anchor) > ANCHOR_LIMIT:
        raise BadInput(f"{file} is over 10 MB: save a smaller picture.")
    if anchor[:4] != b"RIFF" or anchor[8:12] != b"WEBP":
        raise BadInput(f"{file} is not a WebP picture: save the anchor as WebP.")


def _plain_character(each: CharacterBundle) -> CharacterBundle:
    episodes = sorted(each.episodes, key=lambda episode: (episode.order, episode.slug))
    return CharacterBundle(
        character=replace(each.character, id="", world_id=None, active_avatar_kit_id=None, live_release_id=None),
        kit=replace(each.kit, id="", primary_anchor_id=None) if each.kit else None,
        episodes=tuple(replace(episode, id="", character_id="") for episode in episodes),
        anchor=each.anchor,
    )


def _twice(slugs: Iterable[str]) -> str:
    return next((slug for slug, count in Counter(slugs).items() if count > 1), "")
