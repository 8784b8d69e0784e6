"""Release: an immutable snapshot of a character with its world, kit and episodes. All that the runtime ever reads.

`labels` holds production's own words (genre, doctrine, the world's genre) for figures made later. The runtime never
looks inside: replacing them by noise changes no prompt, no reply and no picture.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, TypeAdapter
from pydantic.dataclasses import dataclass

from engine.errors import NotFound
from engine.story.avatar_kit import AvatarKit
from engine.story.episode import EpisodeTemplate
from engine.story.fields import CONFIG, ActedBy, Label, Labels, LongProse, Name, Prose, Slug, as_tuple
from engine.story.look import VisualIdentity


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Persona:
    """The character as it is played: its name, finished prompt and looks, and who acts it, if that is named."""

    id: str
    slug: Slug
    name: Name
    system_prompt: LongProse
    adult: bool
    visual_identity: VisualIdentity
    acted_by: ActedBy = ""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Setting:
    """The world as it is played."""

    slug: Slug
    name: Name
    tone: Label = ""
    description: Prose = ""
    scenes: Labels = ()


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class PinnedAsset:
    """A picture that the release relies on, fixed by the hash of its bytes."""

    asset_id: str
    storage_path: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Payload:
    """What a release holds, without its number and dates."""

    persona: Persona
    setting: Setting
    kit: AvatarKit
    anchor: PinnedAsset | None
    anchor_mask: PinnedAsset | None
    episodes: Annotated[tuple[EpisodeTemplate, ...], BeforeValidator(as_tuple)]
    labels: Mapping[str, str]

    def episode(self, template_id: str) -> EpisodeTemplate:
        """One of the release's episodes. Raises NotFound."""
        for episode in self.episodes:
            if episode.id == template_id:
                return episode
        raise NotFound("This release has no such episode.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A payload with its identity. `number` is None for a cut that was never published."""

    id: str
    character_id: str
    number: int | None
    sha256: str
    payload: Payload


_PAYLOAD = TypeAdapter(Payload)


def to_json(payload: Payload) -> str:
    """The payload as canonical JSON: equal content, equal text. Nobody named to act leaves no field, as of old."""
    data = _PAYLOAD.dump_python(payload, mode="json")
    if not payload.persona.acted_by:
        del data["persona"]["acted_by"]
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> Payload:
    """The payload from its stored text."""
    return _PAYLOAD.validate_json(text)


def content_hash(payload: Payload) -> str:
    """SHA-256 of the payload's canonical JSON."""
    return hashlib.sha256(to_json(payload).encode()).hexdigest()
