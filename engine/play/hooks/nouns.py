"""The nouns of hooks: a thread that is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

HookType = Literal["follow_up", "promise", "question", "plan"]


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
