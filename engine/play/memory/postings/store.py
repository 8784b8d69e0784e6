"""SQL of postings: which rows hold a term, read on from where the shelf ends."""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from engine.db.database import Database, is_reading
from engine.play.effects import Sight
from engine.play.memory.postings.shelf import Shelf
from engine.play.memory.scoring import Hits, State
from engine.play.memory.tables import memory_events, memory_terms

_M, _T = memory_events.c, memory_terms.c
_HITS = (
    sa.select(_T.term, _T.seq, _T.tf, _T.length)
    .where(
        _T.timeline_id == sa.bindparam("timeline"),
        _T.term.in_(sa.bindparam("terms", expanding=True)),
        _T.seq > sa.bindparam("above"),
    )
    .order_by(_T.term, _T.seq)
)
"""Read from the postings alone: a long timeline has thousands of them for one line."""
_UNSEEN = sa.union_all(
    sa.select(_M.seq).where(
        _M.timeline_id == sa.bindparam("timeline"),
        _M.at > sa.bindparam("seen"),
        _M.length >= sa.literal_column("0"),
    ),
    sa.select(_M.seq).where(_M.timeline_id == sa.bindparam("timeline"), ~_M.standing),
)
"""What the sight does not reach and what does not stand: few rows beside all that do."""


def postings(
    tx: sa.Connection, sight: Sight, terms: Collection[str], states: Sequence[State] = ()
) -> list[Mapping[str, Hits]]:
    """The standing rows that hold any of the terms, for each timeline of the sight, own first.

    With the timelines' `states`, a transaction that only reads takes what is held. One that writes may be undone: what
    it reads is never held.
    """
    shelf = _shelves.setdefault(tx.engine, Shelf()) if states and is_reading(tx) else None
    found: list[Mapping[str, Hits]] = []
    for depth, (timeline, seen) in enumerate(sight.lines):
        hits = _read_on(tx, shelf, timeline, terms, states[depth]) if shelf else _read(tx, timeline, terms)
        unseen = [seq for (seq,) in tx.execute(_UNSEEN, {"timeline": timeline, "seen": seen})]
        found.append(_without(hits, unseen) if unseen else hits)
    return found


def let_go(db: Database) -> None:
    """Hold nothing of a database any more: who was erased leaves no word in memory either."""
    _shelves.pop(db.engine, None)


def warm() -> None:
    """Load what is slow to load, so that no first search waits for it."""
    importlib.import_module("numpy")  # a tenth of a second


_shelves: WeakKeyDictionary[sa.Engine, Shelf] = WeakKeyDictionary()


def _read_on(tx: sa.Connection, shelf: Shelf, timeline: str, terms: Collection[str], state: State) -> dict[str, Hits]:
    """A timeline's hits as its state is in this transaction."""
    held = shelf.of(timeline, terms, state)
    fresh = _read(tx, timeline, [term for term in terms if term not in held])
    ends = {term: upto for term, (upto, _) in held.items() if upto < state.last_seq}
    newer = _read(tx, timeline, list(ends), min(ends.values())) if ends else {}
    known = {
        term: _joined(hits, newer[term], upto) if term in newer and term in ends else _up_to(hits, state.last_seq)
        for term, (upto, hits) in held.items()
    }
    found = fresh | known
    shelf.keep(timeline, found, state)
    return found


def _read(tx: sa.Connection, timeline: str, terms: Collection[str], above: int = 0) -> dict[str, Hits]:
    """The hits of terms in rows above a seq, whether or not they stand."""
    import numpy as np  # noqa: PLC0415  (a tenth of a second, only where something is looked for)

    rows = tx.execute(_HITS, {"timeline": timeline, "terms": list(terms), "above": above}).all() if terms else ()
    if not rows:
        return {}
    told, *columns = zip(*rows, strict=True)
    seqs, tfs, lengths = (np.array(column, np.int32) for column in columns)
    found: dict[str, Hits] = {}
    begin = 0
    for term, count in Counter(told).items():  # rows come term by term
        part = slice(begin, begin + count)
        found[term] = Hits(seqs[part], tfs[part], lengths[part])
        begin += count
    return found


def _up_to(hits: Hits, last_seq: int) -> Hits:
    """The hits that a transaction sees which began before somebody read further."""
    if not len(hits.seqs) or hits.seqs[-1] <= last_seq:
        return hits
    end = int(hits.seqs.searchsorted(last_seq, side="right"))
    return Hits(hits.seqs[:end], hits.tfs[:end], hits.lengths[:end])


def _joined(hits: Hits, newer: Hits, upto: int) -> Hits:
    """Hits with those that came after the seq up to which they were read."""
    import numpy as np  # noqa: PLC0415

    begin = int(newer.seqs.searchsorted(upto, side="right"))
    parts: Iterable[tuple[Any, Any]] = zip(hits, newer, strict=True)
    return Hits(*(np.concatenate((old, new[begin:])) for old, new in parts))


def _without(found: Mapping[str, Hits], unseen: Collection[int]) -> dict[str, Hits]:
    """Hits without those in rows that are not seen."""
    import numpy as np  # noqa: PLC0415

    out = np.zeros(1 + max(*unseen, *(int(hits.seqs[-1]) for hits in found.values()), 0), np.bool_)
    out[list(unseen)] = True
    kept: dict[str, Hits] = {}
    for term, hits in found.items():
        hidden = out[hits.seqs]
        if not hidden.any():
            kept[term] = hits
        elif not hidden.all():
            kept[term] = Hits(*(column[~hidden] for column in hits))
    return kept
