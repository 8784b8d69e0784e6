"""Thrift: second tries are a tenth of all calls at most, so that a provider in trouble is not stormed."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

SHARE = 0.09
AT_FIRST = 3.0
MOST = 10.0


@dataclass(slots=True)
class Thrift:
    """Each call saves a little, each second try spends one; a few are there from the beginning."""

    _saved: float = AT_FIRST
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def called(self) -> None:
        """A first try was made."""
        with self._lock:
            self._saved = min(MOST, self._saved + SHARE)

    def spend(self) -> bool:
        """Whether a second try can be afforded; it is spent then."""
        with self._lock:
            if self._saved < 1:
                return False
            self._saved -= 1
            return True
