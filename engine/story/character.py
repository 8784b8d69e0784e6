"""Character: a persona, how it looks, and the system prompt built from it."""

from __future__ import annotations

from dataclasses import field

from pydantic.dataclasses import dataclass

from engine.story.fields import CONFIG, ActedBy, GenreSlug, Label, Labels, LongProse, Name, Prose, Slug, Traits
from engine.story.look import VisualIdentity


def _none() -> Traits:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Character:
    """A persona as its writer wrote it. `adult` is the writer's confirmation; nobody is published without it.

    `acted_by` names the voice that acts it; empty leaves that to the house.
    """

    id: str = ""
    slug: Slug
    name: Name
    world_id: str | None = None
    genre: GenreSlug = "romantic_tension"
    archetype: Label = ""
    personality: Traits = field(default_factory=_none)
    tone_style: Traits = field(default_factory=_none)
    speech_patterns: Traits = field(default_factory=_none)
    boundaries: Traits = field(default_factory=_none)
    backstory: Prose = ""
    current_stressor: Prose = ""
    likes: Labels = ()
    dislikes: Labels = ()
    visual_identity: VisualIdentity = field(default_factory=VisualIdentity)
    system_prompt: LongProse = ""
    adult: bool = False
    acted_by: ActedBy = ""
    active_avatar_kit_id: str | None = None
    live_release_id: str | None = None
