"""SQL of authoring: one save at a time, slugs in use, and the order of episodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import sqlalchemy as sa

from engine.kernel.ids import seed_from
from engine.story.tables import characters, episode_templates, worlds

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


def set_order(tx: sa.Connection, ids: Sequence[str]) -> None:
    """Number episodes from 1 in this order."""
    for place, episode_id in enumerate(ids, 1):
        tx.execute(episode_templates.update().where(episode_templates.c.id == episode_id).values(order=place))


def remove_episode(tx: sa.Connection, episode_id: str) -> bool:
    """Take an episode template away. False where there is none."""
    return tx.execute(episode_templates.delete().where(episode_templates.c.id == episode_id)).rowcount > 0
