"""Table of drafts: one row for each person and thing that is being written."""

from __future__ import annotations

import sqlalchemy as sa

from engine.db.columns import instant, key, opaque, text
from engine.db.metadata import metadata

drafts = sa.Table(
    "drafts",
    metadata,
    key(),
    opaque("person_id"),
    sa.Column("kind", sa.String(12), nullable=False),
    opaque("ref"),
    opaque("base"),
    text("fields"),  # JSON as text: fields keep their order, which PostgreSQL's own JSON does not
    instant("updated_at"),
    sa.UniqueConstraint("person_id", "kind", "ref"),
)
