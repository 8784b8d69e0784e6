"""A steady world: ids that count and a clock that stands until it is moved, so that two runs can be compared."""

from __future__ import annotations

import itertools
import threading
from datetime import UTC, datetime, timedelta


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The present instant."""
        return self.now

    def move(self, **much: float) -> None:
        """Let time pass."""
        self.now += timedelta(**much)


class Ids:
    """Ids that count upward."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def __call__(self) -> str:
        """The next id."""
        with self._lock:
            return f"{next(self._numbers):032x}"
