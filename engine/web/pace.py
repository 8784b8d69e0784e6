"""Pace: how often one person may do a thing in a minute. Kept in memory; each process counts its own."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from engine.web.problems import TooFast

MANY = 10_000


@dataclass(slots=True)
class Pace:
    """A window of `seconds` that slides; at most `most` different things in it for each person."""

    most: int
    sentence: str
    seconds: float = 60.0
    clock: Callable[[], float] = time.monotonic
    _seen: dict[str, deque[tuple[float, str]]] = field(default_factory=dict[str, deque[tuple[float, str]]])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, person_id: str, thing: str) -> None:
        """Count one thing; the same thing again within the window is free. Raises TooFast."""
        now = self.clock()
        with self._lock:
            if len(self._seen) > MANY:
                self._forget(now)
            window = self._seen.setdefault(person_id, deque())
            while window and window[0][0] <= now - self.seconds:
                window.popleft()
            if any(known == thing for _, known in window):
                return
            if len(window) >= self.most:
                raise TooFast(self.sentence, max(1, round(window[0][0] + self.seconds - now)))
            window.append((now, thing))

    def _forget(self, now: float) -> None:
        old = [who for who, window in self._seen.items() if not window or window[-1][0] <= now - self.seconds]
        for who in old:
            del self._seen[who]
