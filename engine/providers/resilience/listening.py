"""Listening to a provider in a thread of its own, so that nothing that it does can hold up whoever waits."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator
from typing import TypeVar

from engine.errors import ProviderDown
from engine.providers.llm import Finished, Usage
from engine.providers.resilience.limits import Limits
from engine.providers.wire import Wire

T = TypeVar("T")
LATE = "The model did not answer in time."
STALLED = "The model fell silent in the middle of its reply."
BROKE_OFF = "The model's reply broke off."
WORDLESS = "The model ended its reply without a word."


class _End:
    """The stream is over."""


Heard = str | Finished | _End | BaseException
"""What comes out of the thread that listens."""


def listened(
    speak: Callable[[Wire], Iterator[str | Finished]], limits: Limits, *, until: float, max_tokens: int, model: str
) -> Generator[str | Finished]:
    """The pieces of one stream, with an empty one at each beat of waiting; the last one is always a Finished.

    Raises ProviderDown when the first word, the next one or the end does not come in time (`until` is a moment of the
    monotonic clock), when the stream ends without Finished or without a word, and whatever `speak` raises.
    """
    wire = Wire()
    heard = _in_a_thread(speak, wire)
    said, spoke_at = 0, time.monotonic()
    try:
        while True:
            now = time.monotonic()
            late = min(until, spoke_at + (limits.gap if said else limits.first))
            if now >= late:
                raise ProviderDown(STALLED if said else LATE, detail=f"{now - spoke_at:.1f} s without a word")
            words, end = _next(heard, min(limits.beat, late - now))
            if words:
                said, spoke_at = said + len(words), time.monotonic()
            if words or end is None:
                yield words
            if end is not None:
                wire.ended()
                yield _worded(end, said)
                return
            if said > max_tokens * limits.characters_per_token:
                yield Finished("max_tokens", model, Usage())
                return
    finally:
        wire.cut()


def _next(heard: queue.SimpleQueue[Heard], seconds: float) -> tuple[str, Finished | None]:
    """All words that have come, waited for at most so long, and the end if it has come too.

    Raises what the stream raised, after the words before it were given out.
    """
    words: list[str] = []
    try:
        piece = heard.get(timeout=seconds)
        while isinstance(piece, str):
            words.append(piece)
            piece = heard.get_nowait()
    except queue.Empty:
        return "".join(words), None
    if isinstance(piece, Finished):
        return "".join(words), piece
    if any(words):
        heard.put(piece)  # nothing comes after it: it is met again at the next look
        return "".join(words), None
    raise (
        piece if isinstance(piece, BaseException) else ProviderDown(BROKE_OFF, detail="the stream ended without an end")
    )


def answered(ask: Callable[[Wire], T], seconds: float) -> T:
    """What one call returns. Raises ProviderDown when that takes too long, and whatever the call raises."""
    wire = Wire()
    told: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            told.put((ask(wire), None))
        except BaseException as error:  # noqa: BLE001  (it is raised where the answer is waited for)
            told.put((None, error))

    threading.Thread(target=run, name="provider", daemon=True).start()
    try:
        answer, error = told.get(timeout=max(0.0, seconds))
    except queue.Empty as empty:
        raise ProviderDown(LATE, detail=f"no answer within {seconds:.1f} s") from empty
    finally:
        wire.cut()
    if error is not None:
        raise error
    return answer  # pyright: ignore[reportReturnType]  (no error: it is what was asked for, None included)


def _worded(finished: Finished, said: int) -> Finished:
    if not said:
        raise ProviderDown(WORDLESS, detail=f"finish reason {finished.reason}")
    return finished


def _in_a_thread(speak: Callable[[Wire], Iterator[str | Finished]], wire: Wire) -> queue.SimpleQueue[Heard]:
    """What is heard, as it comes; the thread ends with the stream, or soon after the wire was cut."""
    heard: queue.SimpleQueue[Heard] = queue.SimpleQueue()

    def run() -> None:
        try:
            for piece in speak(wire):
                heard.put(piece)
                if wire.is_cut:
                    return
            heard.put(_End())
        except BaseException as error:  # noqa: BLE001  (it is raised where the reply is listened to)
            heard.put(error)

    threading.Thread(target=run, name="provider", daemon=True).start()
    return heard
