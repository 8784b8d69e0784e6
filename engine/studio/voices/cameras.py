"""The cameras of this house: which one draws and why, what the other lacks, how it does, and a try of one."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from engine.errors import ColdopenError, NotFound
from engine.images.make import make_picture
from engine.kernel.ids import seed_from
from engine.play.spending import PICTURE, note_answer
from engine.providers.images import Order, PictureRequest
from engine.providers.llm import Answer, Usage
from engine.providers.resilience.record import Record
from engine.providers.resilience.recorded import Recorded

if TYPE_CHECKING:
    from engine.db.desk import Desk
    from engine.providers.images import Camera
    from engine.providers.resilience.record import Tally
    from engine.studio.voices.aside import Aside

log = logging.getLogger(__name__)
SMALL = 512
"""Pixels of a side, where the camera draws so small."""
TRY_WORDS = (
    "solo, one adult alone in frame, the doorkeeper of an old theatre with short grey hair and a dark coat, "
    "lifts a lamp, worn red curtain behind, night, warm lamplight"
)
TRY_HINTS: Mapping[str, str] = {
    "appearance": "short grey hair, dark coat",
    "gender_tag": "1man",
    "age_range": "60s",
    "environment": "theatre",
    "time_of_day": "night",
    "expression": "watchful",
}
"""What a camera is tried with: nobody's story, and no reference."""
BROKE = "The picture could not be drawn. Try again."


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """Whoever could draw: its models, from an anchor and from words, whether it does, and what it lacks.

    `why` says why it draws; empty for one that does not. `tally` counts its calls since the start.
    """

    name: str
    anchored: str
    worded: str
    draws: bool
    why: str
    lacks: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class TriedPicture:
    """What came of a try: a WebP picture with its model, milliseconds and US dollars, or an error and its detail.

    A cost of None is unknown.
    """

    state: Literal["drawing", "ready", "failed"] = "drawing"
    picture: bytes = b""
    model: str = ""
    total_ms: int = 0
    cost: float | None = None
    error: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A camera as settings describe it: its models, the setting that it lacks, and how it is made."""

    name: str
    anchored: str
    worded: str
    lacks: str
    make: Callable[[], Camera]


@dataclass(slots=True)
class Cameras:
    """Everybody who could draw in this house; `chosen` is who does, `why` the sentence about it.

    The latest try of each is held in memory, by the engine of this process. What it cost is kept as spent.
    """

    desk: Desk
    chosen: str
    why: str
    known: tuple[Known, ...]
    drawing: Callable[[], Camera]
    record: Record
    aside: Aside
    _others: Mapping[str, Record] = field(init=False)
    _tries: dict[str, TriedPicture] = field(default_factory=dict[str, TriedPicture])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._others = {one.name: Record() for one in self.known if one.name != self.chosen}

    def all(self) -> Iterator[CameraStatus]:
        """Who draws, then who could."""
        for one in sorted(self.known, key=lambda one: one.name != self.chosen):
            draws = one.name == self.chosen
            tally = self._record(one.name).tally()
            why = self.why if draws else ""
            yield CameraStatus(one.name, one.anchored, one.worded, draws, why, one.lacks, tally)

    def try_it(self, name: str) -> None:
        """Let a camera draw one picture in the background; nothing is begun while it does so already.

        Raises NotFound for somebody who lacks a key.
        """
        known = next((one for one in self.known if one.name == name and not one.lacks), None)
        if known is None:
            raise NotFound("There is no such camera here, or it lacks its key.")
        with self._lock:
            if (standing := self._tries.get(name)) is not None and standing.state == "drawing":
                return
            self._tries[name] = TriedPicture()
        self.aside.run(lambda: self._draw(known), f"try {name}")

    def tried(self, name: str) -> TriedPicture | None:
        """The latest try of a camera as it is now; None where there was none."""
        with self._lock:
            return self._tries.get(name)

    def _record(self, name: str) -> Record:
        return self._others.get(name, self.record)

    def _draw(self, known: Known) -> None:
        began = time.monotonic()
        try:
            told = self._drawn(self._camera(known), began)
        except ColdopenError as error:
            detail = str(getattr(error, "detail", ""))
            told = TriedPicture("failed", total_ms=_ms_since(began), error=str(error), detail=detail)
        except Exception:
            log.exception("%s was tried and broke off", known.name)
            told = TriedPicture("failed", total_ms=_ms_since(began), error=BROKE)
        with self._lock:
            self._tries[known.name] = told

    def _camera(self, known: Known) -> Camera:
        """The camera itself; who draws counts its own calls."""
        if known.name == self.chosen:
            return self.drawing()
        return Recorded(known.make(), self._others[known.name], self.desk.now)

    def _drawn(self, camera: Camera, began: float) -> TriedPicture:
        files: dict[str, bytes] = {}
        size = max(camera.can.sizes[0], min(SMALL, camera.can.sizes[1]))
        seed = seed_from("try", self.desk.new_id())
        order = Order(wanted=lambda: not self.aside.closing.is_set())  # nobody could show or note it any more
        request = PictureRequest(TRY_WORDS, seed=seed, size=size, hints=TRY_HINTS, order=order)
        made = make_picture(camera, files.__setitem__, request, path="try.webp")
        note_answer(self.desk, PICTURE, Answer({}, made.model, Usage(cost=made.cost)), lambda _: {})
        return TriedPicture("ready", files["try.webp"], made.model, _ms_since(began), made.cost)


def _ms_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
