"""What became of the calls of this process to one provider: for the Studio and the doctor, never for a player."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from engine.errors import ProviderError

KEPT = 20


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that failed: when, which error of ours, its sentence, and the detail for who can mend it."""

    at: datetime
    kind: str
    sentence: str
    detail: str


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the calls so far; newest failure first."""

    calls: int
    delivered: int
    failures: tuple[Failure, ...]
    last_ms: int | None


@dataclass(slots=True)
class Record:
    """Counts calls and keeps the last failures."""

    _calls: int = 0
    _delivered: int = 0
    _last_ms: int | None = None
    _failures: deque[Failure] = field(default_factory=lambda: deque[Failure](maxlen=KEPT))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def called(self) -> None:
        """A call was made."""
        with self._lock:
            self._calls += 1

    def delivered(self, milliseconds: int) -> None:
        """A call delivered, to its end, in so many milliseconds."""
        with self._lock:
            self._delivered += 1
            self._last_ms = milliseconds

    def failed(self, at: datetime, error: ProviderError) -> None:
        """A call failed."""
        with self._lock:
            self._failures.appendleft(Failure(at, type(error).__name__, str(error), error.detail))

    def tally(self) -> Tally:
        """What became of the calls so far."""
        with self._lock:
            return Tally(self._calls, self._delivered, tuple(self._failures), self._last_ms)
