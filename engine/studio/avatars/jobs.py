"""The nouns of drawing candidates: what was asked for, how far it has come, and what a hand at the easel holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from engine.providers.images import Order, PictureRequest

State = Literal["waiting", "drawing", "ready", "failed", "cancelled"]
MOST = 8
"""Candidates of one job."""
_UNDER_WAY = ("waiting", "drawing")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One picture of a job. `error` is a sentence for the writer."""

    seed: int
    state: State = "waiting"
    asset_id: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """Candidates that are drawn together, in the order in which they were asked for."""

    candidates: tuple[Candidate, ...]

    @property
    def running(self) -> bool:
        """Whether anything of it is still to come."""
        return any(one.state in _UNDER_WAY for one in self.candidates)

    @property
    def done(self) -> int:
        """How many candidates have come to their end, whatever end."""
        return sum(1 for one in self.candidates if one.state not in _UNDER_WAY)


@dataclass(frozen=True, slots=True)
class Wish:
    """Faces that are asked for, as they are to be drawn whatever becomes of the kit's words, by the camera of a name.

    So nobody pays for what was asked for when it cost nothing.
    """

    character_id: str
    kit_id: str
    camera: str
    requests: tuple[PictureRequest, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """A candidate that a hand has taken to the easel. `hand` is this sitting's own name, which no other ever has.

    `prediction` is what the provider calls the drawing that an earlier sitting began, `begun_at` when that was.
    """

    id: str
    character_id: str
    kit_id: str
    seed: int
    words: str
    avoid: str
    hints: Mapping[str, str]
    camera: str
    prediction: str | None
    begun_at: datetime | None
    pauses: int
    hand: str

    def request(self, order: Order) -> PictureRequest:
        """What the camera is asked for."""
        return PictureRequest(words=self.words, avoid=self.avoid, seed=self.seed, hints=dict(self.hints), order=order)
