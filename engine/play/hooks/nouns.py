"""The nouns of hooks: a thread that is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

CALLED_OFF = "called_off"
HookType = Literal["follow_up", "promise", "question", "plan", "called_off"]
State = Literal["planted", "ripe", "used", "answered"]


@dataclass(frozen=True, slots=True)
class Due:
    """A hook that may be picked up now. `event_at` is the day it was about, None when it had no date."""

    id: str
    type: str
    content: str
    opener: str
    trigger_after: datetime
    event_at: datetime | None
    priority: int
    at: int
    hash: str


@dataclass(frozen=True, slots=True)
class Planted:
    """A standing hook that nothing replaced, and the take that picked it up, if one did."""

    content: str
    opener: str
    trigger_after: datetime
    turn_id: str | None
    used_by_take: str | None


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread as it stands: *planted* until its time has come, then *ripe*; *used* when a reply picked it up, and
    *answered* when the player's next line went into it. `used_by` is the id of that reply's message.
    """

    content: str
    opener: str
    trigger_after: datetime
    state: State
    turn_id: str | None
    used_by: str | None
