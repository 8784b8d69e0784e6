"""Tables of memories, of their words, and of word statistics."""

from __future__ import annotations

import sqlalchemy as sa

from engine.db.columns import instant, key, number, opaque, real, text
from engine.db.metadata import metadata
from engine.play.effects.tables import cause_columns

_NOTE = sa.text("type <> 'line'")
_ALWAYS = sa.text("length >= 0")
"""True of every row: so that only the query that says it too is led to the index, whatever the planner believes."""

memory_events = sa.Table(
    "memory_events",
    metadata,
    key(),
    *cause_columns(),
    number("seq"),
    sa.Column("type", sa.String(16), nullable=False),
    sa.Column("subject", sa.String(80), nullable=False, default=""),
    sa.Column("attribute", sa.String(80), nullable=False, default=""),
    text("summary", default=None),
    real("importance_score"),
    real("rank_key"),
    instant("said_at"),
    instant("event_at", optional=True),
    opaque("source_id", optional=True),
    opaque("supersedes", optional=True),
    opaque("repeats", optional=True),
    sa.Column("hash", sa.String(64), nullable=False),
    number("length"),
    sa.Column("embedding", sa.LargeBinary, nullable=True),
    opaque("embedded_by", optional=True),
    sa.UniqueConstraint("timeline_id", "seq"),
    sa.UniqueConstraint("take_id", "type", "hash"),
    sa.Index(
        "ix_memory_events_lines",
        "session_id",
        "at",
        "seq",
        sqlite_where=sa.text("type = 'line' and standing = 1"),
        postgresql_where=sa.text("type = 'line' and standing"),
    ),
    sa.Index(
        "ix_memory_events_seen",
        "timeline_id",
        "at",
        "standing",
        "length",
        sqlite_where=_ALWAYS,
        postgresql_where=_ALWAYS,
    ),
    sa.Index("ix_memory_events_rank", "timeline_id", "rank_key", sqlite_where=_NOTE, postgresql_where=_NOTE),
    sa.Index("ix_memory_events_weight", "timeline_id", "importance_score", sqlite_where=_NOTE, postgresql_where=_NOTE),
    sa.Index("ix_memory_events_newest", "timeline_id", "at", "seq", sqlite_where=_NOTE, postgresql_where=_NOTE),
    sa.Index(
        "ix_memory_events_hidden",
        "timeline_id",
        "seq",
        sqlite_where=sa.text("standing = 0"),
        postgresql_where=sa.text("not standing"),
    ),
    sa.Index(
        "ix_memory_events_linked",
        "timeline_id",
        sqlite_where=sa.text("supersedes is not null or repeats is not null"),
        postgresql_where=sa.text("supersedes is not null or repeats is not null"),
    ),
    sa.Index(
        "ux_memory_events_supersedes",
        "timeline_id",
        "supersedes",
        unique=True,
        sqlite_where=sa.text("standing = 1 and supersedes is not null"),
        postgresql_where=sa.text("standing and supersedes is not null"),
    ),
)

memory_terms = sa.Table(
    "memory_terms",
    metadata,
    sa.Column("timeline_id", sa.String(200), primary_key=True),
    sa.Column("term", sa.String(80), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("tf", sa.Integer, nullable=False),
    number("length"),
    sqlite_with_rowid=False,
)

memory_stats = sa.Table(
    "memory_stats",
    metadata,
    sa.Column("timeline_id", sa.String(200), primary_key=True),
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("total_length", sa.Integer, nullable=False),
    sa.Column("last_seq", sa.Integer, nullable=False),
    sa.Column("speakers", sa.Text, nullable=False, default=""),
    sa.Column("emptied", sa.Integer, nullable=False, default=0, server_default="0"),
)
