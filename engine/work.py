"""Durable work of this engine: starting it by key, and waiting until none is left."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.play.sweeper import leave, unfinished

if TYPE_CHECKING:
    from engine.background import Background
    from engine.db.desk import Desk

PAUSE = 0.03


@dataclass(slots=True)
class Work:
    """Starts jobs where this process does durable work; elsewhere the rows wait for the process that does."""

    desk: Desk
    background: Background | None = None

    def start(self, name: str, key: str, attempt: int) -> None:
        """Start a job by its key; each try is started once. Where no durable work is done, it is left to who does."""
        if self.background is not None:
            self.background.start(name, key, attempt)
        else:
            leave(self.desk, name, key)

    def left(self) -> int:
        """How many replies, after-works and pictures are not finished, anywhere on this database."""
        return unfinished(self.desk)

    def drain(self, seconds: float) -> bool:
        """Wait until nothing is left. False when the time was up first."""
        until = time.monotonic() + seconds
        while self.left():
            if time.monotonic() >= until:
                return False
            time.sleep(PAUSE)
        return True
