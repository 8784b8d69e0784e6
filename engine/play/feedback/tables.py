"""Table of feedback: one row for each person and take."""

from __future__ import annotations

import sqlalchemy as sa

from engine.db.columns import instant, json, key, opaque, ref, text
from engine.db.metadata import metadata

feedback = sa.Table(
    "feedback",
    metadata,
    key(),
    ref("take_id", "takes.id", index=False),
    opaque("turn_id"),
    opaque("session_id", index=True),
    opaque("user_id", index=True),
    opaque("release_id"),
    sa.Column("thumb", sa.String(4), nullable=True),
    json("tags"),
    text("note"),
    instant("created_at"),
    instant("updated_at"),
    instant("settled_at", optional=True),
    sa.UniqueConstraint("take_id", "user_id"),
    sa.Index("ix_feedback_newest", "updated_at", "id"),
)
