"""Invariants of leaving: whoever was erased has left nothing."""

from __future__ import annotations

from engine.db.check import Invariant

OWNED = ("sessions", "engagements", "messages", "prompts", "feedback", "scene_images", "image_assets")
"""Tables in which each owner is one of the people. Memories can also be kept of people whom the house does not know."""

INVARIANTS = (
    Invariant(
        "M6b",
        "Nothing is kept of a person who is not there.",
        " union ".join(
            f"select distinct user_id from {table} where user_id is not null"  # noqa: S608  (our own names)
            f" and not exists (select 1 from people where people.id = {table}.user_id)"
            for table in OWNED
        ),
    ),
)
