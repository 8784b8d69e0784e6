"""Nouns of scene images as they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

State = Literal["due", "drawing", "ready", "failed"]
NO_MORE = "This session has had all of its pictures."
WITHDRAWN = "This episode was withdrawn; no more pictures of it are drawn."
FOR_GOOD = (NO_MORE, WITHDRAWN)
"""Reasons that a player is told as they are, because no second try would help."""
_PASSING = "This picture could not be drawn."


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneRow:
    """A scene as it is stored. `position` counts standing scenes of its session from 1; 0 where it was not asked.

    `prediction` is what a provider calls the drawing that was begun for it, so that no other is paid for.
    """

    id: str
    user_id: str
    character_id: str
    timeline_id: str
    session_id: str | None
    turn_id: str | None
    take_id: str | None
    act_id: str | None
    at: int
    standing: bool
    created_at: datetime
    release_id: str
    template_id: str
    avatar_kit_id: str
    image_id: str | None
    repeats: str | None
    anchor_id: str | None
    anchor_sha256: str | None
    trigger_type: str
    state: State
    mode: str | None
    caption: str
    is_memory: bool
    layers: Mapping[str, str]
    prompt: str
    avoid: str
    lint: Any
    seed: int
    error: str | None
    prediction: str | None
    slot: str | None
    lease_at: datetime | None
    attempts: int
    updated_at: datetime
    position: int = 0
    storage_path: str | None = None

    @property
    def telling(self) -> str:
        """The words that can differ between two scenes: all layers but identity, as `Composed.telling` gives them."""
        told = (self.layers.get(name, "") for name in ("scene", "relationship", "conversation"))
        return ", ".join(words for words in told if words)

    @property
    def may_be_tried_again(self) -> bool:
        """Whether it failed for a reason that may have passed."""
        return self.state == "failed" and self.standing and self.error not in FOR_GOOD

    @property
    def problem(self) -> str | None:
        """Why there is no picture, as a player is told; what exactly the camera or the lint said is `error`."""
        if self.state != "failed":
            return None
        return self.error if self.error in FOR_GOOD else _PASSING
