"""The offline actor: acts characters with no model, from rules and banks of lines."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.errors import ProviderRefused
from engine.kernel.tokens import estimate_tokens
from engine.providers.llm import Answer, Ask, Finished, Prompt, Usage
from engine.providers.llm.offline.banks import open_banks
from engine.providers.llm.offline.moment import see_moment
from engine.providers.llm.offline.observing import observe
from engine.providers.llm.offline.rendering import carry_on, render
from engine.providers.llm.offline.scene import read_scene

MODEL = "offline-actor-1"
_PIECE = re.compile(r"^\s+|\S+\s*")


@dataclass(frozen=True, slots=True)
class OfflineActor:
    """Acts from the banks in `folder`; the same prompt and seed give the same reply on every machine.

    `delay` is the pause after each word in seconds, for showing a reply as it is spoken.
    """

    folder: Path
    delay: float = 0.0
    name: str = "offline"
    model: str = MODEL

    def stream(self, prompt: Prompt, *, seed: int, max_tokens: int) -> Iterator[str | Finished]:
        """The reply word by word, then Finished. Raises SettingsProblem when the banks cannot be read."""
        scene, banks = read_scene(prompt), open_banks(self.folder)
        reply = carry_on(scene, banks, seed, prompt.begun) if prompt.begun else render(scene, banks, seed)
        asked = estimate_tokens(prompt.system) + sum(estimate_tokens(line.content) for line in prompt.lines)
        spoken = 0
        for piece in _PIECE.findall(reply):
            if spoken + estimate_tokens(piece) > max_tokens:
                yield Finished("max_tokens", self.model, Usage(asked, spoken, 0, 0.0))
                return
            spoken += estimate_tokens(piece)
            yield piece
            if self.delay > 0:
                time.sleep(self.delay)
        yield Finished("stop", self.model, Usage(asked, spoken, 0, 0.0))

    def answer(self, ask: Ask) -> Answer:
        """Answer `observe` and `moment` by rules. Raises ProviderRefused for any other task."""
        banks = open_banks(self.folder)
        if ask.task == "observe":
            data = observe(ask.facts, banks, ask.seed)
        elif ask.task == "moment":
            data = see_moment(ask.facts, banks, ask.seed)
        else:
            raise ProviderRefused(
                f"The offline actor does not know the task “{ask.task}”: it can observe a turn and see a moment."
            )
        return Answer(data, self.model, Usage(estimate_tokens(ask.words), estimate_tokens(str(data)), 0, 0.0))
