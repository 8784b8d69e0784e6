"""The offline actor as the last in line: it needs no wire, and nothing of it can be waited for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.providers.llm import Actor, Answer, Ask, Finished, Prompt, Speaking

if TYPE_CHECKING:
    from engine.providers.wire import Wire


@dataclass(frozen=True, slots=True)
class OfflineVoice:
    """An actor that needs no provider, among voices that do."""

    actor: Actor

    @property
    def name(self) -> str:
        """What it is called in settings."""
        return self.actor.name

    @property
    def model(self) -> str:
        """What it is."""
        return self.actor.model

    def warm(self) -> None:
        """There is nothing to load."""

    def stream(self, prompt: Prompt, wire: Wire, *, seed: int, max_tokens: int) -> Iterator[str | Finished]:
        """The reply's words, then Finished."""
        del wire
        for piece in self.actor.stream(prompt, seed=seed, max_tokens=max_tokens):
            if not isinstance(piece, Speaking):
                yield piece

    def answer(self, ask: Ask, wire: Wire, *, seconds: float) -> Answer:
        """One structured answer."""
        del wire, seconds
        return self.actor.answer(ask)
