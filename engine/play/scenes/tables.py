"""Table of scene images: illustrated moments, from the wish to the picture."""

from __future__ import annotations

import sqlalchemy as sa

from engine.db.columns import flag, instant, json, key, number, opaque, text
from engine.db.metadata import metadata
from engine.play.effects.tables import cause_columns

_OPEN = "state in ('due', 'drawing')"

scene_images = sa.Table(
    "scene_images",
    metadata,
    key(),
    *cause_columns(),
    opaque("release_id"),
    opaque("template_id"),
    opaque("avatar_kit_id"),
    opaque("image_id", optional=True, index=True),
    opaque("repeats", optional=True),
    opaque("anchor_id", optional=True),
    sa.Column("anchor_sha256", sa.String(64), nullable=True),
    sa.Column("trigger_type", sa.String(80), nullable=False),
    number("sequence_index"),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("mode", sa.String(8), nullable=True),
    text("caption"),
    flag("is_memory"),
    json("layers"),
    text("prompt"),
    text("avoid"),
    json("lint"),
    sa.Column("seed", sa.BigInteger, nullable=False),
    text("error", optional=True),
    text("prediction", optional=True),
    opaque("slot", optional=True),
    instant("lease_at", optional=True),
    number("attempts", default=0),
    instant("updated_at"),
    sa.Index(
        "ux_scene_images_standing",
        "session_id",
        "trigger_type",
        unique=True,
        sqlite_where=sa.text("standing = 1"),
        postgresql_where=sa.text("standing"),
    ),
    sa.Index(
        "ix_scene_images_open", "state", "updated_at", sqlite_where=sa.text(_OPEN), postgresql_where=sa.text(_OPEN)
    ),
)
