"""Tables of dynamics and milestones."""

from __future__ import annotations

import sqlalchemy as sa

from engine.db.columns import key, number, text
from engine.db.metadata import metadata
from engine.play.effects.tables import cause_columns

dynamics = sa.Table(
    "dynamics",
    metadata,
    key(),
    *cause_columns(),
    number("change"),
    sa.Column("tone", sa.String(20), nullable=False),
    text("beat"),
    sa.UniqueConstraint("take_id"),
)

milestones = sa.Table(
    "milestones",
    metadata,
    key(),
    *cause_columns(),
    sa.Column("key", sa.String(60), nullable=False),
    text("summary"),
    sa.Index(
        "ux_milestones_standing",
        "timeline_id",
        "key",
        unique=True,
        sqlite_where=sa.text("standing = 1"),
        postgresql_where=sa.text("standing"),
    ),
)
