"""Tables of lived play: timelines, acts, sessions, turns, takes, messages, prompts and endings."""

from __future__ import annotations

import sqlalchemy as sa

from engine.db.columns import flag, instant, json, key, number, opaque, real, ref, text
from engine.db.metadata import metadata
from engine.play.effects.tables import cause_columns

timelines = sa.Table(
    "timelines",
    metadata,
    key(),
    opaque("user_id", index=True),
    opaque("character_id"),
    ref("parent_id", "timelines.id", optional=True),
    number("forked_at", optional=True),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("audience", sa.String(12), nullable=False),
    number("last_at", default=0),
    instant("created_at"),
    sa.Index(
        "ux_timelines_main",
        "user_id",
        "character_id",
        unique=True,
        sqlite_where=sa.text("kind = 'main'"),
        postgresql_where=sa.text("kind = 'main'"),
    ),
)

acts = sa.Table(
    "acts",
    metadata,
    key(),
    opaque("user_id", index=True),
    ref("timeline_id", "timelines.id"),
    sa.Column("kind", sa.String(20), nullable=False),
    opaque("on"),
    number("at"),
    opaque("client_id", optional=True),
    json("detail", optional=True),
    opaque("session_id", optional=True),
    number("number", optional=True),
    instant("created_at"),
    instant("undone_at", optional=True),
    sa.UniqueConstraint("timeline_id", "client_id"),
    sa.Index("ux_acts_number", "session_id", "number", unique=True),
)

sessions = sa.Table(
    "sessions",
    metadata,
    key(),
    opaque("user_id", index=True),
    opaque("character_id"),
    opaque("engagement_id", optional=True),
    opaque("template_id"),
    ref("timeline_id", "timelines.id"),
    ref("release_id", "releases.id"),
    opaque("forked_from", optional=True, index=True),
    text("scene"),
    flag("is_active", default=True),
    number("message_count", default=0),
    instant("started_at"),
    instant("last_at"),
    sa.Index(
        "ux_sessions_active",
        "timeline_id",
        "template_id",
        unique=True,
        sqlite_where=sa.text("is_active = 1"),
        postgresql_where=sa.text("is_active"),
    ),
)

turns = sa.Table(
    "turns",
    metadata,
    key(),
    ref("session_id", "sessions.id", index=False),
    opaque("timeline_id"),
    opaque("user_id"),
    number("seq"),
    number("at"),
    opaque("client_id"),
    text("care", optional=True),
    opaque("taken_back_by", optional=True),
    instant("accepted_at"),
    sa.UniqueConstraint("session_id", "client_id"),
    sa.UniqueConstraint("timeline_id", "at"),
    sa.Index(
        "ux_turns_standing_seq",
        "session_id",
        "seq",
        unique=True,
        sqlite_where=sa.text("taken_back_by is null"),
        postgresql_where=sa.text("taken_back_by is null"),
    ),
)

takes = sa.Table(
    "takes",
    metadata,
    key(),
    ref("turn_id", "turns.id"),
    ref("session_id", "sessions.id", index=False),
    opaque("timeline_id"),
    opaque("user_id"),
    number("number"),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    opaque("slot", optional=True),
    instant("lease_at", optional=True),
    flag("stop_wanted"),
    text("text"),
    sa.Column("after", sa.String(8), nullable=False, default="none"),
    number("after_try", default=0),
    instant("after_since", optional=True),
    flag("chosen"),
    opaque("act_id", optional=True),
    number("seed"),
    text("finish_reason", optional=True),
    text("model", optional=True),
    text("error", optional=True),
    number("tokens_in", optional=True),
    number("tokens_out", optional=True),
    number("tokens_cached", optional=True),
    real("cost", optional=True),
    number("first_token_ms", optional=True),
    number("latency_ms", optional=True),
    instant("created_at"),
    instant("finished_at", optional=True),
    sa.UniqueConstraint("turn_id", "number"),
    sa.Index(
        "ux_takes_chosen",
        "turn_id",
        unique=True,
        sqlite_where=sa.text("chosen = 1"),
        postgresql_where=sa.text("chosen"),
    ),
    sa.Index(
        "ux_takes_speaking",
        "session_id",
        unique=True,
        sqlite_where=sa.text("state = 'speaking'"),
        postgresql_where=sa.text("state = 'speaking'"),
    ),
    sa.Index(
        "ix_takes_due", "timeline_id", sqlite_where=sa.text("after = 'due'"), postgresql_where=sa.text("after = 'due'")
    ),
)

messages = sa.Table(
    "messages",
    metadata,
    key(),
    ref("session_id", "sessions.id", index=False),
    opaque("timeline_id"),
    opaque("user_id", index=True),
    ref("turn_id", "turns.id"),
    ref("take_id", "takes.id", optional=True),
    sa.Column("role", sa.String(12), nullable=False),
    text("content", default=None),
    number("seq"),
    number("at"),
    flag("standing", default=True),
    json("metadata"),
    instant("created_at"),
    sa.Index(
        "ux_messages_standing",
        "session_id",
        "seq",
        unique=True,
        sqlite_where=sa.text("standing = 1"),
        postgresql_where=sa.text("standing"),
    ),
    sa.UniqueConstraint("take_id"),
    sa.Index("ix_messages_lines", "timeline_id", "role", "at"),
)

prompts = sa.Table(
    "prompts",
    metadata,
    sa.Column("take_id", sa.String(64), sa.ForeignKey("takes.id"), primary_key=True),
    opaque("user_id", index=True),
    opaque("release_id"),
    sa.Column("sections", sa.LargeBinary, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    number("tokens_estimated"),
    number("tokens_billed", optional=True),
    json("memory_ids"),
    json("hook_ids"),
    sa.Column("after_pending", sa.Boolean, nullable=False, default=False),
)

endings = sa.Table(
    "endings",
    metadata,
    key(),
    *cause_columns(),
    sa.Column("kind", sa.String(12), nullable=False),
    text("content"),
    number("round", default=0),
    sa.Index(
        "ux_endings_standing",
        "session_id",
        "round",
        unique=True,
        sqlite_where=sa.text("standing = 1"),
        postgresql_where=sa.text("standing"),
    ),
)
