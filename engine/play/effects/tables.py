"""The columns that every effect table has."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from engine.db.columns import flag, instant, number, opaque


def cause_columns() -> list[sa.Column[Any]]:
    """The columns of an effect table that hold its cause and whether it stands."""
    return [
        opaque("user_id", index=True),
        opaque("character_id"),
        opaque("timeline_id"),
        opaque("session_id", optional=True, index=True),
        opaque("turn_id", optional=True, index=True),
        opaque("take_id", optional=True),
        opaque("act_id", optional=True),
        number("at"),
        flag("standing", default=True),
        instant("created_at"),
    ]
