"""Tables of people, and of the house's own secrets."""

from __future__ import annotations

import sqlalchemy as sa

from engine.db.columns import instant, json, key, text
from engine.db.metadata import metadata

people = sa.Table(
    "people",
    metadata,
    key(),
    text("name", default=None),
    sa.Column("folded_name", sa.String(200), nullable=False, index=True),
    json("roles"),
    sa.Column("language", sa.String(12), nullable=False),
    sa.Column("time_zone", sa.String(64), nullable=False),
    instant("adult_stated_at", optional=True),
    instant("created_at"),
)

house_keys = sa.Table(
    "house_keys",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    text("value", default=None),
)
