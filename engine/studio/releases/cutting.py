"""Cutting: a draft as it stands now becomes an immutable payload."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from engine.db.desk import Desk
from engine.errors import NotReady
from engine.images import store as images
from engine.story import store
from engine.story.avatar_kit import AvatarKit
from engine.story.character import Character
from engine.story.episode import EpisodeTemplate
from engine.story.release import Payload, Persona, PinnedAsset, Release, Setting, content_hash
from engine.story.shelf import store as shelf
from engine.story.world import World
from engine.studio.genres import Doctrine


def cut(tx: sa.Connection, desk: Desk, character_ref: str, doctrines: Mapping[str, Doctrine]) -> Release:
    """A draft as an unnumbered release, stored by its content: cutting the same draft twice gives the same one.

    Raises NotFound, UnknownGenre, or NotReady when there is nothing to play yet.
    """
    character = store.character(tx, character_ref)
    episodes = store.episodes_of(tx, character.id)
    if character.world_id is None or not episodes:
        raise NotReady(f"{character.name} needs a world and an episode before a cut can be made.")
    world = store.world(tx, character.world_id)
    kit = store.kit(tx, character.active_avatar_kit_id) if character.active_avatar_kit_id else AvatarKit()
    payload = _payload(tx, character, world, kit, episodes, doctrines)
    digest = content_hash(payload)
    standing = shelf.same_cut(tx, character.id, digest)
    if standing is not None:
        return standing
    release = Release(id=desk.new_id(), character_id=character.id, number=None, sha256=digest, payload=payload)
    shelf.add(tx, release, desk.now())
    return release


def _payload(
    tx: sa.Connection,
    character: Character,
    world: World,
    kit: AvatarKit,
    episodes: list[EpisodeTemplate],
    doctrines: Mapping[str, Doctrine],
) -> Payload:
    anchor, mask = pinned(tx, kit)
    doctrine = doctrines.get(character.genre)
    return Payload(
        persona=Persona(
            id=character.id,
            slug=character.slug,
            name=character.name,
            system_prompt=character.system_prompt,
            adult=character.adult,
            visual_identity=character.visual_identity,
        ),
        setting=Setting(
            slug=world.slug, name=world.name, tone=world.tone, description=world.description, scenes=world.scenes
        ),
        kit=kit,
        anchor=anchor,
        anchor_mask=mask,
        episodes=tuple(episodes),
        labels={
            "genre": character.genre,
            "doctrine": doctrine.title if doctrine else character.genre,
            "world_genre": world.genre,
        },
    )


def pinned(tx: sa.Connection, kit: AvatarKit) -> tuple[PinnedAsset | None, PinnedAsset | None]:
    """The kit's anchor and its mask, each fixed by the hash of its bytes."""
    if kit.primary_anchor_id is None:
        return None, None
    asset = store.asset(tx, kit.primary_anchor_id)
    shown = [
        PinnedAsset(asset_id=asset["id"], storage_path=image.storage_path, sha256=image.sha256)
        for image_id in (asset["image_id"], asset["mask_id"])
        if image_id is not None
        for image in [images.get(tx, image_id, None)]
    ]
    return shown[0], shown[1] if len(shown) > 1 else None
