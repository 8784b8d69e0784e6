"""How a character looks, and in which light an episode shows it."""

from __future__ import annotations

from typing import Literal

from pydantic.dataclasses import dataclass

from engine.story.fields import CONFIG, Label, Labels

AgeRange = Literal["", "20s", "30s", "40s", "50s", "60s", "70s+"]
"""Adult ages only; empty means not yet said, which cannot be published."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class VisualIdentity:
    """Who is drawn. `gender_tag` is a count tag for text-to-image; `subject_handle` (at most six words) names the
    person to a camera that also sees the anchor, without describing them.
    """

    gender_tag: Literal["1woman", "1man", "1person"] = "1person"
    body_type: Label = ""
    age_range: AgeRange = ""
    key_features: Labels = ()
    subject_handle: Label = "person"


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class SceneConfig:
    """The light, place and mood of an episode's pictures."""

    composition: Literal["solo", "duo", "flexible"] = "solo"
    lighting_preset: Literal["bright", "warm", "dim_intimate", "dramatic"] = "warm"
    environment_style: Label = "apartment"
    time_of_day: Literal["morning", "afternoon", "evening", "night"] = "evening"
    mood_keywords: Labels = ()
    negative_additions: Labels = ()
