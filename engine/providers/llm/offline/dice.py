"""Dice: choices that depend only on the seed and on what is being chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from engine.kernel.ids import SEEDS, seed_from

Option = TypeVar("Option")


@dataclass(frozen=True, slots=True)
class Dice:
    """A named draw always falls the same way for the same seed; other draws do not move it."""

    seed: int

    def roll(self, name: str) -> float:
        """A number from 0 up to, not including, 1."""
        return seed_from(self.seed, name) / SEEDS

    def chance(self, name: str, share: float) -> bool:
        """Whether an event of that share (0-1) happens."""
        return self.roll(name) < share

    def pick(self, name: str, options: Sequence[Option]) -> Option:
        """One of the options, of which there must be at least one."""
        return options[int(self.roll(name) * len(options))]

    def weighed(self, name: str, weights: Mapping[str, float]) -> str:
        """One of the keys, in proportion to its weight; weights below zero count as zero."""
        point = self.roll(name) * sum(max(0.0, weight) for weight in weights.values())
        for key, weight in weights.items():
            point -= max(0.0, weight)
            if point < 0:
                return key
        return next(iter(weights))
