"""The easel: a few hands of each process draw the candidates that wait in rows, so that none is lost or paid for twice.

A page may be closed, a process killed: what was wished for waits in its row, and what was begun is taken up by the name
that its provider gave it. Each process that does durable work has hands; a row is claimed, leased, and drawn by one.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from engine.db.desk import Desk
from engine.errors import ColdopenError, Conflict, ProviderBusy, ProviderDown
from engine.images.make import Put, make_picture
from engine.kernel.crash import crash
from engine.providers.images import Camera, Order
from engine.studio.authoring import store as authored
from engine.studio.avatars import store
from engine.studio.avatars.jobs import Candidate, Job, Sitting, Wish
from engine.studio.avatars.shelving import Origin, shelve_drawn

log = logging.getLogger(__name__)
AT_ONCE = 2
"""Pictures that this engine draws at the same time for all writers together."""
TRIES = 3
"""So many times in a row a provider may ask for patience with a picture that it has begun."""
PAUSE = 0.2
"""Seconds between two looks at a picture that somebody else draws."""
BROKE = "The picture could not be drawn. Try again."
CLOSED = "Coldopen was closed while this picture was drawn. It goes on at the next start."
TAKEN_OVER = "This picture is drawn by another process now."
OTHER_CAMERA = "The camera was changed before this picture was drawn. Draw candidates again."
GONE = "This picture was begun too long ago to be fetched. Draw candidates again."
CANCELLED = "This picture was cancelled."


@dataclass(slots=True)
class Easel:
    """Draws what waits, once it is opened; `camera` is who draws, `put` where files lie."""

    desk: Desk
    camera: Callable[[], Camera]
    put: Put
    _closing: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _opened: bool = False
    _calls: int = 0
    _at_work: int = 0
    _threads: list[threading.Thread] = field(default_factory=list[threading.Thread])
    _sittings: set[str] = field(default_factory=set[str])

    def open(self, *, alone: bool) -> None:
        """Draw what waits from now on. `alone` says that no other process can be at work, so no lease needs to age."""
        if alone:
            with self.desk.db.write() as tx:
                store.lay_down(tx, None)
        self._opened = True
        self.look()

    def look(self) -> None:
        """Take up what is due, here or left by a process that died."""
        if not self._opened:
            return
        with self.desk.db.read() as tx:
            due = store.any_due(tx, self.desk.now())
        if due:
            self._wake()

    def pulse(self) -> None:
        """Renew the lease of each candidate that is drawn here, so that nobody takes it over."""
        if hands := list(self._sittings):
            with self.desk.db.write() as tx:
                store.renew(tx, hands, self.desk.now())

    def ask(self, wish: Wish) -> Job:
        """Have candidates drawn. Where a job of that character runs already, that one is given and nothing is begun."""
        with self.desk.db.write() as tx:
            authored.hold(tx, "character", wish.character_id)
            standing = store.latest(tx, wish.character_id)
            if standing is not None and standing.running:
                return standing
            store.add(tx, wish, self.desk.new_id, self.desk.now())
        crash("candidates.after-commit")
        self._wake()
        return Job(tuple(Candidate(one.seed) for one in wish.requests))

    def draw(self, wish: Wish, camera: Camera) -> str:
        """Draw a wish's only picture here and now: its asset id. One that is under way already is waited for.

        Raises what the camera raises, or Conflict.
        """
        (request,) = wish.requests
        with self.desk.db.write() as tx:
            authored.hold(tx, "character", wish.character_id)
            standing = store.under_way(tx, wish, request)
            name = standing or store.add(tx, wish, self.desk.new_id, self.desk.now())[0]
            sitting = store.claim(tx, name, self.desk.new_id(), self.desk.now())
        while sitting is None:
            if (asset_id := self._came(name)) is not None:
                return asset_id
            time.sleep(PAUSE)
            with self.desk.db.write() as tx:
                sitting = store.claim(tx, name, self.desk.new_id(), self.desk.now())
        return self._sit(sitting, lambda: camera)

    def cancel(self, character_id: str) -> None:
        """Begin no more of a character's pictures. One that a provider has begun is called off there; a camera that
        cannot call off finishes what it draws, and that is kept.
        """
        with self.desk.db.write() as tx:
            store.cancel(tx, character_id, self.desk.now())
        self._wake()

    def close(self, seconds: float) -> None:
        """Begin nothing more, give what is being drawn these seconds, and leave the rest to the next start."""
        self._closing.set()
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        if hands := list(self._sittings):
            with self.desk.db.write() as tx:
                store.lay_down(tx, hands)

    def _came(self, candidate_id: str) -> str | None:
        """The asset of a candidate that somebody else drew; None while it is under way. Raises where none will come."""
        with self.desk.db.read() as tx:
            told = store.one(tx, candidate_id)
        if self._closing.is_set():
            raise Conflict(CLOSED)
        if told is None or told.state == "cancelled":
            raise Conflict(CANCELLED)
        if told.state == "failed":
            raise ProviderDown(told.error or BROKE)
        return told.asset_id

    def _wake(self) -> None:
        """See to it that hands look for what is due after this moment."""
        with self._lock:
            self._calls += 1
            if not self._opened or self._closing.is_set():
                return
            self._threads = [one for one in self._threads if one.is_alive()]
            while self._at_work < AT_ONCE:
                self._at_work += 1
                thread = threading.Thread(target=self._work, name=f"easel-{self._at_work}", daemon=True)
                self._threads.append(thread)
                thread.start()

    def _work(self) -> None:
        """A hand: draws one candidate after the other until none is due and nobody has called meanwhile."""
        calls = -1
        while not self._is_over(calls):
            calls = self._calls
            try:
                while not self._closing.is_set() and (sitting := self._next()) is not None:
                    self._sit_quietly(sitting)
            except Exception:
                log.exception("the look for candidates failed; it comes again")

    def _is_over(self, calls: int) -> bool:
        """Whether a hand that has looked at so many calls may rest; then it is no longer counted."""
        with self._lock:
            over = self._closing.is_set() or self._calls == calls
            self._at_work -= over
        return over

    def _next(self) -> Sitting | None:
        with self.desk.db.write() as tx:
            return store.claim_next(tx, self.desk.new_id(), self.desk.now())

    def _sit_quietly(self, sitting: Sitting) -> None:
        """Draw for somebody who reads of it in the row."""
        try:
            self._sit(sitting, self.camera)
        except ColdopenError as error:
            log.info("the candidate of seed %s was not drawn: %s", sitting.seed, error)
        except Exception:  # whatever breaks, the writer is told and the others are drawn
            log.exception("the candidate of seed %s was not drawn", sitting.seed)

    def _sit(self, sitting: Sitting, camera: Callable[[], Camera]) -> str:
        """Draw a candidate that was claimed: its asset id. Its end is written before what went wrong is raised."""
        self._sittings.add(sitting.hand)
        try:
            return self._drawn(sitting, camera())
        except ColdopenError as error:
            self._give_up(sitting, str(error), patient=isinstance(error, ProviderBusy))
            raise
        except Exception:
            self._give_up(sitting, BROKE, patient=False)
            raise
        finally:
            if not self._closing.is_set():  # whoever closes lays down what is left
                self._sittings.discard(sitting.hand)

    def _drawn(self, sitting: Sitting, camera: Camera) -> str:
        if camera.name != sitting.camera:
            raise Conflict(OTHER_CAMERA)
        if sitting.begun_at is not None and sitting.begun_at <= self.desk.now() - store.KEPT:
            raise Conflict(GONE)
        image_id = self.desk.new_id()  # a drawing of its own file: one that lost its lease overwrites nobody's
        start = f"avatars/{sitting.character_id}/{image_id}"
        request = sitting.request(self._order(sitting))
        made = make_picture(camera, self._put, request, path=f"{start}.webp", mask_path=f"{start}.mask.webp")
        if self._closing.is_set():
            raise Conflict(CLOSED)
        origin = Origin(made, made.words or sitting.words, sitting.seed)
        with self.desk.db.write() as tx:
            asset_id = shelve_drawn(tx, self.desk, sitting.character_id, sitting.kit_id, image_id, origin)
            if not store.ready(tx, sitting.id, sitting.hand, asset_id, self.desk.now()):
                raise Conflict(TAKEN_OVER)
            crash("candidate.before-commit")
        crash("candidate.after-commit")
        return asset_id

    def _put(self, path: str, data: bytes) -> None:
        crash("candidate.before-file")
        self.put(path, data)
        crash("candidate.after-file")

    def _order(self, sitting: Sitting) -> Order:
        """How a drawing that is paid for is found again after a crash, and called off when nobody wants it."""

        def keep(prediction: str) -> None:
            with self.desk.db.write() as tx:
                if not store.begun(tx, sitting.id, sitting.hand, prediction, self.desk.now()):
                    raise ProviderDown(TAKEN_OVER)
            crash("candidate.begun")

        def wanted() -> bool:
            if self._closing.is_set():
                raise ProviderDown(CLOSED)
            with self.desk.db.read() as tx:
                stands = store.wanted(tx, sitting.id, sitting.hand)
            if stands is None:
                raise ProviderDown(TAKEN_OVER)
            return stands

        return Order(sitting.prediction or "", keep, wanted)

    def _give_up(self, sitting: Sitting, error: str, *, patient: bool) -> None:
        """Write how a drawing ended that brought no picture. One that the provider goes on with is taken up again."""
        if self._closing.is_set():
            return
        with self.desk.db.write() as tx:
            now = self.desk.now()
            if not store.wanted(tx, sitting.id, sitting.hand):
                store.cancelled(tx, sitting.id, sitting.hand, now)
            elif patient and sitting.pauses < TRIES and store.is_begun(tx, sitting.id):
                store.rests(tx, sitting.id, sitting.hand, now)
            else:
                store.failed(tx, sitting.id, sitting.hand, error, now)
