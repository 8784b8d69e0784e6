"""Hooks that a model proposed, checked at the border: bad items are dropped, words cleaned."""

from __future__ import annotations

from typing import Annotated

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from engine.kernel.border import notes_of
from engine.kernel.text import one_line
from engine.play.hooks.nouns import CALLED_OFF, HookType

TEXT_LIMIT = 300
_WHEN_LIMIT = 80


def _kind(value: object) -> object:
    return value.strip().casefold().replace("-", "_").replace(" ", "_") if isinstance(value, str) else value


def _line(limit: int) -> BeforeValidator:
    return BeforeValidator(lambda value: one_line(value[: 10 * limit], limit) if isinstance(value, str) else value)


class HookNote(BaseModel):
    """A thread to pick up in a later meeting: what it is about, and words in the character's voice to pick it up with.

    `when` is a phrase of time as it was said, an ISO date, or empty. `instead` is true where it takes the place of what
    was planned before: a new day for it, or, with the type `called_off`, none at all.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    type: Annotated[HookType, BeforeValidator(_kind), Field(validation_alias=AliasChoices("type", "kind"))]
    content: Annotated[str, _line(TEXT_LIMIT), Field(min_length=1, max_length=TEXT_LIMIT)]
    opener: Annotated[str, _line(TEXT_LIMIT), Field(max_length=TEXT_LIMIT)] = ""
    when: Annotated[str, _line(_WHEN_LIMIT)] = ""
    instead: bool = False

    @property
    def is_off(self) -> bool:
        """Whether it only says that something will not be."""
        return self.type == CALLED_OFF


def notes_from(data: object) -> tuple[HookNote, ...]:
    """The usable notes, ten at most, in a model's output: a list, a mapping with a list of `hooks`, or JSON text."""
    return notes_of(HookNote, data, "hooks")
