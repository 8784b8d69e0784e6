"""The port to whoever draws: words and references go in, one picture comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

Kind = Literal["PNG", "JPEG", "WEBP"]


@dataclass(frozen=True, slots=True)
class Reference:
    """A picture that shows who is meant. `mask` (PNG, white = figure) exists for anchors that we drew ourselves."""

    image: bytes
    mask: bytes | None = None


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Order:
    """How a drawing that is paid for is found again and called off. Cameras that cost nothing leave it alone.

    `begun` is what an earlier try of the same picture was told to keep; nothing new is paid while it can be taken up.
    `keep` stores the provider's name for a drawing before anything is waited for; when it raises, the drawing is called
    off and the error goes on. Without it a drawing that takes too long is called off, since nobody could find it again.
    `wanted` is asked before anything is paid and between looks: on False the drawing is called off and ProviderDown is
    raised. When it raises, the drawing is left as it is, for whoever takes it up.
    """

    begun: str = ""
    keep: Callable[[str], None] | None = None
    wanted: Callable[[], bool] = _always


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """One picture to draw, square. `hints` is the composed scene as data, for painters that read no prose.

    `order` says nothing of the picture: requests that differ in it alone are equal.
    """

    words: str
    avoid: str = ""
    references: tuple[Reference, ...] = ()
    seed: int = 0
    size: int = 1024
    hints: Mapping[str, str] = field(default_factory=dict[str, str])
    order: Order = field(default=Order(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn picture: PNG bytes, the mask of its figure if known, and what it took. Cost in US dollars.

    `words` are those that the model was told, where they are others than those of the request; else empty.
    """

    png: bytes
    mask: bytes | None
    model: str
    cost: float | None
    latency_ms: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a camera can do, so that nobody has to ask for its name.

    `formats` are the kinds of picture that a reference may be, `sizes` the smallest and the largest side in pixels.
    """

    references_max: int
    negative_prompt: bool
    formats: tuple[Kind, ...] = ("PNG", "JPEG", "WEBP")
    sizes: tuple[int, int] = (64, 2048)


class Camera(Protocol):
    """Draws pictures. Raises ProviderBusy, ProviderRefused, ProviderUnusable or ProviderDown."""

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
