"""A call under way: whoever waits for it can cut it from another thread."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Wire:
    """What an adapter opened for one call. Cutting it closes that, so that a blocked reader wakes or reads no more."""

    _close: Callable[[], object] | None = None
    _cut: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_cut(self) -> bool:
        """Whether nobody listens any more."""
        return self._cut

    def opened(self, close: Callable[[], object]) -> None:
        """An adapter opened something; it is closed at once when nobody listens any more."""
        with self._lock:
            self._close = close
            late = self._cut
        if late:
            _quietly(close)

    def ended(self) -> None:
        """The call came to its own end: there is nothing left to close, and the connection may serve again."""
        with self._lock:
            self._close = None

    def cut(self) -> None:
        """Nobody listens any more."""
        with self._lock:
            close, self._close, self._cut = self._close, None, True
        if close is not None:
            _quietly(close)


def _quietly(close: Callable[[], object]) -> None:
    """Close without waiting for it: it may wait for the very reader that it wakes. What breaks was to be broken."""

    def run() -> None:
        with contextlib.suppress(Exception):
            close()

    threading.Thread(target=run, name="cut", daemon=True).start()
