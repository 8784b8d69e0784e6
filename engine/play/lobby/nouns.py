"""Nouns of the lobby."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a person has come in an episode: the running session of it, else the last one.

    `played` and `budget` count the person's lines. `ending` is its kind, None while the session goes on.
    """

    session_id: str
    character_id: str
    is_active: bool
    played: int
    budget: int
    last_at: datetime
    ending: str | None
