"""The room of the Providers screen: who is in line and why, how each does, a try of one, and today's spending."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from engine.errors import NotFound
from engine.play.spending import note_answer
from engine.play.spending import store as spending
from engine.providers.llm import Actor, Answer, Finished, Line, Prompt, Section, Usage, Voice
from engine.providers.resilience.breaker import Breaker
from engine.providers.resilience.ensemble import Ensemble, Member
from engine.providers.resilience.limits import Limits
from engine.providers.resilience.offline import OfflineVoice

if TYPE_CHECKING:
    from engine.db.desk import Desk
    from engine.play.spending import Spend
    from engine.providers.prices import Prices
    from engine.providers.resilience.breaker import State
    from engine.providers.resilience.record import Tally

ONE_TRY = Limits(retries=0, total=30.0)
TRY = Prompt(
    (
        Section(
            "try", "the Providers screen", "You are the doorkeeper of an old theatre. Answer in one short sentence."
        ),
    ),
    (Line("user", "Good evening. Is anybody there?"),),
)
"""What a voice is tried with."""
TRY_TOKENS = 100
OFFLINE = "offline"
"""Who costs nothing, as settings call it."""


@dataclass(frozen=True, slots=True)
class VoiceStatus:
    """Whoever could act: the model, the place in line (None = not in it), what is lacking, and how it does so far."""

    name: str
    model: str
    place: int | None
    lacks: str
    breaker: State
    rests_for: float
    tally: Tally | None


@dataclass(frozen=True, slots=True)
class Tried:
    """What a voice answered when it was tried: its words, the model, times in milliseconds, tokens and cost."""

    words: str
    model: str
    first_ms: int
    total_ms: int
    usage: Usage


@dataclass(frozen=True, slots=True)
class Voices:
    """Everybody who could act in this house. `make` gives a voice by name; `lacking`, the setting that it lacks."""

    desk: Desk
    actor: Actor
    why: str
    members: tuple[Member, ...]
    prices: Callable[[], Prices]
    make: Callable[[str], Voice]
    lacking: Mapping[str, str]
    _tries: dict[str, Future[Tried]] = field(default_factory=dict[str, "Future[Tried]"])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def line(self) -> Iterator[VoiceStatus]:
        """Those in line, in order, then those that are not in it."""
        for place, member in enumerate(self.members, 1):
            yield self._status(member, place)
        if not self.members:
            yield VoiceStatus(self.actor.name, self.actor.model, 1, "", "closed", 0.0, None)
        here = {member.voice.name for member in self.members} | {self.actor.name}
        for name, lacks in self.lacking.items():
            if name not in here:
                yield VoiceStatus(name, self.make(name).model, None, lacks, "closed", 0.0, None)

    def _status(self, member: Member, place: int) -> VoiceStatus:
        breaker, voice = member.breaker, member.voice
        tally = member.record.tally()
        return VoiceStatus(voice.name, voice.model, place, "", breaker.state, breaker.rests_for, tally)

    def able(self) -> tuple[VoiceStatus, ...]:
        """Those of them who lack nothing, in line or not."""
        return tuple(one for one in self.line() if not one.lacks)

    def alone(self, name: str, limits: Limits) -> Ensemble:
        """One voice by itself, which is asked whatever its breaker says; it counts in its record all the same.

        Raises NotFound for somebody who lacks a key.
        """
        return Ensemble((self._member(name),), self.prices(), limits, now=self.desk.now)

    def _member(self, name: str) -> Member:
        known = next((one for one in self.members if one.voice.name == name), None)
        if known is not None:
            return replace(known, breaker=Breaker())
        if name == self.actor.name and not self.members:
            return Member(OfflineVoice(self.actor))
        if self.lacking.get(name, name):
            raise NotFound("There is no such voice here, or it lacks its key.")
        return Member(self.make(name))

    def try_it(self, name: str) -> Tried:
        """Let a voice say one sentence: once, whatever its breaker says. What it costs is spent.

        Who asks while it speaks already hears the same: a double click pays once. Raises NotFound for somebody who
        lacks a key, and the error of whoever did not deliver.
        """
        with self._lock:
            mine = name not in self._tries
            under_way = self._tries.setdefault(name, Future())
        if mine:
            try:
                under_way.set_result(self._tried(name))
            except Exception as error:  # noqa: BLE001  (whoever waits is told the same)
                under_way.set_exception(error)
            finally:
                with self._lock:
                    del self._tries[name]
        return under_way.result()

    def _tried(self, name: str) -> Tried:
        alone = self.alone(name, ONE_TRY)
        alone.members[0].voice.warm()
        began, first_ms, words = time.monotonic(), 0, ""
        for piece in alone.stream(TRY, seed=1, max_tokens=TRY_TOKENS):
            if isinstance(piece, Finished):
                note_answer(self.desk, "try", Answer({}, piece.model, piece.usage), lambda _: {})
                return Tried(words, piece.model, first_ms, _ms_since(began), piece.usage)
            if isinstance(piece, str) and piece:
                first_ms = first_ms or _ms_since(began)
                words += piece
        raise NotFound("The voice said nothing.")

    def spent_today(self, time_zone: str) -> list[Spend]:
        """What each model used and cost since midnight in a time zone, the dearest first."""
        now = self.desk.now().astimezone(ZoneInfo(time_zone))
        with self.desk.db.read() as tx:
            return spending.spent_since(tx, _midnight(now))


def _midnight(now: datetime) -> datetime:
    return now - timedelta(hours=now.hour, minutes=now.minute, seconds=now.second, microseconds=now.microsecond)


def _ms_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
