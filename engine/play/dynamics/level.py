"""The state of a scene as a fold over what stands. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

BEATS = 8
LOWEST, HIGHEST = 0, 100


@dataclass(frozen=True, slots=True)
class Dynamic:
    """Where a scene stands: tension 0-100, one of TONES, and the last beats, oldest first."""

    tension: int
    tone: str
    beats: tuple[str, ...]


def level(opening: int, changes: Iterable[int]) -> int:
    """Tension after the changes, in order, kept between 0 and 100 at each step: so the order matters."""
    tension = _clamped(opening)
    for change in changes:
        tension = _clamped(tension + change)
    return tension


def _clamped(tension: int) -> int:
    return min(HIGHEST, max(LOWEST, tension))
