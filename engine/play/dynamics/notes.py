"""What a model made of an exchange: tension, tone, beat and milestones, checked at the border."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from engine.kernel.border import notes_of, parsed
from engine.kernel.text import one_line

TONES = (
    "calm",
    "warm",
    "light",
    "playful",
    "tender",
    "charged",
    "curious",
    "vulnerable",
    "guarded",
    "uneasy",
    "tense",
    "urgent",
    "sharp",
    "cold",
    "sad",
    "wistful",
)
"""The tones a scene can have; the first is that of a scene in which nothing has been said."""
CAP = 15
"""The most that one turn can move tension, up or down."""
BEAT_LIMIT = 80
KEY_LIMIT = 60
TEXT_LIMIT = 300
_NOT_KEY = re.compile(r"[^a-z0-9]+")


def _change(value: object) -> int:
    try:
        number = float(cast("Any", value))
    except (TypeError, ValueError, OverflowError):
        return 0
    return 0 if math.isnan(number) else round(min(CAP, max(-CAP, number)))


def _tone(value: object) -> str:
    tone = value.strip().casefold() if isinstance(value, str) else ""
    return tone if tone in TONES else ""


def _line(limit: int) -> BeforeValidator:
    return BeforeValidator(lambda value: one_line(value[: 10 * limit], limit) if isinstance(value, str) else "")


def _key(value: object) -> object:
    if not isinstance(value, str):
        return value
    return _NOT_KEY.sub("_", value[: 10 * KEY_LIMIT].casefold()).strip("_")[:KEY_LIMIT].strip("_")


class DynamicNote(BaseModel):
    """How one exchange moved the scene. An empty tone means that it stayed as it was."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    tension_change: Annotated[int, BeforeValidator(_change)] = 0
    tone: Annotated[str, BeforeValidator(_tone)] = ""
    beat: Annotated[str, _line(BEAT_LIMIT)] = ""


class MilestoneNote(BaseModel):
    """Something that happened for the first time: a key in snake_case and a sentence."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    key: Annotated[str, BeforeValidator(_key), Field(min_length=1, max_length=KEY_LIMIT)]
    text: Annotated[str, _line(TEXT_LIMIT)] = ""


def dynamic_from(data: object) -> DynamicNote:
    """The note in a model's output (a mapping, or JSON text); nothing moved where it cannot be used."""
    try:
        return DynamicNote.model_validate(parsed(data))
    except (ValidationError, RecursionError):
        return DynamicNote()


def milestones_from(data: object) -> tuple[MilestoneNote, ...]:
    """The usable milestones, ten at most, in a model's output: a list, a mapping with `milestones`, or JSON text."""
    return notes_of(MilestoneNote, data, "milestones")
