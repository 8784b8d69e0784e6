"""Drawing in the background: candidates are drawn by the engine, so that a page may be closed or reloaded meanwhile.

A job is held in memory, by the engine of this process: where several serve, only the one that draws tells how far it
has come. What is drawn is kept in rows, whether or not anybody waits for it, and shows everywhere.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from engine.errors import BadInput, ColdopenError

log = logging.getLogger(__name__)
State = Literal["waiting", "drawing", "ready", "failed", "cancelled"]
Draw = Callable[[int], str]
"""Draws the candidate of a seed: its asset id."""
AT_ONCE = 2
"""Pictures that this engine draws at the same time for all writers together."""
MOST = 8
"""Candidates of one job."""
_BROKE = "The picture could not be drawn. Try again."
_UNDER_WAY = ("waiting", "drawing")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One picture of a job. `error` is a sentence for the writer."""

    seed: int
    state: State = "waiting"
    asset_id: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """Candidates that are drawn together, in the order in which they were asked for."""

    candidates: tuple[Candidate, ...]

    @property
    def running(self) -> bool:
        """Whether anything of it is still to come."""
        return any(one.state in _UNDER_WAY for one in self.candidates)

    @property
    def done(self) -> int:
        """How many candidates have come to their end, whatever end."""
        return sum(1 for one in self.candidates if one.state not in _UNDER_WAY)


@dataclass(slots=True)
class Jobs:
    """The jobs of one engine: the latest of each character."""

    closing: threading.Event = field(default_factory=threading.Event)
    _by_key: dict[str, Job] = field(default_factory=dict[str, Job])
    _threads: list[threading.Thread] = field(default_factory=list[threading.Thread])
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _turns: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(AT_ONCE))

    def start(self, key: str, seeds: Sequence[int], draw: Draw) -> Job:
        """Draw a candidate for each seed. Where a job of that key is running already, that one is given: a second
        click starts nothing. Raises BadInput for no seeds, too many, or the same twice.
        """
        if not 1 <= len(seeds) <= MOST or len(set(seeds)) != len(seeds):
            raise BadInput(f"Ask for 1 to {MOST} candidates, each with a seed of its own.")
        with self._lock:
            standing = self._by_key.get(key)
            if standing is not None and standing.running:
                return standing
            job = self._by_key[key] = Job(tuple(Candidate(seed) for seed in seeds))
            self._threads = [one for one in self._threads if one.is_alive()]
            for seed in seeds:
                self._begin(key, seed, draw)
        return job

    def of(self, key: str) -> Job | None:
        """The latest job of a key as it is now, running or over; None where there was none."""
        with self._lock:
            return self._by_key.get(key)

    def cancel(self, key: str) -> None:
        """Begin no more pictures of a job; one that is on the easel is finished and kept."""
        with self._lock:
            job = self._by_key.get(key)
            if job is not None:
                kept = (replace(one, state="cancelled") if one.state == "waiting" else one for one in job.candidates)
                self._by_key[key] = Job(tuple(kept))

    def close(self, seconds: float) -> None:
        """Begin nothing more, and give what is being drawn these seconds."""
        self.closing.set()
        for key in list(self._by_key):
            self.cancel(key)
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _begin(self, key: str, seed: int, draw: Draw) -> None:
        thread = threading.Thread(target=self._run, args=(key, seed, draw), name=f"draw-{seed}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _run(self, key: str, seed: int, draw: Draw) -> None:
        with self._turns:
            if self._set(key, seed, Candidate(seed, "drawing"), only="waiting"):
                self._set(key, seed, _drawn(seed, draw), only="drawing")

    def _set(self, key: str, seed: int, to: Candidate, *, only: State) -> bool:
        """Change a candidate's state from `only`. False where it is in another one: it was cancelled meanwhile."""
        with self._lock:
            job = self._by_key[key]
            if not any(one.seed == seed and one.state == only for one in job.candidates):
                return False
            self._by_key[key] = Job(tuple(to if one.seed == seed else one for one in job.candidates))
            return True


def _drawn(seed: int, draw: Draw) -> Candidate:
    try:
        return Candidate(seed, "ready", asset_id=draw(seed))
    except ColdopenError as error:
        return Candidate(seed, "failed", error=str(error))
    except Exception:  # whatever breaks, the writer is told and the others are drawn
        log.exception("the candidate of seed %s was not drawn", seed)
        return Candidate(seed, "failed", error=_BROKE)
