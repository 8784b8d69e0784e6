"""The ten memories of a prompt: seven that answer, two pinned, one newest, the rest by importance and recency. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from engine.kernel.stems import stems
from engine.play.memory.nouns import LINE, Recalled

SLOTS = 10
RELEVANT, PINNED, NEWEST = 7, 2, 1
RECENCY = 0.15
HALF_LIFE = timedelta(days=30)
SAYS_THE_SAME = 0.6
"""A line is left out when a memory holds this share of its content stems."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What the slots are filled from, each list in its own order."""

    relevant: Sequence[Recalled]
    pinned: Sequence[Recalled]
    newest: Sequence[Recalled]
    rest: Sequence[Recalled]
    outdated: Sequence[Recalled]


def with_prior(found: Iterable[Recalled], now: datetime) -> list[Recalled]:
    """Search results with newer ones raised by up to 15 %, halved every thirty days; best first."""
    raised = [replace(one, score=one.score * (1 + RECENCY * _freshness(one.said_at, now))) for one in found]
    return sorted(raised, key=lambda one: -one.score)


def fill(offer: Offer, exclude_sources: Collection[str]) -> tuple[Recalled, ...]:
    """Ten memories at most, none twice, no line whose message the prompt shows anyway."""
    said = [one for one in (*offer.relevant, *offer.pinned, *offer.newest) if one.type != LINE]
    taken: dict[str, Recalled] = {}
    texts: set[str] = set()

    def take(candidates: Iterable[Recalled], most: int) -> None:
        left = min(most, SLOTS - len(taken))
        for one in candidates:
            if left <= 0:
                return
            if one.type == LINE and one.source_id in exclude_sources:
                continue
            shown = _better(one, said, offer.outdated)
            if shown is not None and shown.id not in taken and shown.text.casefold() not in texts:
                taken[shown.id] = shown
                texts.add(shown.text.casefold())
                left -= 1

    take(offer.relevant, RELEVANT)
    take(offer.pinned, PINNED)
    take(offer.newest, NEWEST)
    take(offer.rest, SLOTS)
    return tuple(taken.values())


def _better(one: Recalled, notes: Sequence[Recalled], outdated: Sequence[Recalled]) -> Recalled | None:
    """A memory in place of the raw line that says the same; None for a line that only says what is no longer so."""
    if one.type != LINE or not _content(one.text):
        return one
    line = _content(one.text)
    enough = SAYS_THE_SAME * len(line)
    best = max(notes, key=lambda note: len(line & _content(note.text)), default=None)
    if best is not None and len(line & _content(best.text)) >= enough:
        return best
    return None if any(len(line & _content(note.text)) >= enough for note in outdated) else one


@lru_cache(maxsize=4_096)
def _content(text: str) -> frozenset[str]:
    return frozenset(stems(text))


def _freshness(said_at: datetime, now: datetime) -> float:
    return 2 ** (-max(0.0, (now - said_at) / HALF_LIFE))
