"""Tables of what writers author, and of releases."""

from __future__ import annotations

import sqlalchemy as sa

from engine.db.columns import flag, instant, json, key, number, opaque, ordered, ref, text
from engine.db.metadata import metadata

worlds = sa.Table(
    "worlds",
    metadata,
    key(),
    sa.Column("slug", sa.String(80), nullable=False, unique=True),
    text("name", default=None),
    text("genre", default=None),
    text("tone"),
    text("description"),
    json("scenes"),
    instant("created_at"),
    instant("updated_at"),
)

characters = sa.Table(
    "characters",
    metadata,
    key(),
    ref("world_id", "worlds.id", optional=True),
    sa.Column("slug", sa.String(80), nullable=False, unique=True),
    text("name", default=None),
    text("archetype"),
    text("genre", default=None),
    text("system_prompt"),
    flag("own_prompt"),
    ordered("personality"),
    ordered("tone_style"),
    ordered("speech_patterns"),
    ordered("boundaries"),
    text("backstory"),
    text("current_stressor"),
    json("likes"),
    json("dislikes"),
    json("visual_identity"),
    flag("adult"),
    text("acted_by"),
    opaque("active_avatar_kit_id", optional=True),
    opaque("live_release_id", optional=True),
    instant("created_at"),
    instant("updated_at"),
)

episode_templates = sa.Table(
    "episode_templates",
    metadata,
    key(),
    ref("character_id", "characters.id"),
    sa.Column("slug", sa.String(80), nullable=False),
    text("title", default=None),
    text("situation"),
    text("episode_frame"),
    text("opening_line"),
    text("dramatic_question"),
    text("episode_type", default=None),
    number("order", default=1),
    json("arc_hints"),
    json("resolutions"),
    json("starter_lines"),
    number("turn_budget", default=12),
    number("opening_tension", default=30),
    text("scene"),
    json("scene_config"),
    instant("created_at"),
    instant("updated_at"),
    sa.UniqueConstraint("character_id", "slug"),
)

avatar_kits = sa.Table(
    "avatar_kits",
    metadata,
    key(),
    ref("character_id", "characters.id"),
    text("appearance_prompt"),
    text("style_prompt"),
    text("negative_prompt"),
    opaque("primary_anchor_id", optional=True),
)

avatar_assets = sa.Table(
    "avatar_assets",
    metadata,
    key(),
    ref("kit_id", "avatar_kits.id"),
    text("kind", default=None),
    opaque("image_id"),
    opaque("mask_id", optional=True),
    sa.Column("sha256", sa.String(64), nullable=False),
    instant("created_at"),
    instant("retired_at", optional=True),
)

releases = sa.Table(
    "releases",
    metadata,
    key(),
    ref("character_id", "characters.id"),
    number("number", optional=True),
    sa.Column("sha256", sa.String(64), nullable=False),
    text("payload", default=None),
    instant("created_at"),
    instant("published_at", optional=True),
    instant("withdrawn_at", optional=True),
    sa.UniqueConstraint("character_id", "number"),
    sa.Index("ix_releases_cut", "character_id", "sha256"),
)
