"""Hooks that a model proposed, checked at the border: bad items are dropped, words cleaned."""

from __future__ import annotations

import json
from typing import Annotated, cast

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from engine.kernel.text import one_line
from engine.play.hooks.nouns import HookType

MOST = 10
TEXT_LIMIT = 300
_WHEN_LIMIT = 80
_LOOKED_AT = 100
_JSON_LIMIT = 200_000


def _kind(value: object) -> object:
    return value.strip().casefold().replace("-", "_").replace(" ", "_") if isinstance(value, str) else value


def _line(limit: int) -> BeforeValidator:
    return BeforeValidator(lambda value: one_line(value[: 10 * limit], limit) if isinstance(value, str) else value)


class HookNote(BaseModel):
    """A thread to pick up in a later meeting: what it is about, and words in the character's voice to pick it up with.

    `when` is a phrase of time as it was said, an ISO date, or empty.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    type: Annotated[HookType, BeforeValidator(_kind), Field(validation_alias=AliasChoices("type", "kind"))]
    content: Annotated[str, _line(TEXT_LIMIT), Field(min_length=1, max_length=TEXT_LIMIT)]
    opener: Annotated[str, _line(TEXT_LIMIT), Field(max_length=TEXT_LIMIT)] = ""
    when: Annotated[str, _line(_WHEN_LIMIT)] = ""


def notes_from(data: object) -> tuple[HookNote, ...]:
    """The usable notes, ten at most, in a model's output: a list, a mapping with a list of `hooks`, or JSON text."""
    if isinstance(data, str):
        data = _parsed(data)
    if isinstance(data, dict):
        data = cast("dict[str, object]", data).get("hooks")
    found: list[HookNote] = []
    for item in cast("list[object]", data)[:_LOOKED_AT] if isinstance(data, list) else ():
        try:
            found.append(HookNote.model_validate(item))
        except (ValidationError, RecursionError):
            continue
    return tuple(found[:MOST])


def _parsed(text: str) -> object:
    try:
        return json.loads(text) if len(text) <= _JSON_LIMIT else None
    except (ValueError, RecursionError):
        return None
