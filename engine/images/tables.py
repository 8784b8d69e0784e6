"""Table of image assets: one row per stored picture."""

from __future__ import annotations

import sqlalchemy as sa

from engine.db.columns import instant, key, number, opaque, real, text
from engine.db.metadata import metadata

image_assets = sa.Table(
    "image_assets",
    metadata,
    key(),
    opaque("user_id", optional=True, index=True),
    opaque("character_id", optional=True, index=True),
    text("prompt"),
    text("model_used"),
    number("latency_ms", optional=True),
    sa.Column("storage_path", sa.String(600), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    number("bytes"),
    sa.Column("seed", sa.BigInteger, nullable=True),
    sa.Column("mode", sa.String(8), nullable=False),
    real("cost", optional=True),
    number("width"),
    number("height"),
    instant("created_at"),
    sa.Index("ux_image_assets_storage_path", "storage_path", unique=True),
)
