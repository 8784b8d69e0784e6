"""A world as a folder of files: writing it out, and taking an edited folder in, whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa

from engine.db.desk import Desk
from engine.story import store
from engine.story.character import Character
from engine.story.world import World
from engine.studio.authoring.episodes import put_episode
from engine.studio.authoring.rooms import put_character, put_world, with_prompt
from engine.studio.avatars.room import Avatars, put_kit
from engine.studio.files import CharacterBundle, WorldBundle, plain, read_bundle, write_bundle
from engine.studio.genres import Doctrine
from engine.studio.genres.room import Doctrines
from engine.studio.releases.cutting import pinned


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What an import wrote."""

    world: World
    characters: tuple[Character, ...]
    episodes: int


@dataclass(frozen=True, slots=True)
class Content:
    """Content as files, for git."""

    desk: Desk
    genres: Doctrines
    avatars: Avatars
    get_file: Callable[[str], bytes]

    def export(self, world_ref: str, folder: Path) -> list[Path]:
        """Write a world with its characters and episodes into a folder; the files written.

        Raises NotFound, or BadInput when the folder holds something else.
        """
        with self.desk.db.read() as tx:
            world = store.world(tx, world_ref)
            bundles = tuple(self._bundle(tx, one) for one in store.all_characters(tx, world.id))
        return write_bundle(plain(WorldBundle(world, bundles)), folder)

    def take_in(self, folder: Path) -> TakenIn:
        """Read a folder and write its world, matching what is here by slug. What files do not name stays.

        Raises BadInput or UnknownGenre with the file and field at fault; nothing is changed then.
        """
        bundle = read_bundle(folder)
        doctrines = self.genres.all()
        self.genres.get(bundle.world.genre)
        finished = [(one, _finished(one, doctrines)) for one in bundle.characters]
        with self.desk.db.write() as tx:
            world = put_world(tx, self.desk, replace(bundle.world, id=_id_of(tx, "world", bundle.world.slug)))
            written = tuple(self._take_in(tx, world, one, character) for one, character in finished)
        for one, character in zip(bundle.characters, written, strict=True):
            if one.anchor is not None:
                self._anchor(character, one.anchor)
        return TakenIn(world, written, sum(len(one.episodes) for one in bundle.characters))

    def _take_in(self, tx: sa.Connection, world: World, bundle: CharacterBundle, finished: Character) -> Character:
        standing_id = _id_of(tx, "character", finished.slug)
        standing = store.character(tx, standing_id) if standing_id else None
        kept = {
            "id": standing_id,
            "world_id": world.id,
            "active_avatar_kit_id": standing.active_avatar_kit_id if standing else None,
            "live_release_id": standing.live_release_id if standing else None,
        }
        own = bool(bundle.character.system_prompt)
        character = put_character(tx, self.desk, replace(finished, **kept), own_prompt=own)
        if bundle.kit is not None:
            put_kit(tx, self.desk, character, bundle.kit)
        ids = {one.slug: one.id for one in store.episodes_of(tx, character.id)}
        for episode in bundle.episodes:
            put_episode(tx, self.desk, replace(episode, id=ids.get(episode.slug, ""), character_id=character.id))
        return store.character(tx, character.id)

    def _anchor(self, character: Character, data: bytes) -> None:
        """Take in an anchor file, unless it is the picture in use already (which has a mask that a file has not)."""
        digest = hashlib.sha256(data).hexdigest()
        if any(one.is_primary and one.sha256 == digest for one in self.avatars.of_character(character.id)):
            return
        asset_id = self.avatars.upload(character.id, data)
        self.avatars.choose(character.id, asset_id)

    def _bundle(self, tx: sa.Connection, character: Character) -> CharacterBundle:
        own = store.has_own_prompt(tx, character.id)
        written = character if own else replace(character, system_prompt="")
        kit = store.kit(tx, character.active_avatar_kit_id) if character.active_avatar_kit_id else None
        episodes = tuple(store.episodes_of(tx, character.id))
        anchor = pinned(tx, kit)[0] if kit else None
        data = self.get_file(anchor.storage_path) if anchor else None
        return CharacterBundle(written, kit, episodes, data)


def _finished(bundle: CharacterBundle, doctrines: Mapping[str, Doctrine]) -> Character:
    return with_prompt(bundle.character, doctrines, own_prompt=bool(bundle.character.system_prompt))


def _id_of(tx: sa.Connection, kind: str, slug: str) -> str:
    return store.id_by_slug(tx, kind, slug) or ""
