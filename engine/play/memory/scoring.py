"""How well rows answer a query: BM25 over stems, the lines around a line, who is named, and importance. Pure."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from engine.kernel.stems import STOP_WORDS, stem, stems, words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

K1 = 0.9
B = 0.4
NEIGHBOUR = 0.5
NAMED = 0.4
IMPORTANCE = 0.3
PREVIOUS = 0.5
WIDEST = 150
MEANING = 0.6
MEANT_BESIDE = 0.2

Place = tuple[int, int]
"""Where a row is: how far up the line of parents its timeline stands (0 is the own one), and its seq there."""


class Hits(NamedTuple):
    """The rows of a timeline that hold a term, in order: how often each does, and how many terms each has."""

    seqs: NDArray[np.int32]
    tfs: NDArray[np.int32]
    lengths: NDArray[np.int32]


class Brief(NamedTuple):
    """What scoring must know of a row; `before` and `after` are the seqs of the standing lines around a line."""

    place: Place
    id: str
    subject: str
    importance: float
    before: int | None
    after: int | None


class Scored(NamedTuple):
    """A row with its score."""

    score: float
    place: Place
    id: str


class State(NamedTuple):
    """How far the rows of a timeline go, and how many of them were emptied since: equal states, equal postings."""

    last_seq: int
    emptied: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows a timeline sees standing, their terms together, who speaks in its lines, and each one's state."""

    rows: int
    terms: int
    speakers: tuple[str, ...]
    states: tuple[State, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: stems with weights, and the plain words, in which names are found."""

    weights: Mapping[str, float]
    said: frozenset[str]

    def without(self, names: Iterable[str]) -> Query:
        """The same without speakers' names, unless nothing else is left."""
        stripped = {stem(word) for name in names for word in words(name)}
        rest = {term: weight for term, weight in self.weights.items() if term not in stripped}
        return replace(self, weights=rest or self.weights)


def query_of(line: str, previous_line: str = "") -> Query:
    """The query that a line makes, with the line before it at half weight."""
    weights = dict.fromkeys(stems(previous_line), PREVIOUS) | dict.fromkeys(stems(line), 1.0)
    return Query(weights, frozenset(words(line)) - STOP_WORDS)


@dataclass(frozen=True, slots=True)
class Lexical:
    """BM25 of rows by their words: for each seen timeline, own first, an array by seq; 0 where no word is held."""

    scores: tuple[NDArray[np.float64], ...]

    def get(self, place: Place, default: float = 0.0) -> float:
        """The score of the row at a place."""
        depth, seq = place
        here = self.scores[depth]
        return float(here[seq]) if seq < len(here) else default

    def heaviest(self, most: int) -> list[Place]:
        """The places with the highest scores; equal ones in order of telling."""
        import numpy as np  # noqa: PLC0415  (a tenth of a second, only where something is looked for)

        held = [np.flatnonzero(here) for here in self.scores]
        values = np.concatenate([here[seqs] for here, seqs in zip(self.scores, held, strict=True)])
        floor = np.partition(values, -most)[-most] if len(values) > most else 0.0
        high = {
            (depth, seq): float(self.scores[depth][seq])
            for depth, seqs in enumerate(held)
            for seq in seqs[self.scores[depth][seqs] >= floor].tolist()
        }
        return heaviest(high, most)


def lexical(found: Sequence[Mapping[str, Hits]], query: Query, counts: Counts) -> Lexical:
    """BM25 of every row that holds a term of the query; `found` has the hits of each seen timeline, own first."""
    import numpy as np  # noqa: PLC0415

    average = counts.terms / counts.rows if counts.terms else 1.0
    flat, slope = K1 * (1 - B), K1 * B / average
    sizes = [1 + max((int(hits.seqs[-1]) for hits in here.values() if len(hits.seqs)), default=0) for here in found]
    scores = tuple(np.zeros(size) for size in sizes)
    for term, weight in query.weights.items():  # in the query's order, so that sums are equal on every database
        hits = [(depth, here[term]) for depth, here in enumerate(found) if term in here]
        rows = sum(len(one.seqs) for _, one in hits)
        factor = weight * math.log(1 + max(0.0, counts.rows - rows + 0.5) / (rows + 0.5)) * (K1 + 1)
        for depth, (seqs, tfs, lengths) in hits:
            scores[depth][seqs] += factor * tfs / (tfs + flat + slope * lengths)
    return Lexical(scores)


def heaviest(scores: Mapping[Place, float], most: int) -> list[Place]:
    """The places with the highest scores; equal ones in order of telling."""
    floor = min(heapq.nlargest(most, scores.values()), default=0.0)
    high = [place for place, score in scores.items() if score >= floor]
    return sorted(high, key=lambda place: (-scores[place], *_told(place)))[:most]


def in_context(scores: Lexical, rows: Iterable[Brief]) -> tuple[dict[Place, float], dict[Place, float]]:
    """Scores with half of those of the lines around: of the given rows, and of lines beside them that are not given."""
    mine: dict[Place, float] = {}
    beside: dict[Place, float] = defaultdict(float)
    for row in rows:
        own = scores.get(row.place)
        around = [(row.place[0], seq) for seq in (row.before, row.after) if seq is not None]
        mine[row.place] = own + NEIGHBOUR * sum(scores.get(place) for place in around)
        for place in around:
            beside[place] += NEIGHBOUR * own
    return mine, {place: value + scores.get(place) for place, value in beside.items() if place not in mine}


def scored(context: Mapping[Place, float], rows: Iterable[Brief], query: Query) -> list[Scored]:
    """The rows with their final scores, best first; equal ones in order of telling."""
    named: dict[str, float] = {}
    found: list[Scored] = []
    for row in rows:
        if row.subject not in named:
            named[row.subject] = 1 + NAMED * (not query.said.isdisjoint(words(row.subject)))
        score = context.get(row.place, 0.0) * named[row.subject] * (1 + IMPORTANCE * row.importance)
        if score > 0:
            found.append(Scored(score, row.place, row.id))
    return sorted(found, key=lambda one: (-one.score, *_told(one.place)))


def fused(words: Sequence[Scored], rows: Iterable[Brief], near: Mapping[Place, float]) -> list[Scored]:
    """Scores by words, the best of them as one, plus a share of how near in meaning a row and the lines around it are.

    Scores are added, never ranks: a rank forgets by how much the best is better (`memory.md`, section 1).
    """
    best = max((one.score for one in words), default=1.0)
    by_words = {one.place: one.score / best for one in words}
    found: list[Scored] = []
    for row in rows:
        around = sum(near.get((row.place[0], seq), 0.0) for seq in (row.before, row.after) if seq is not None)
        meant = near.get(row.place, 0.0) + MEANT_BESIDE * around
        score = by_words.get(row.place, 0.0) + MEANING * meant
        if score > 0:
            found.append(Scored(score, row.place, row.id))
    return sorted(found, key=lambda one: (-one.score, *_told(one.place)))


def ceiling(context: float) -> float:
    """The most that a row with this context can score."""
    return context * (1 + NAMED) * (1 + IMPORTANCE)


def _told(place: Place) -> tuple[int, int]:
    """Parents' rows were told before their children's."""
    return -place[0], place[1]
