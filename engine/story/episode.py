"""Episode template: an authored scenario, ready to be played."""

from __future__ import annotations

from dataclasses import field
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic.dataclasses import dataclass

from engine.story.fields import CONFIG, Label, Labels, Name, Prose, Slug, as_tuple
from engine.story.look import SceneConfig

ResolutionKind = Literal["positive", "neutral", "negative", "surprise"]


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Resolution:
    """One way an episode can end: its kind and what then has happened."""

    kind: ResolutionKind
    text: Prose


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class EpisodeTemplate:
    """A scenario. `turn_budget` counts the player's lines; `opening_tension` is 0-100; `order` is within the
    character, and the first is always open. `scene` is where pictures begin, else one of the world's scenes.
    """

    id: str = ""
    slug: Slug
    character_id: str = ""
    title: Name
    situation: Prose = ""
    episode_frame: Prose = ""
    opening_line: Prose = ""
    dramatic_question: Prose = ""
    episode_type: Literal["entry", "core", "expansion", "special"] = "core"
    order: Annotated[int, Field(ge=0, le=10_000)] = 1
    arc_hints: Labels = ()
    resolutions: Annotated[tuple[Resolution, ...], BeforeValidator(as_tuple)] = ()
    starter_lines: Labels = ()
    turn_budget: Annotated[int, Field(ge=3, le=200)] = 12
    opening_tension: Annotated[int, Field(ge=0, le=100)] = 30
    scene: Label = ""
    scene_config: SceneConfig = field(default_factory=SceneConfig)
