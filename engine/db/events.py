"""The journal: one row per event, written in the transaction of what it tells about."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

import sqlalchemy as sa

from engine.db.columns import instant, json, key, opaque, text
from engine.db.metadata import metadata
from engine.kernel.events import Event

events = sa.Table(
    "events",
    metadata,
    key(),
    instant("occurred_at"),
    text("name", default=None),
    opaque("user_id", optional=True),
    opaque("character_id", optional=True),
    opaque("session_id", optional=True),
    opaque("template_id", optional=True),
    opaque("release_id", optional=True),
    opaque("timeline_id", optional=True),
    opaque("take_id", optional=True),
    text("audience", optional=True),
    json("properties"),
    sa.Index("ix_events_occurred_at", "occurred_at"),
)
_INSERT = events.insert()


def note(tx: sa.Connection, event_id: str, now: datetime, event: Event) -> None:
    """Write an event in the running transaction."""
    values = {field.name: getattr(event, field.name) for field in fields(event)}
    tx.execute(_INSERT, {**values, "properties": dict(event.properties), "id": event_id, "occurred_at": now})
