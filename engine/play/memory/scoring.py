"""How well rows answer a query: BM25 over stems, the lines around a line, who is named, and importance. Pure."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from engine.kernel.stems import STOP_WORDS, stem, stems, words

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


class Posting(NamedTuple):
    """A term in a row: how often, and how many terms the row has."""

    term: str
    seq: int
    tf: int
    length: int


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


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows a timeline sees standing, their terms together, and who speaks in its lines."""

    rows: int
    terms: int
    speakers: tuple[str, ...]


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


def lexical(found: Sequence[Iterable[Posting]], query: Query, counts: Counts) -> dict[Place, float]:
    """BM25 of every row that holds a term of the query; `found` has the postings of each seen timeline, own first."""
    by_term: dict[str, list[tuple[int, int, int, int]]] = defaultdict(list)
    for depth, postings in enumerate(found):
        for term, seq, tf, length in postings:
            by_term[term].append((depth, seq, tf, length))
    average = counts.terms / counts.rows if counts.terms else 1.0
    flat, slope = K1 * (1 - B), K1 * B / average
    scores: dict[Place, float] = defaultdict(float)
    for term, weight in query.weights.items():  # in the query's order, so that sums are equal on every database
        hits = by_term.get(term, ())
        factor = weight * math.log(1 + max(0.0, counts.rows - len(hits) + 0.5) / (len(hits) + 0.5)) * (K1 + 1)
        for depth, seq, tf, length in hits:
            scores[depth, seq] += factor * tf / (tf + flat + slope * length)
    return scores


def heaviest(scores: Mapping[Place, float], most: int) -> list[Place]:
    """The places with the highest scores; equal ones in order of telling."""
    floor = min(heapq.nlargest(most, scores.values()), default=0.0)
    high = [place for place, score in scores.items() if score >= floor]
    return sorted(high, key=lambda place: (-scores[place], *_told(place)))[:most]


def in_context(scores: Mapping[Place, float], rows: Iterable[Brief]) -> tuple[dict[Place, float], dict[Place, float]]:
    """Scores with half of those of the lines around: of the given rows, and of lines beside them that are not given."""
    mine: dict[Place, float] = {}
    beside: dict[Place, float] = defaultdict(float)
    for row in rows:
        own = scores.get(row.place, 0.0)
        around = [(row.place[0], seq) for seq in (row.before, row.after) if seq is not None]
        mine[row.place] = own + NEIGHBOUR * sum(scores.get(place, 0.0) for place in around)
        for place in around:
            beside[place] += NEIGHBOUR * own
    return mine, {place: value + scores.get(place, 0.0) for place, value in beside.items() if place not in mine}


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
