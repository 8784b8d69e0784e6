"""Two voices side by side: the same line, with the very same prompt, asked of two at once.

A comparison is held in memory, by the engine of this process: a restart forgets it. What it cost is kept as spent.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from engine.errors import Conflict, NotFound, ProviderError
from engine.kernel.ids import seed_from
from engine.kernel.text import clean, player_line
from engine.play.spending import note_answer
from engine.providers.llm import Answer, Finished, Speaking, Usage
from engine.providers.resilience.limits import Limits
from engine.studio.voices.first_prompt import first_prompt
from engine.studio.voices.room import OFFLINE

if TYPE_CHECKING:
    from engine.db.desk import Desk
    from engine.members.people import Person
    from engine.providers.llm import FinishReason, Piece, Prompt
    from engine.providers.resilience.ensemble import Ensemble
    from engine.story.release import Payload
    from engine.studio.voices.aside import Aside
    from engine.studio.voices.room import Voices

log = logging.getLogger(__name__)
State = Literal["speaking", "complete", "stopped", "failed"]
ONCE = Limits(retries=0)
"""As patient as on the stage, but asked once: whoever compares wants to see what one answer takes."""
KEPT = 50
"""Comparisons that an engine remembers."""
BROKE = "The reply could not be heard. Try again."
BUSY = "Two voices answer another line of yours. Wait for them, or stop them first."


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be heard: whose episode, which line of the player's, and by which two voices."""

    character_id: str
    episode_id: str
    line: str
    voices: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Heard:
    """What one voice has said so far, and what it took, in milliseconds.

    `usage` is None where nobody told it: of what was broken off, and of what did not come.
    """

    voice: str
    model: str
    state: State = "speaking"
    words: str = ""
    first_ms: int | None = None
    total_ms: int | None = None
    usage: Usage | None = None
    reason: FinishReason | None = None
    error: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two voices on one line. `opening` is the character's line before it, `prompt` what both were told."""

    id: str
    person_id: str
    wish: Wish
    opening: str
    prompt: Prompt
    heard: tuple[Heard, Heard]

    @property
    def running(self) -> bool:
        """Whether one of them still speaks."""
        return any(one.state == "speaking" for one in self.heard)


@dataclass(slots=True)
class Comparisons:
    """The comparisons of one engine. `draft` gives what a cut of a character's draft would hold now."""

    desk: Desk
    voices: Voices
    draft: Callable[[str], Payload]
    aside: Aside
    reply_tokens: int
    _kept: dict[str, Comparison] = field(default_factory=dict[str, Comparison])
    _stopped: set[str] = field(default_factory=set[str])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, person: Person, wish: Wish) -> Comparison:
        """Ask both at once. While the same wish of that person is being answered, that one is given: a second click
        asks nobody. Raises BadInput, NotFound, NotReady, or Conflict while they answer another wish.
        """
        wish = replace(wish, line=player_line(wish.line))
        payload = self.draft(wish.character_id)
        episode = payload.episode(wish.episode_id)
        prompt = first_prompt(payload, episode, player=person.name, line=wish.line, now=self.desk.now())
        left, right = (self.voices.alone(name, ONCE) for name in wish.voices)
        heard = (Heard(wish.voices[0], left.model), Heard(wish.voices[1], right.model))
        made = Comparison(self.desk.new_id(), person.id, wish, episode.opening_line, prompt, heard)
        with self._lock:
            running = next((one for one in self._kept.values() if one.person_id == person.id and one.running), None)
            if running is not None:
                if running.wish != wish:
                    raise Conflict(BUSY)
                return running
            self._kept[made.id] = made
            self._forget()
        for place, alone in enumerate((left, right)):
            self.aside.run(
                lambda place=place, alone=alone: self._hear(made, place, alone), f"hear {wish.voices[place]}"
            )
        return made

    def of(self, person_id: str, comparison_id: str) -> Comparison:
        """A comparison of that person's as it is now. Raises NotFound, also where it was forgotten."""
        with self._lock:
            found = self._kept.get(comparison_id)
        if found is None or found.person_id != person_id:
            raise NotFound("This comparison is no longer there. What it cost stays in what was spent.")
        return found

    def stop(self, person_id: str, comparison_id: str) -> None:
        """Listen no longer to either; what was said stays. Raises NotFound."""
        found = self.of(person_id, comparison_id)
        with self._lock:
            if found.running:
                self._stopped.add(comparison_id)

    def _forget(self) -> None:
        """Forget the oldest that are over."""
        over = [one.id for one in self._kept.values() if not one.running]
        for one in over[: max(0, len(self._kept) - KEPT)]:
            del self._kept[one]
            self._stopped.discard(one)

    def _hear(self, made: Comparison, place: int, alone: Ensemble) -> None:
        """Listen to one voice until its end, whatever end, and note what it used."""
        ear = _Ear(made.heard[place], lambda now: self._set(made.id, place, now))
        try:
            alone.members[0].voice.warm()
            ear.began = time.monotonic()
            stream = alone.stream(made.prompt, seed=seed_from(made.id, place), max_tokens=self.reply_tokens)
            with contextlib.closing(stream):
                ear.listen(stream, lambda: made.id in self._stopped or self.aside.closing.is_set())
            ended = ear.ended()
        except ProviderError as error:
            ended = ear.failed(str(error), error.detail)
        except Exception:
            log.exception("%s was not heard", ear.now.voice)
            ended = ear.failed(BROKE, "")
        try:
            self._note(ended, made.wish, is_free=alone.members[0].voice.name == OFFLINE)
        finally:
            self._set(made.id, place, ended)

    def _note(self, ended: Heard, wish: Wish, *, is_free: bool) -> None:
        """Keep what was spent. What words that broke off cost, nobody told: it is unknown, not nothing."""
        if ended.usage is None and (is_free or not ended.words):
            return
        told = Answer({}, ended.model, ended.usage or Usage())
        note_answer(self.desk, "comparison", told, lambda _: {"character_id": wish.character_id})

    def _set(self, comparison_id: str, place: int, now: Heard) -> None:
        with self._lock:
            before = self._kept[comparison_id]
            left, right = before.heard
            self._kept[comparison_id] = replace(before, heard=(now, right) if place == 0 else (left, now))


@dataclass(slots=True)
class _Ear:
    """Listens to one voice, and tells at each word how far it has come."""

    now: Heard
    tell: Callable[[Heard], None]
    began: float = field(default_factory=time.monotonic)
    text: str = ""
    finished: Finished | None = None

    def listen(self, stream: Iterator[Piece], enough: Callable[[], bool]) -> None:
        """Hear the stream to its end, or until it is enough."""
        for piece in stream:
            if isinstance(piece, Finished):
                self.finished = piece
                return
            if isinstance(piece, str) and piece:
                self._hear(piece)
            if not isinstance(piece, Speaking) and enough():
                return

    def _hear(self, piece: str) -> None:
        self.text += piece
        first_ms = _ms_since(self.began) if self.now.first_ms is None else self.now.first_ms
        self.now = replace(self.now, words=clean(self.text), first_ms=first_ms)
        self.tell(self.now)

    def ended(self) -> Heard:
        """What became of it: complete with its figures, or stopped."""
        if self.finished is None:
            return replace(self.now, state="stopped", total_ms=_ms_since(self.began))
        told = self.finished
        return replace(
            self.now,
            state="complete",
            model=told.model,
            total_ms=_ms_since(self.began),
            usage=told.usage,
            reason=told.reason,
        )

    def failed(self, sentence: str, detail: str) -> Heard:
        """What became of it: it broke off, with why."""
        return replace(self.now, state="failed", total_ms=_ms_since(self.began), error=sentence, detail=detail)


def _ms_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
