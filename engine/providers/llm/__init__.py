"""The port to whoever acts: a prompt goes in, words stream out; or a question goes in, data comes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from pydantic import JsonValue

FinishReason = Literal["stop", "max_tokens", "refusal"]


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a prompt: its name, where its words come from, and whether it stays equal from turn to turn."""

    name: str
    source: str
    text: str
    stable: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the conversation; `user` is the player, `assistant` the character."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What an actor is given: ordered sections (stable ones first) and the last lines, the newest last."""

    sections: tuple[Section, ...]
    lines: tuple[Line, ...]

    @property
    def system(self) -> str:
        """The sections as one text, a blank line between them."""
        return "\n\n".join(section.text for section in self.sections if section.text)

    def section(self, name: str) -> str:
        """The text of a section, or an empty string."""
        return next((section.text for section in self.sections if section.name == name), "")


@dataclass(frozen=True, slots=True)
class Usage:
    """What a call used, in tokens; cost in US dollars, None when the price is unknown."""

    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """The last thing of a whole reply. A stream that ends without it was cut off."""

    reason: FinishReason
    model: str
    usage: Usage


@dataclass(frozen=True, slots=True)
class Ask:
    """A structured question. `task` names it, `words` and `schema` are for a model, `facts` is the same as data."""

    task: str
    words: str
    facts: Mapping[str, JsonValue]
    schema: Mapping[str, JsonValue]
    seed: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A structured answer, not yet validated: whoever asked checks it against its own model."""

    data: Mapping[str, JsonValue]
    model: str
    usage: Usage


class Actor(Protocol):
    """Acts a character. Raises ProviderBusy, ProviderRefused or ProviderDown."""

    @property
    def name(self) -> str:
        """What it is called in settings."""
        ...

    @property
    def model(self) -> str:
        """The model that it is."""
        ...

    def stream(self, prompt: Prompt, *, seed: int, max_tokens: int) -> Iterator[str | Finished]:
        """Pieces of the reply as they come, then one Finished."""
        ...

    def answer(self, ask: Ask) -> Answer:
        """One structured answer."""
        ...
