"""A character, its kit and an episode's light, for tests of pictures."""

from __future__ import annotations

from typing import Any

from engine.play.scenes.brief import ImageRef, Moment, SceneBrief
from engine.story.avatar_kit import AvatarKit
from engine.story.look import SceneConfig, VisualIdentity

ANCHOR = ImageRef("asset-1", "anchors/c/1.webp", "ab" * 32)
IDENTITY = VisualIdentity(
    gender_tag="1woman",
    body_type="slim, upright, strong forearms",
    age_range="30s",
    key_features=("ink-stained fingertips", "a thin scar across the left thumb", "freckles"),
    subject_handle="bookbinder",
)
KIT = AvatarKit(
    id="kit-1",
    appearance_prompt="woman in her 30s, long dark brown hair pinned up in a bun, grey eyes, fair skin, "
    "rust red linen shirt with rolled sleeves, brown leather apron",
    style_prompt="painterly anime illustration, warm lamplight",
    negative_prompt="text, watermark, second person, extra fingers",
)
CONFIG = SceneConfig(
    composition="solo",
    lighting_preset="dim_intimate",
    environment_style="indoor_study",
    time_of_day="night",
    mood_keywords=("hushed", "withheld"),
    negative_additions=("daylight", "crowd"),
)
MOMENT = Moment(
    "leaning over the bench, two fingers on the cover of a book",
    ("desk lamp", "bone knife"),
    "a guarded half smile",
    "She does not let go of the cover.",
)
PLACE = "a bookbinder's workshop after closing, iron presses, one green desk lamp, rain on a skylight"


def brief(**changes: Any) -> SceneBrief:  # noqa: ANN401  (any field of a brief)
    """A brief with an anchor, changed as asked."""
    fields: dict[str, Any] = {
        "name": "Ilse Maren",
        "adult": True,
        "identity": IDENTITY,
        "kit": KIT,
        "config": CONFIG,
        "place": PLACE,
        "tension": 45,
        "moment": MOMENT,
        "anchor": ANCHOR,
    }
    return SceneBrief(**(fields | changes))
