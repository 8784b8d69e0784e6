"""Work beside the pages: threads of the engine's own, so that a page may be closed or drawn anew meanwhile."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Aside:
    """What is asked of voices and cameras by hand, until the engine closes: then it stops where it is."""

    closing: threading.Event = field(default_factory=threading.Event)
    _threads: set[threading.Thread] = field(default_factory=set[threading.Thread])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, work: Callable[[], None], name: str) -> None:
        """Do something in a thread of its own; nothing once the engine closes."""

        def guarded() -> None:
            try:
                work()
            except Exception:
                log.exception("%s broke off", name)
            finally:
                with self._lock:
                    self._threads.discard(threading.current_thread())

        with self._lock:
            if self.closing.is_set():
                return
            thread = threading.Thread(target=guarded, name=name, daemon=True)
            self._threads.add(thread)
            thread.start()

    def close(self, seconds: float) -> None:
        """Begin nothing more, and give what is under way these seconds to note what it used."""
        self.closing.set()
        until = time.monotonic() + seconds
        with self._lock:
            under_way = list(self._threads)
        for thread in under_way:
            thread.join(max(0.0, until - time.monotonic()))
