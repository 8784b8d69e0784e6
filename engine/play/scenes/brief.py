"""The nouns of a picture of a scene: what it is composed from, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.story.avatar_kit import AvatarKit
from engine.story.look import SceneConfig, VisualIdentity

Band = Literal["0-30", "30-60", "60-80", "80-100"]
LayerName = Literal["identity", "scene", "relationship", "conversation"]


@dataclass(frozen=True, slots=True)
class ImageRef:
    """A stored picture, fixed by the hash of its bytes."""

    asset_id: str
    storage_path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Moment:
    """What happens now: an action, things in sight, a face, and a caption that only people read."""

    action: str
    props: tuple[str, ...]
    expression: str
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneBrief:
    """Everything that a picture is composed from. Tension is 0-100; an empty `style` means the kit's own."""

    name: str
    adult: bool
    identity: VisualIdentity
    kit: AvatarKit
    config: SceneConfig
    place: str
    tension: int
    moment: Moment
    anchor: ImageRef | None
    style: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FromAnchor:
    """Kontext: the anchor shows who, the words show what."""

    words: str
    anchor: ImageRef


@dataclass(frozen=True, slots=True)
class FromWords:
    """Text to image: the words show who and what."""

    words: str
    avoid: str


@dataclass(frozen=True, slots=True)
class Layer:
    """The words that one layer gave."""

    name: LayerName
    words: str


@dataclass(frozen=True, slots=True)
class Composed:
    """A composed picture: its two possible kinds, its words by layer, and the same as data for painters.

    `hints` names a person's looks only for FromWords: with an anchor there is no place to put them.
    """

    picture: FromAnchor | FromWords
    layers: tuple[Layer, ...]
    hints: Mapping[str, str]

    @property
    def mode(self) -> Literal["kontext", "t2i"]:
        """The mode as it is stored with the picture."""
        return "kontext" if isinstance(self.picture, FromAnchor) else "t2i"

    @property
    def telling(self) -> str:
        """The words that can differ between two scenes of one character: everything but the identity layer."""
        return ", ".join(layer.words for layer in self.layers if layer.name != "identity" and layer.words)


def band(tension: int) -> Band:
    """The band of a tension: 30, 60 and 80 belong to the upper one, 100 to the last; others are clamped."""
    if tension < 30:  # noqa: PLR2004  (the four bands of `images.md`, section 4)
        return "0-30"
    if tension < 60:  # noqa: PLR2004
        return "30-60"
    return "60-80" if tension < 80 else "80-100"  # noqa: PLR2004
