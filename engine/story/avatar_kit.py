"""Avatar kit: the words that fix a character's look, and the anchor that fixes the face."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from engine.story.fields import CONFIG, Label, Prose


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class AvatarKit:
    """Appearance, style and negative words; `primary_anchor_id` names the asset that shows the face."""

    id: str = ""
    appearance_prompt: Prose = ""
    style_prompt: Label = "painterly anime illustration"
    negative_prompt: Label = ""
    primary_anchor_id: str | None = None
