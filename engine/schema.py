"""Gathers every room's tables, so that migrations and new databases know them all."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from engine.db.metadata import metadata

if TYPE_CHECKING:
    import sqlalchemy as sa

ROOMS = (
    "engine.db.events",
    "engine.db.slots",
    "engine.members.tables",
    "engine.story.tables",
    "engine.images.tables",
    "engine.play.conversation.tables",
    "engine.play.engagement.tables",
    "engine.play.memory.tables",
    "engine.play.hooks.tables",
    "engine.play.dynamics.tables",
    "engine.play.scenes.tables",
    "engine.play.feedback.tables",
    "engine.studio.drafts.tables",
    "engine.studio.avatars.tables",
)


def full_metadata() -> sa.MetaData:
    """The metadata with every room's tables in it."""
    for room in ROOMS:
        importlib.import_module(room)
    return metadata
