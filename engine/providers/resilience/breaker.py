"""The circuit breaker: after five failures in a row a provider rests, then one call tries it again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

FAILURES = 5
REST = 30.0
"""Seconds."""

State = Literal["closed", "open", "trying"]


@dataclass(slots=True)
class Breaker:
    """Whether a provider is asked at all. Closed = asked; open = rests; trying = one call finds out."""

    failures_allowed: int = FAILURES
    rest: float = REST
    clock: Callable[[], float] = time.monotonic
    _failures: int = 0
    _opened_at: float | None = None
    _tried_at: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def state(self) -> State:
        """What the breaker does now."""
        with self._lock:
            if self._opened_at is None:
                return "closed"
            return "open" if self._tried_at is None else "trying"

    @property
    def rests_for(self) -> float:
        """Seconds until the next try; 0 when it may be asked."""
        with self._lock:
            return 0.0 if self._opened_at is None else max(0.0, self._opened_at + self.rest - self.clock())

    def allows(self) -> bool:
        """Whether to ask now. Of those who ask an open breaker after its rest, one is let through in each rest."""
        with self._lock:
            now = self.clock()
            if self._opened_at is None:
                return True
            since = self._opened_at if self._tried_at is None else self._tried_at
            if now < since + self.rest:
                return False
            self._tried_at = now
            return True

    def succeeded(self) -> None:
        """It delivered."""
        with self._lock:
            self._failures, self._opened_at, self._tried_at = 0, None, None

    def failed(self) -> None:
        """It did not deliver: the fifth time in a row, or once more after a rest, it rests."""
        with self._lock:
            self._failures += 1
            if self._failures >= self.failures_allowed or self._opened_at is not None:
                self._opened_at, self._tried_at = self.clock(), None
