"""Nouns of lived play, as values: sessions, turns, takes, messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from engine.errors import BadInput

Audience = Literal["player", "tester", "rehearsal", "synthetic"]
TakeState = Literal["speaking", "complete", "partial", "stopped", "failed"]
FINAL: tuple[TakeState, ...] = ("complete", "partial", "stopped", "failed")
SPOKEN: tuple[TakeState, ...] = ("complete", "partial", "stopped")
"""Final states in which something was said."""

CONTEXT_MESSAGES = 20
CLIENT_ID_LIMIT = 80


def check_client_id(client_id: str) -> str:
    """An idempotency key that can be stored. Raises BadInput."""
    if not client_id or len(client_id) > CLIENT_ID_LIMIT or not client_id.isprintable():
        raise BadInput(f"This needs an id of 1 to {CLIENT_ID_LIMIT} printable characters, so that twice does it once.")
    return client_id


STAGES = ((5, "new"), (20, "familiar"), (60, "close"))
LAST_STAGE = "bonded"
STAGE_COUNT_CAP = STAGES[-1][0]
"""From here on the label does not change, so nobody counts further."""


def stage_label(player_lines: int) -> str:
    """The relationship's stage, from the standing player lines that a timeline sees."""
    return next((label for below, label in STAGES if player_lines < below), LAST_STAGE)


@dataclass(frozen=True, slots=True)
class PlaySession:
    """One play-through of one episode on one timeline, pinned to a release. A fork goes on from `forked_from`."""

    id: str
    user_id: str
    character_id: str
    engagement_id: str | None
    template_id: str
    timeline_id: str
    release_id: str
    forked_from: str | None
    scene: str
    is_active: bool
    message_count: int
    started_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """One exchange; `seq` counts within the session from 0 (the opening), `at` within the timeline."""

    id: str
    session_id: str
    timeline_id: str
    user_id: str
    seq: int
    at: int
    client_id: str
    care: str | None
    taken_back_by: str | None
    accepted_at: datetime

    @property
    def stands(self) -> bool:
        """Whether the turn was not taken back."""
        return self.taken_back_by is None


@dataclass(frozen=True, slots=True)
class Take:
    """One of a turn's alternative replies."""

    id: str
    turn_id: str
    number: int
    kind: str
    state: TakeState
    text: str
    chosen: bool
    seed: int
    after: str
    after_try: int
    finish_reason: str | None
    model: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Act:
    """What a person did by hand in a session and can undo; `number` counts within the session.

    `detail` holds `from_seq`, where the turns begin that it takes back, and `turn` and `other` where it changed which
    take is chosen: the turn, and the take to choose when the act is undone, or done again.
    """

    id: str
    session_id: str
    kind: str
    number: int
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """One line of the transcript."""

    id: str
    turn_id: str
    take_id: str | None
    role: Literal["user", "assistant"]
    content: str
    seq: int
    at: int
    created_at: datetime
