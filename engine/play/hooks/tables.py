"""Tables of hooks and of their uses."""

from __future__ import annotations

import sqlalchemy as sa

from engine.db.columns import instant, key, number, opaque, ref, text
from engine.db.metadata import metadata
from engine.play.effects.tables import cause_columns

hooks = sa.Table(
    "hooks",
    metadata,
    key(),
    *cause_columns(),
    sa.Column("type", sa.String(20), nullable=False),
    text("content", default=None),
    text("suggested_opener"),
    instant("trigger_after"),
    instant("event_at", optional=True),
    number("priority", default=50),
    sa.Column("hash", sa.String(64), nullable=False),
    opaque("supersedes", optional=True),
    sa.UniqueConstraint("take_id", "hash"),
    sa.Index("ix_hooks_timeline", "timeline_id", "at"),
)

hook_uses = sa.Table(
    "hook_uses",
    metadata,
    key(),
    *cause_columns(),
    ref("hook_id", "hooks.id"),
    sa.Index(
        "ux_hook_uses_standing",
        "timeline_id",
        "hook_id",
        unique=True,
        sqlite_where=sa.text("standing = 1"),
        postgresql_where=sa.text("standing"),
    ),
)
