"""Meanings: vectors of queries in time for a reply, and of memories behind the turns, where an embedder is configured.

No transaction is open while the embedder is asked. When it fails, memories are found by words, and what lacks a vector
is tried again behind the timeline's next turn.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.db.desk import Desk
from engine.errors import NotFound, ProviderError, ProviderRefused
from engine.kernel.stems import stems
from engine.play.conversation.timelines import store as timelines
from engine.play.memory import Meaning
from engine.play.memory.meaning import WIDTH, packed
from engine.play.memory.vectors import store as vectors
from engine.providers.embeddings import AT_ONCE, Embedder

log = logging.getLogger(__name__)
ROUNDS = 4
"""How often at most a turn asks for AT_ONCE vectors: what is older waits for the next turn."""
WORK_SECONDS = 30.0
"""How long one of these may take: a server at home may have to load its model first."""
LONGEST = 1_500
"""Characters of a text that are embedded: what small models and servers take without being told to."""
GOING = 0.1
"""Seconds for the thread to see that nothing is wanted any more; one that waits for the embedder is left behind."""
LAST_CALL = 1.0
"""Seconds that what is under way gets when the engine closes: a single line on the command line is embedded too."""


@dataclass(slots=True)
class Meanings:
    """What asks the embedder; its thread begins with the first turn that is done in this process."""

    desk: Desk
    embedder: Embedder
    seconds: float
    _done: dict[tuple[str, int], int] = field(default_factory=dict[tuple[str, int], int])
    _wanted: dict[str, None] = field(default_factory=dict[str, None])
    _busy: bool = False
    _closing: bool = False
    _moved: threading.Condition = field(default_factory=threading.Condition)
    _thread: threading.Thread | None = None

    def of(self, *lines: str) -> Meaning | None:
        """The meaning of the first of these lines that says anything; None when there is none, or not in time."""
        line = next((one for one in lines if stems(one)), "")
        if not line:
            return None
        try:
            (vector,) = self.embedder.embed([line[:LONGEST]], seconds=self.seconds)
        except ProviderError as error:
            log.warning("memories are found by words alone: %s", error)
            return None
        except Exception:
            log.exception("memories are found by words alone")
            return None
        return Meaning(self.embedder.name, packed(vector))

    def wake(self, timeline_id: str) -> None:
        """Have a timeline's memories embedded behind the scenes; nobody waits for it."""
        with self._moved:
            if self._closing:
                return
            self._wanted[timeline_id] = None
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="meanings", daemon=True)
                self._thread.start()
            self._moved.notify_all()

    def settled(self, seconds: float) -> bool:
        """Wait until nothing that was asked for is under way. False when the time was up first."""
        with self._moved:
            return self._moved.wait_for(lambda: not self._wanted and not self._busy, seconds)

    def catch_up(self, timeline_id: str) -> int:
        """Embed what the timeline and its parents have without a vector of this model, newest first: how many rows.

        At most ROUNDS times AT_ONCE of them. Doing it again changes nothing. Raises ProviderError, or NotFound.
        """
        with self.desk.db.read() as tx:
            places = [here for here, _ in timelines.sight(tx, timeline_id).lines]
        embedded = rounds = 0
        while places and rounds < ROUNDS and not self._closing:
            found = self._bare(places[0])
            if not found:
                places.pop(0)
                continue
            made = dict(zip((one.id for one in found), self._embed([one.text for one in found]), strict=True))
            if self._closing:
                break
            with self.desk.db.write() as tx:
                embedded += vectors.keep(tx, self.embedder.name, made)
            rounds += 1
        return embedded

    def close(self) -> None:
        """Finish what is under way, if that is soon, and ask for nothing more; a later answer is dropped."""
        self.settled(LAST_CALL)
        with self._moved:
            self._closing = True
            self._moved.notify_all()
        if self._thread is not None:
            self._thread.join(GOING)

    def _work(self) -> None:
        while True:
            with self._moved:
                self._busy = False
                self._moved.notify_all()
                self._moved.wait_for(lambda: self._wanted or self._closing)
                if self._closing:
                    return
                timeline_id = next(iter(self._wanted))
                del self._wanted[timeline_id]
                self._busy = True
            try:
                self.catch_up(timeline_id)
            except NotFound:
                log.info("vectors of %s are not wanted any more: it was erased", timeline_id)
            except ProviderError as error:
                log.warning("memories will be embedded behind the next turn: %s", error)
            except Exception:
                log.exception("memories will be embedded behind the next turn")

    def _bare(self, timeline_id: str) -> list[vectors.Bare]:
        """The newest memories without a vector; where there are none, the next look begins above what is there now."""
        by, size = self.embedder.name, WIDTH * self.embedder.dimensions
        above = self._done.get((timeline_id, size), 0)
        with self.desk.db.read() as tx:
            found = vectors.missing(tx, timeline_id, by=by, size=size, above=above, most=AT_ONCE)
            if not found:
                self._done[timeline_id, size] = vectors.last_seq(tx, timeline_id)
        return found

    def _embed(self, texts: Sequence[str]) -> list[bytes | None]:
        """A vector for each text. None for one that the embedder does not take, while it takes others beside it."""
        try:
            return self._asked(texts)
        except ProviderRefused:
            if len(texts) == 1:
                raise
        alone = [self._alone(text) for text in texts]
        if not any(alone):
            raise ProviderRefused("The embedder does not take any of these texts.")
        return alone

    def _alone(self, text: str) -> bytes | None:
        try:
            return self._asked([text])[0]
        except ProviderRefused:
            return None

    def _asked(self, texts: Sequence[str]) -> list[bytes | None]:
        return [
            packed(vector) for vector in self.embedder.embed([one[:LONGEST] for one in texts], seconds=WORK_SECONDS)
        ]
