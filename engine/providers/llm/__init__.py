"""The port to whoever acts: a prompt goes in, words stream out; or a question goes in, data comes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from pydantic import JsonValue

from engine.providers.wire import Wire

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
    """What an actor is given: ordered sections (stable ones first) and the last lines, the newest last.

    `begun` is the beginning of the reply where one is carried on: only what comes after it is to be said.
    """

    sections: tuple[Section, ...]
    lines: tuple[Line, ...]
    begun: str = ""

    @property
    def system(self) -> str:
        """The sections as one text, a blank line between them."""
        return "\n\n".join(section.text for section in self.sections if section.text)

    def section(self, name: str) -> str:
        """The text of a section, or an empty string."""
        return next((section.text for section in self.sections if section.name == name), "")


@dataclass(frozen=True, slots=True)
class Usage:
    """What a call used, in tokens; cost in US dollars, None when the price is unknown.

    `tokens_in` includes those that came from the provider's cache, and those that were written to it.
    """

    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    cost: float | None = None
    tokens_written: int = 0


@dataclass(frozen=True, slots=True)
class Speaking:
    """Who takes the word, before it is said: another one may, where the first could not."""

    provider: str
    model: str


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


Piece = str | Speaking | Finished
"""What comes while a reply is spoken; an empty string says that it still comes."""


class Actor(Protocol):
    """Acts a character. Raises ProviderBusy, ProviderRefused, ProviderUnusable or ProviderDown."""

    @property
    def name(self) -> str:
        """What it is called in settings."""
        ...

    @property
    def model(self) -> str:
        """The model that it is."""
        ...

    def stream(self, prompt: Prompt, *, seed: int, max_tokens: int) -> Iterator[Piece]:
        """Pieces of the reply as they come, then one Finished. Who does not want more closes the iterator."""
        ...

    def answer(self, ask: Ask) -> Answer:
        """One structured answer."""
        ...


class Voice(Protocol):
    """One model of one provider, spoken to once: whoever listens brings patience, second tries and prices.

    Raises ProviderBusy, ProviderRefused, ProviderUnusable or ProviderDown. Nothing that a provider says about a wrong
    key is repeated: some repeat the key.
    """

    @property
    def name(self) -> str:
        """What it is called in settings."""
        ...

    @property
    def model(self) -> str:
        """The model that is asked for."""
        ...

    def warm(self) -> None:
        """Load what is slow to load, once: it must not count as waiting for the provider."""
        ...

    def stream(self, prompt: Prompt, wire: Wire, *, seed: int, max_tokens: int) -> Iterator[str | Finished]:
        """Pieces of the reply as they come, then one Finished; ends without it when the stream was cut off."""
        ...

    def answer(self, ask: Ask, wire: Wire, *, seconds: float) -> Answer:
        """One structured answer, waited for no longer than that between two bytes."""
        ...
