"""Cutting: a draft as it stands now becomes an immutable payload."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Draft:
    """A character with all that its next release would hold, whether or not that is enough for one."""

    character: Character
    has_own_prompt: bool
    world: World | None
    kit: AvatarKit
    anchor: PinnedAsset | None
    anchor_mask: PinnedAsset | None
    episodes: tuple[EpisodeTemplate, ...]

    @property
    def persona(self) -> Persona:
        """The character as it would be played."""
        return Persona(
            id=self.character.id,
            slug=self.character.slug,
            name=self.character.name,
            system_prompt=self.character.system_prompt,
            adult=self.character.adult,
            visual_identity=self.character.visual_identity,
            acted_by=self.character.acted_by,
        )


def read_draft(tx: sa.Connection, character_ref: str) -> Draft:
    """A character's draft as it stands now. Raises NotFound."""
    character = store.character(tx, character_ref)
    kit = store.kit(tx, character.active_avatar_kit_id) if character.active_avatar_kit_id else AvatarKit()
    anchor, mask = pinned(tx, kit)
    return Draft(
        character=character,
        has_own_prompt=store.has_own_prompt(tx, character.id),
        world=store.world(tx, character.world_id) if character.world_id else None,
        kit=kit,
        anchor=anchor,
        anchor_mask=mask,
        episodes=tuple(store.episodes_of(tx, character.id)),
    )


def payload_of(draft: Draft, doctrines: Mapping[str, Doctrine]) -> Payload | None:
    """What the draft's release would hold; None while it has no world or no episode."""
    character, world = draft.character, draft.world
    if world is None or not draft.episodes:
        return None
    doctrine = doctrines.get(character.genre)
    return Payload(
        persona=draft.persona,
        setting=Setting(
            slug=world.slug, name=world.name, tone=world.tone, description=world.description, scenes=world.scenes
        ),
        kit=draft.kit,
        anchor=draft.anchor,
        anchor_mask=draft.anchor_mask,
        episodes=draft.episodes,
        labels={
            "genre": character.genre,
            "doctrine": doctrine.title if doctrine else character.genre,
            "world_genre": world.genre,
        },
    )


def playable(draft: Draft, doctrines: Mapping[str, Doctrine]) -> Payload:
    """What the draft's release would hold. Raises NotReady when there is nothing to play yet."""
    payload = payload_of(draft, doctrines)
    if payload is None:
        raise NotReady(f"{draft.character.name} needs a world and an episode before a cut can be made.")
    return payload


def cut(tx: sa.Connection, desk: Desk, draft: Draft, doctrines: Mapping[str, Doctrine]) -> Release:
    """A draft as an unnumbered release, stored by its content: cutting the same draft twice gives the same one.

    Raises NotReady when there is nothing to play yet.
    """
    character, payload = draft.character, playable(draft, doctrines)
    digest = content_hash(payload)
    standing = shelf.same_cut(tx, character.id, digest)
    if standing is not None:
        return standing
    release = Release(id=desk.new_id(), character_id=character.id, number=None, sha256=digest, payload=payload)
    shelf.add(tx, release, desk.now())
    return release


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
