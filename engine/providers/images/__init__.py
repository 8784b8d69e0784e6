"""The port to whoever draws: words and references go in, one picture comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Reference:
    """A picture that shows who is meant. `mask` (PNG, white = figure) exists for anchors that we drew ourselves."""

    image: bytes
    mask: bytes | None = None


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """One picture to draw, square. `hints` is the composed scene as data, for painters that read no prose."""

    words: str
    avoid: str = ""
    references: tuple[Reference, ...] = ()
    seed: int = 0
    size: int = 1024
    hints: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn picture: PNG bytes, the mask of its figure if known, and what it took. Cost in US dollars."""

    png: bytes
    mask: bytes | None
    model: str
    cost: float | None
    latency_ms: int


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a camera can do, so that nobody has to ask for its name."""

    references_max: int
    negative_prompt: bool


class Camera(Protocol):
    """Draws pictures. Raises ProviderBusy, ProviderRefused or ProviderDown."""

    @property
    def name(self) -> str:
        """What it is called in settings."""
        ...

    @property
    def model(self) -> str:
        """The model that it is."""
        ...

    @property
    def can(self) -> Capabilities:
        """What it can do."""
        ...

    def draw(self, request: PictureRequest) -> Picture:
        """Draw one picture."""
        ...
