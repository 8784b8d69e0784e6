"""SQL of authoring: one save at a time, slugs in use, what lists show, and the order of episodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import sqlalchemy as sa

from engine.images.tables import image_assets
from engine.kernel.ids import seed_from
from engine.story.tables import avatar_assets, avatar_kits, characters, episode_templates, worlds
from engine.studio.authoring.cards import CharacterCard

Kind = Literal["world", "character", "episode"]
_TABLES = {"world": worlds, "character": characters, "episode": episode_templates}


def hold(tx: sa.Connection, kind: Kind, thing_id: str) -> bool:
    """Let nobody else save a thing of this kind, nor change this one, until the transaction ends: whether it is there.

    On SQLite nobody else writes anyway.
    """
    if tx.dialect.name == "postgresql":
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(seed_from("save", kind))))
    table = _TABLES[kind]
    return tx.scalar(sa.select(table.c.id).where(table.c.id == thing_id).with_for_update()) is not None


def slugs(tx: sa.Connection, kind: Kind, character_id: str | None = None) -> dict[str, str]:
    """The id behind each slug in use; of one character's episodes where it is named."""
    table = _TABLES[kind]
    query = sa.select(table.c.slug, table.c.id)
    if character_id is not None:
        query = query.where(table.c.character_id == character_id)
    return {row.slug: row.id for row in tx.execute(query)}


def world_names(tx: sa.Connection) -> dict[str, str]:
    """Every world's name by its id, in the order of the names."""
    query = sa.select(worlds.c.id, worlds.c.name).order_by(worlds.c.name, worlds.c.id)
    return {row.id: row.name for row in tx.execute(query)}


def listed_characters(tx: sa.Connection, world_id: str | None) -> list[CharacterCard]:
    """Characters as lists show them, by name; of one world where it is named."""
    query = _LISTED if world_id is None else _LISTED.where(characters.c.world_id == world_id)
    return [CharacterCard(*row) for row in tx.execute(query)]


_EPISODES = (
    sa.select(sa.func.count())
    .where(episode_templates.c.character_id == characters.c.id)
    .correlate(characters)
    .scalar_subquery()
)
_LISTED = (
    sa.select(
        characters.c.id,
        characters.c.name,
        characters.c.archetype,
        characters.c.genre,
        characters.c.world_id,
        characters.c.live_release_id,
        image_assets.c.storage_path,
        _EPISODES,
    )
    .select_from(
        characters.outerjoin(avatar_kits, avatar_kits.c.id == characters.c.active_avatar_kit_id)
        .outerjoin(avatar_assets, avatar_assets.c.id == avatar_kits.c.primary_anchor_id)
        .outerjoin(image_assets, image_assets.c.id == avatar_assets.c.image_id)
    )
    .order_by(characters.c.name, characters.c.id)
)


def set_order(tx: sa.Connection, ids: Sequence[str]) -> None:
    """Number episodes from 1 in this order."""
    for place, episode_id in enumerate(ids, 1):
        tx.execute(episode_templates.update().where(episode_templates.c.id == episode_id).values(order=place))


def remove_episode(tx: sa.Connection, episode_id: str) -> bool:
    """Take an episode template away. False where there is none."""
    return tx.execute(episode_templates.delete().where(episode_templates.c.id == episode_id)).rowcount > 0
