"""What a model noticed, checked at the border: bad items are dropped, numbers clamped, words cleaned."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, cast

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from engine.kernel.border import notes_of
from engine.kernel.text import one_line

TEXT_LIMIT = 300
WORD_LIMIT = 80
_USUAL = 0.5


def _importance(value: object) -> float:
    try:
        number = float(cast("Any", value))
    except (TypeError, ValueError, OverflowError):
        return _USUAL
    return _USUAL if math.isnan(number) else min(1.0, max(0.0, number))


def _lower(value: object) -> object:
    return value.strip().casefold() if isinstance(value, str) else value


def _line(limit: int) -> BeforeValidator:
    return BeforeValidator(lambda value: one_line(value[: 10 * limit], limit) if isinstance(value, str) else value)


class MemoryNote(BaseModel):
    """One thing worth remembering about somebody, in the third person, one sentence.

    `attribute` names a property that has one value (home, job, favourite_film…), or is empty; `when` is a phrase of
    time as it was said, an ISO date, or empty.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    kind: Annotated[
        Literal["fact", "preference", "emotion", "event", "relationship", "goal"],
        BeforeValidator(_lower),
        Field(validation_alias=AliasChoices("kind", "type")),
    ]
    subject: Annotated[str, _line(WORD_LIMIT)] = ""
    attribute: Annotated[str, _line(WORD_LIMIT)] = ""
    text: Annotated[str, _line(TEXT_LIMIT), Field(min_length=1, max_length=TEXT_LIMIT)]
    importance: Annotated[float, BeforeValidator(_importance)] = _USUAL
    when: Annotated[str, _line(WORD_LIMIT)] = ""


def notes_from(data: object) -> tuple[MemoryNote, ...]:
    """The usable notes, ten at most, in a model's output: a list, a mapping with a list of `memories`, or JSON text."""
    return notes_of(MemoryNote, data, "memories")
