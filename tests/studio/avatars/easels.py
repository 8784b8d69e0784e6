"""The offline painter behind a gate: a test decides when it may draw, and which seeds it refuses."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import ProviderBusy
from engine.providers.images import Capabilities, Picture, PictureRequest
from engine.providers.images.offline import OfflinePainter
from engine.studio.avatars.jobs import Job
from engine.wiring import Engine

PAINTER = Path(__file__).resolve().parents[3] / "data" / "painter"
BUSY = "The painter asks for a pause. Try again in a minute."


@dataclass(slots=True)
class Gated:
    """A painter that waits at its gate, and is too busy for some seeds."""

    busy_for: frozenset[int] = frozenset()
    gate: threading.Event = field(default_factory=threading.Event)
    asked: list[int] = field(default_factory=list[int])
    painter: OfflinePainter = field(default_factory=lambda: OfflinePainter(PAINTER))

    @property
    def name(self) -> str:
        """The painter's."""
        return self.painter.name

    @property
    def model(self) -> str:
        """The painter's."""
        return self.painter.model

    @property
    def can(self) -> Capabilities:
        """The painter's."""
        return self.painter.can

    def draw(self, request: PictureRequest) -> Picture:
        """Draw, once the gate is open."""
        self.asked.append(request.seed)
        assert self.gate.wait(60)
        if request.seed in self.busy_for:
            raise ProviderBusy(BUSY)
        return self.painter.draw(request)


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


def job_of(engine: Engine, character: str = "mara-voss") -> Job:
    """The job of a character, which there must be."""
    job = engine.avatars.candidates(character)
    assert job is not None
    return job


def over(engine: Engine, character: str = "mara-voss") -> Job:
    """The job of a character, once it is over."""
    until(lambda: not job_of(engine, character).running)
    return job_of(engine, character)
