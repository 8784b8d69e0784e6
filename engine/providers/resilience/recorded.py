"""A camera whose calls are counted: how often it drew, and why it did not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.errors import ProviderError
from engine.kernel.clock import Clock, utc_now
from engine.providers.resilience.record import Record

if TYPE_CHECKING:
    from engine.providers.images import Camera, Capabilities, Picture, PictureRequest


@dataclass(frozen=True, slots=True)
class Recorded:
    """A camera that draws as the one inside does, with a record of what became of its calls."""

    camera: Camera
    record: Record = field(default_factory=Record)
    now: Clock = utc_now

    @property
    def name(self) -> str:
        """What it is called in settings."""
        return self.camera.name

    @property
    def model(self) -> str:
        """The model that it is."""
        return self.camera.model

    @property
    def can(self) -> Capabilities:
        """What it can do."""
        return self.camera.can

    def draw(self, request: PictureRequest) -> Picture:
        """Draw one picture, and count it."""
        self.record.called()
        try:
            drawn = self.camera.draw(request)
        except ProviderError as error:
            self.record.failed(self.now(), error)
            raise
        self.record.delivered(drawn.latency_ms)
        return drawn
