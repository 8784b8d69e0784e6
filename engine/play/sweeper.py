"""The sweeper: finishes what a dead process left, from the rows alone. The take row is the outbox.

Takes whose lease ran out get a final state with the text saved so far; accepted turns nobody answers are answered;
after-work and pictures that are due are started. Safe to run anywhere, any number of times.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engine.background import StartJob
from engine.db.desk import Desk
from engine.kernel.crash import crash
from engine.kernel.text import clean
from engine.play import turn as turns_room
from engine.play.conversation.takes import store as takes
from engine.play.conversation.takes.store import Spoken
from engine.play.scenes import store as scenes
from engine.play.speaker import INTERRUPTED, Speakers

log = logging.getLogger(__name__)
UNANSWERED = timedelta(seconds=3)
STARTED_BUT_NOT_DONE = timedelta(seconds=45)
BATCH = 200


@dataclass(slots=True)
class Sweeper:
    """Looks for unfinished work every few seconds until it is closed; `start_job` is None where none is done here."""

    desk: Desk
    speakers: Speakers
    start_job: StartJob | None
    keep_slot: Callable[[], None]
    also: tuple[tuple[str, Callable[[], object], float], ...] = ()
    _closing: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list[threading.Thread])

    def run(self, sweep_seconds: float) -> None:
        """Start the pulse (each second), the sweep, keeping the slot, and what is `also` given with its pause."""
        works = (
            ("pulse", self.speakers.pulse, 1.0),
            ("sweep", self.sweep, sweep_seconds),
            ("slot", self.keep_slot, 10.0),
            *self.also,
        )
        for name, work, pause in works:
            thread = threading.Thread(target=self._each, args=(work, pause), name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def close(self) -> None:
        """Stop looking."""
        self._closing.set()
        for thread in self._threads:
            thread.join(3.0)

    def sweep(self, *, alone: bool = False) -> None:
        """One look. `alone` says that no other process can be at work on this database, so nothing needs to age."""
        now = self.desk.now()
        self._finish_dead_takes(now, timedelta(0) if alone else turns_room.LEASE)
        self._answer_waiting_turns(now, timedelta(0) if alone else UNANSWERED)
        old = timedelta(0) if alone else STARTED_BUT_NOT_DONE
        if self.start_job is None:
            return
        for take_id, attempt in self._due_after_work(now - old):
            self.start_job("after", take_id, attempt)
        for scene_id, attempt in self._due_pictures(now - old):
            self.start_job("draw", scene_id, attempt)

    def _each(self, work: Callable[[], object], pause: float) -> None:
        while not self._closing.wait(pause):
            try:
                work()
            except Exception:
                log.exception("the look for unfinished work failed; it comes again")

    def _finish_dead_takes(self, now: datetime, age: timedelta) -> None:
        """Speaking takes without a live speaker become partial, or failed if nothing was said."""
        with self.desk.db.read() as tx:
            found = takes.speaking_since(tx, now - age)
        for turn_id, take_id, slot, text in found:
            if self.speakers.speaks(turn_id, take_id):
                continue
            said = clean(text)
            spoken = Spoken("partial" if said else "failed", said, error=INTERRUPTED)
            try:
                turns_room.record(self.desk, take_id, slot, spoken, None, own_after=False)
            except Exception:
                log.exception("take %s could not be finished; it comes again", take_id)

    def _answer_waiting_turns(self, now: datetime, age: timedelta) -> None:
        """Accepted turns without a take, of which no process may know any more."""
        with self.desk.db.read() as tx:
            ids = takes.unanswered(tx, now - age, BATCH)
        for turn_id in ids:
            self.speakers.answer(turn_id)

    def _due_after_work(self, started_before: datetime) -> list[tuple[str, int]]:
        with self.desk.db.write() as tx:
            marked = takes.start_due(tx, started_before, self.desk.now(), BATCH)
        if marked:
            crash("sweep.after-mark")
        return marked

    def _due_pictures(self, started_before: datetime) -> list[tuple[str, int]]:
        with self.desk.db.write() as tx:
            marked = scenes.start_due(tx, started_before, self.desk.now(), BATCH)
        if marked:
            crash("sweep.after-mark")
        return marked


def leave(desk: Desk, name: str, key: str) -> None:
    """Leave a job to the next sweep of whichever process does the durable work."""
    with desk.db.write() as tx:
        if name == "after":
            takes.nobody_started(tx, key)
        else:
            scenes.nobody_started(tx, key, desk.now() - STARTED_BUT_NOT_DONE)


def unfinished(desk: Desk) -> int:
    """How much is still being spoken, remembered or drawn, for whoever waits for quiet."""
    with desk.db.read() as tx:
        return takes.count_unfinished(tx, None) + scenes.count_unfinished(tx, None)
