"""A shelf of long postings: each as far as it was read, so that a search only reads on from there. No SQL.

Rows of a timeline come in the order of their seqs and never change their words; where some were emptied since, all that
is held of that timeline is dropped. So what a search finds never depends on what was held.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from engine.play.memory.scoring import Hits, State

MOST = 2_000_000
"""Postings that are held of one database, at twelve bytes each."""
LONG = 64
"""Rows from which on a term's postings are worth holding."""


@dataclass(slots=True)
class _Held:
    """Long postings of one timeline, each with the seq up to which it was read."""

    emptied: int
    terms: dict[str, tuple[int, Hits]] = field(default_factory=dict[str, tuple[int, Hits]])
    size: int = 0

    def take(self, term: str, hits: Hits, upto: int) -> None:
        """Hold a term's postings, unless they were read further already."""
        before = self.terms.get(term)
        if before is None or before[0] < upto:
            self.terms[term] = (upto, hits)
            self.size += len(hits.seqs) - (len(before[1].seqs) if before else 0)


_NOTHING = _Held(-1)


@dataclass(slots=True)
class Shelf:
    """What is held of one database; a timeline that was longest not asked goes first."""

    _held: OrderedDict[str, _Held] = field(default_factory=OrderedDict[str, _Held])
    _size: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, timeline: str, terms: Collection[str], state: State) -> dict[str, tuple[int, Hits]]:
        """The terms that are held of a timeline, each with the seq up to which it was read."""
        with self._lock:
            held = self._held.get(timeline)
            if held is None or held.emptied != state.emptied:
                return {}
            self._held.move_to_end(timeline)
            return {term: held.terms[term] for term in terms if term in held.terms}

    def keep(self, timeline: str, found: Mapping[str, Hits], state: State) -> None:
        """Hold what was read, unless somebody else has read further, or rows were emptied meanwhile."""
        found = {term: hits for term, hits in found.items() if len(hits.seqs) >= LONG}
        if not found:
            return
        with self._lock:
            before = self._held.get(timeline, _NOTHING)
            if before.emptied > state.emptied:
                return
            held = before if before.emptied == state.emptied else _Held(state.emptied)
            self._size -= before.size
            for term, hits in found.items():
                held.take(term, hits, state.last_seq)
            self._size += held.size
            self._held[timeline] = held
            self._held.move_to_end(timeline)
            while len(self._held) > 1 and self._size > MOST:
                self._size -= self._held.popitem(last=False)[1].size
