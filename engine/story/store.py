"""SQL of worlds, characters, kits and episodes: what writers author."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from engine.errors import NotFound
from engine.story.avatar_kit import AvatarKit
from engine.story.character import Character
from engine.story.episode import EpisodeTemplate
from engine.story.tables import avatar_assets, avatar_kits, characters, episode_templates, worlds
from engine.story.world import World

_WORLD = TypeAdapter(World)
_CHARACTER = TypeAdapter(Character)
_EPISODE = TypeAdapter(EpisodeTemplate)
_KIT = TypeAdapter(AvatarKit)


def _write(tx: sa.Connection, table: sa.Table, noun: dict[str, Any], now: datetime) -> None:
    """Insert a row, or update the one with its id."""
    row = {name: value for name, value in noun.items() if name in table.c}
    stamped = "updated_at" in table.c
    changed = tx.execute(table.update().where(table.c.id == row["id"]), row | ({"updated_at": now} if stamped else {}))
    if not changed.rowcount:
        tx.execute(table.insert(), row | ({"created_at": now, "updated_at": now} if stamped else {}))


def _noun(row: sa.RowMapping, but: frozenset[str] = frozenset()) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in but}


_STAMPS = frozenset({"created_at", "updated_at"})
_NOT_IN_CHARACTER = _STAMPS | {"own_prompt"}
_NOT_IN_KIT = frozenset({"character_id"})


def save_world(tx: sa.Connection, world: World, now: datetime) -> None:
    """Write a world under its id."""
    _write(tx, worlds, _WORLD.dump_python(world, mode="json"), now)


def save_character(tx: sa.Connection, character: Character, now: datetime, *, own_prompt: bool) -> None:
    """Write a character under its id; `own_prompt` says that its writer wrote the system prompt by hand."""
    _write(tx, characters, _CHARACTER.dump_python(character, mode="json") | {"own_prompt": own_prompt}, now)


def save_episode(tx: sa.Connection, episode: EpisodeTemplate, now: datetime) -> None:
    """Write an episode template under its id."""
    _write(tx, episode_templates, _EPISODE.dump_python(episode, mode="json"), now)


def save_kit(tx: sa.Connection, kit: AvatarKit, character_id: str, now: datetime) -> None:
    """Write a kit under its id and make it known to its character."""
    _write(tx, avatar_kits, _KIT.dump_python(kit, mode="json") | {"character_id": character_id}, now)


def _one(tx: sa.Connection, table: sa.Table, ref: str, what: str) -> sa.RowMapping:
    slug = table.c.slug if "slug" in table.c else table.c.id
    row = tx.execute(sa.select(table).where(sa.or_(table.c.id == ref, slug == ref))).mappings().first()
    if row is None:
        raise NotFound(f"There is no {what} called {ref[:80]!r}.")
    return row


def id_by_slug(tx: sa.Connection, kind: str, slug: str) -> str | None:
    """The id of the world or character with that slug, or None."""
    table = worlds if kind == "world" else characters
    return tx.scalar(sa.select(table.c.id).where(table.c.slug == slug))


def world(tx: sa.Connection, ref: str) -> World:
    """A world by id or slug. Raises NotFound."""
    return World(**_noun(_one(tx, worlds, ref, "world"), _STAMPS))


def character(tx: sa.Connection, ref: str) -> Character:
    """A character by id or slug. Raises NotFound."""
    return Character(**_noun(_one(tx, characters, ref, "character"), _NOT_IN_CHARACTER))


def has_own_prompt(tx: sa.Connection, character_id: str) -> bool:
    """Whether the writer wrote the system prompt by hand."""
    return bool(tx.scalar(sa.select(characters.c.own_prompt).where(characters.c.id == character_id)))


def kit(tx: sa.Connection, kit_id: str) -> AvatarKit:
    """An avatar kit by id. Raises NotFound."""
    return AvatarKit(**_noun(_one(tx, avatar_kits, kit_id, "avatar kit"), _NOT_IN_KIT))


def episode(tx: sa.Connection, episode_id: str) -> EpisodeTemplate:
    """An episode template by id. Raises NotFound."""
    row = tx.execute(sa.select(episode_templates).where(episode_templates.c.id == episode_id)).mappings().first()
    if row is None:
        raise NotFound("There is no such episode.")
    return EpisodeTemplate(**_noun(row, _STAMPS))


def all_worlds(tx: sa.Connection) -> list[World]:
    """Every world, by name."""
    rows = tx.execute(sa.select(worlds).order_by(worlds.c.name, worlds.c.id)).mappings()
    return [World(**_noun(row, _STAMPS)) for row in rows]


def all_characters(tx: sa.Connection, world_id: str | None = None) -> list[Character]:
    """Every character, or those of one world, by name."""
    query = sa.select(characters).order_by(characters.c.name, characters.c.id)
    if world_id is not None:
        query = query.where(characters.c.world_id == world_id)
    return [Character(**_noun(row, _NOT_IN_CHARACTER)) for row in tx.execute(query).mappings()]


def episodes_of(tx: sa.Connection, character_id: str) -> list[EpisodeTemplate]:
    """A character's episodes in their order."""
    table = episode_templates
    query = sa.select(table).where(table.c.character_id == character_id).order_by(table.c.order, table.c.slug)
    return [EpisodeTemplate(**_noun(row, _STAMPS)) for row in tx.execute(query).mappings()]


def set_active_kit(tx: sa.Connection, character_id: str, kit_id: str) -> None:
    """Make a kit the one in use."""
    tx.execute(characters.update().where(characters.c.id == character_id), {"active_avatar_kit_id": kit_id})


def set_anchor(tx: sa.Connection, kit_id: str, asset_id: str) -> None:
    """Make an asset the anchor that fixes the face."""
    tx.execute(avatar_kits.update().where(avatar_kits.c.id == kit_id), {"primary_anchor_id": asset_id})


def add_asset(tx: sa.Connection, values: dict[str, Any]) -> None:
    """Write an avatar asset; assets are never changed afterwards but for `retired_at`."""
    tx.execute(avatar_assets.insert(), values)


def asset(tx: sa.Connection, asset_id: str) -> sa.RowMapping:
    """An avatar asset's row. Raises NotFound."""
    row = tx.execute(sa.select(avatar_assets).where(avatar_assets.c.id == asset_id)).mappings().first()
    if row is None:
        raise NotFound("There is no such picture in this avatar kit.")
    return row


def hold_kit(tx: sa.Connection, kit_id: str) -> None:
    """Let nobody else change a kit until the transaction ends."""
    tx.execute(sa.select(avatar_kits.c.id).where(avatar_kits.c.id == kit_id).with_for_update())


def retire_asset(tx: sa.Connection, asset_id: str, now: datetime) -> None:
    """Offer an asset no longer for new work."""
    tx.execute(avatar_assets.update().where(avatar_assets.c.id == asset_id), {"retired_at": now})


def assets_of(tx: sa.Connection, kit_id: str, *, retired: bool = False) -> Sequence[sa.RowMapping]:
    """The kit's assets that are offered for new work, oldest first; with `retired` those that are not, too."""
    table = avatar_assets
    query = sa.select(table).where(table.c.kit_id == kit_id)
    query = query if retired else query.where(table.c.retired_at.is_(None))
    return tx.execute(query.order_by(table.c.created_at, table.c.id)).mappings().all()
