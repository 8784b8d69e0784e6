"""The port to whoever turns texts into vectors: texts that mean the like get vectors that point the same way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

AT_ONCE = 64
"""How many texts go out together at most."""
Vector = Sequence[float]
"""Finite numbers, not all of them zero; of any length but the same for all texts."""


class Embedder(Protocol):
    """Embeds texts. Raises ProviderBusy, ProviderRefused or ProviderDown."""

    @property
    def name(self) -> str:
        """The model that it is. Vectors of two names are never compared."""
        ...

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has, as the answers so far told; 0 where they told nothing or differed."""
        ...

    def embed(self, texts: Sequence[str], *, seconds: float) -> tuple[Vector, ...]:
        """A vector for each text, in their order. Each AT_ONCE texts may take so many seconds, all told."""
        ...
