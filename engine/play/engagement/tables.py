"""The table of engagements: one user with one character."""

from __future__ import annotations

import sqlalchemy as sa

from engine.db.columns import flag, instant, key, number, opaque
from engine.db.metadata import metadata

engagements = sa.Table(
    "engagements",
    metadata,
    key(),
    opaque("user_id"),
    opaque("character_id"),
    opaque("timeline_id"),
    number("total_sessions", default=0),
    number("total_messages", default=0),
    instant("first_met_at"),
    instant("last_interaction"),
    flag("is_favorite"),
    flag("is_archived"),
    sa.UniqueConstraint("user_id", "character_id"),
)
