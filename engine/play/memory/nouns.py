"""The nouns of memory: what was recalled, and what was made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

LINE, FORGOTTEN = "line", "forgotten"
KINDS = ("fact", "preference", "emotion", "event", "relationship", "goal")


@dataclass(frozen=True, slots=True)
class Recalled:
    """A memory as it is shown or prompted. `type` is one of KINDS or `line`; a line's subject is who said it.

    `score` compares results of one search only; 0 where nothing was searched for. `source_id` is the message of a line;
    `turn_id` the turn that a memory comes from, None for one that was put right by hand.
    """

    id: str
    type: str
    text: str
    subject: str
    said_at: datetime
    importance: float
    score: float
    source_id: str | None
    session_id: str | None
    at: int
    turn_id: str | None = None
    event_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A memory just written, with what it repeats or replaces."""

    id: str
    type: str
    text: str
    importance: float
    event_at: datetime | None
    supersedes: str | None
    repeats: str | None
