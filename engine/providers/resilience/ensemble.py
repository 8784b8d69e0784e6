"""The ensemble: whoever may act, in line. It waits with patience, tries again within reason, and hands the word on.

A second try is made before the first word alone: what was shown is never said anew by somebody else.
"""

from __future__ import annotations

import contextlib
import logging
import random
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace

from engine.errors import ProviderDown, ProviderError, ProviderRefused, ProviderUnusable
from engine.kernel.clock import Clock, utc_now
from engine.providers.llm import Answer, Ask, Finished, Piece, Prompt, Speaking, Usage, Voice
from engine.providers.prices import Prices
from engine.providers.resilience.breaker import Breaker
from engine.providers.resilience.limits import Limits
from engine.providers.resilience.listening import answered, listened
from engine.providers.resilience.record import Record
from engine.providers.resilience.thrift import Thrift

log = logging.getLogger(__name__)
NOBODY = "No model can act right now. Try again in half a minute."


@dataclass(frozen=True, slots=True)
class Member:
    """One voice of the ensemble, with what is known of how it does."""

    voice: Voice
    breaker: Breaker = field(default_factory=Breaker)
    record: Record = field(default_factory=Record)


@dataclass(slots=True)
class Ensemble:
    """An actor made of voices in line; the first that can takes the word."""

    members: tuple[Member, ...]
    prices: Prices
    limits: Limits = field(default_factory=Limits)
    now: Clock = utc_now
    dice: random.Random = field(default_factory=random.Random)
    thrift: Thrift = field(default_factory=Thrift)

    @property
    def name(self) -> str:
        """The first voice's name."""
        return self.members[0].voice.name

    @property
    def model(self) -> str:
        """The first voice's model."""
        return self.members[0].voice.model

    def stream(self, prompt: Prompt, *, seed: int, max_tokens: int) -> Generator[Piece]:
        """Who speaks, the pieces of the reply (empty ones while it is waited for), then one Finished.

        Raises ProviderRefused, or the last one's error when nobody delivered.
        """
        until = time.monotonic() + self.limits.total
        tries = _Tries(self, until)
        for member in tries:
            yield Speaking(member.voice.name, member.voice.model)
            try:
                with (
                    tries.counted(member),
                    contextlib.closing(self._listen(member.voice, prompt, seed, max_tokens, until)) as pieces,
                ):
                    for piece in pieces:
                        tries.heard = tries.heard or bool(piece)
                        yield piece
            except ProviderError as error:
                yield from tries.after(member, error)
            else:
                return
        raise tries.last

    def _listen(
        self, voice: Voice, prompt: Prompt, seed: int, max_tokens: int, until: float
    ) -> Generator[str | Finished]:
        voice.warm()
        pieces = listened(
            lambda wire: voice.stream(prompt, wire, seed=seed, max_tokens=max_tokens),
            self.limits,
            until=until,
            max_tokens=max_tokens,
            model=voice.model,
        )
        with contextlib.closing(pieces):
            for piece in pieces:
                yield self._priced(voice, piece) if isinstance(piece, Finished) else piece

    def answer(self, ask: Ask) -> Answer:
        """One structured answer. Raises ProviderRefused, or the last one's error when nobody delivered."""
        until = time.monotonic() + self.limits.total
        tries = _Tries(self, until)
        for member in tries:
            voice, seconds = member.voice, self.limits.answer
            try:
                voice.warm()
                with tries.counted(member):
                    left = min(seconds, until - time.monotonic())
                    told = answered(lambda wire, voice=voice, left=left: voice.answer(ask, wire, seconds=left), left)
            except ProviderError as error:
                for _ in tries.after(member, error):
                    pass
            else:
                return replace(told, usage=self._cost(voice, told.model, told.usage))
        raise tries.last

    def _priced(self, voice: Voice, finished: Finished) -> Finished:
        return replace(finished, usage=self._cost(voice, finished.model, finished.usage))

    def _cost(self, voice: Voice, model: str, usage: Usage) -> Usage:
        """What was used, with what it costs; None, never zero, where nobody knows."""
        if usage.cost is not None or not usage.tokens_in + usage.tokens_out:
            return usage
        return replace(usage, cost=self.prices.of_words(voice.name, model, usage, self.now().date()))


class _Tries:
    """The tries of one call: who is asked next, and whether the same one is asked again."""

    def __init__(self, ensemble: Ensemble, until: float) -> None:
        self._ensemble, self._until = ensemble, until
        self.heard = False
        self.last: ProviderError = ProviderDown(NOBODY, detail="every provider rests after failures")
        self._again = False

    def __iter__(self) -> Iterator[Member]:
        for member in self._ensemble.members:
            for tried in range(1 + self._ensemble.limits.retries):
                if tried and not self._again:
                    break
                self._again, self._tried = False, tried
                if time.monotonic() >= self._until or not member.breaker.allows():
                    break
                yield member

    @contextlib.contextmanager
    def counted(self, member: Member) -> Generator[None]:
        """Count a call and what becomes of it."""
        began = time.monotonic()
        member.record.called()
        if not self._tried:
            self._ensemble.thrift.called()
        try:
            yield
        except ProviderRefused as error:
            member.breaker.succeeded()  # it works; it only does not want to
            member.record.failed(self._ensemble.now(), error)
            raise
        except ProviderError as error:
            member.breaker.failed()
            member.record.failed(self._ensemble.now(), error)
            raise
        except GeneratorExit:
            member.record.delivered(_ms_since(began))  # somebody stopped listening: it delivered so far
            raise
        member.breaker.succeeded()
        member.record.delivered(_ms_since(began))

    def after(self, member: Member, error: ProviderError) -> Iterator[str]:
        """Wait, with beats, when the same one is to be asked again. Raises the error when nobody else may be asked."""
        if self.heard or isinstance(error, ProviderRefused):
            raise error
        self.last = error
        pause = self._pause(error)
        log.info("%s did not deliver: %s %s", member.voice.name, error, error.detail)
        if pause is None:
            return
        self._again = True
        end = time.monotonic() + pause
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, self._ensemble.limits.beat))
            yield ""

    def _pause(self, error: ProviderError) -> float | None:
        """Seconds until the same one is asked again, with full jitter; None = not again."""
        limits = self._ensemble.limits
        asked = error.retry_after or 0.0
        if isinstance(error, ProviderUnusable) or self._tried >= limits.retries or asked > limits.longest_pause:
            return None
        pause = asked + self._ensemble.dice.uniform(0, min(limits.longest_pause, limits.first_pause * 2**self._tried))
        if time.monotonic() + pause >= self._until or not self._ensemble.thrift.spend():
            return None
        return pause


def _ms_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
