"""Table of anchor candidates: faces that were asked for, from the wish to the picture."""

from __future__ import annotations

import sqlalchemy as sa

from engine.db.columns import flag, instant, json, key, number, opaque, ref, text
from engine.db.metadata import metadata

_OPEN = "state in ('waiting', 'drawing')"

anchor_candidates = sa.Table(
    "anchor_candidates",
    metadata,
    key(),
    ref("character_id", "characters.id"),
    ref("kit_id", "avatar_kits.id", index=False),
    opaque("job"),
    number("place"),
    sa.Column("seed", sa.BigInteger, nullable=False),
    text("words"),
    text("avoid"),
    json("hints"),
    text("camera"),
    sa.Column("state", sa.String(10), nullable=False),
    flag("wanted", default=True),
    opaque("asset_id", optional=True),
    text("error", optional=True),
    text("prediction", optional=True),
    instant("begun_at", optional=True),
    opaque("hand", optional=True),
    instant("lease_at", optional=True),
    number("pauses", default=0),
    instant("created_at"),
    instant("updated_at"),
    sa.Index("ix_anchor_candidates_open", "state", sqlite_where=sa.text(_OPEN), postgresql_where=sa.text(_OPEN)),
)
