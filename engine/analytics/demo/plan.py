"""Planning demo data: who plays what, when and how far. Pure; the same seed gives the same plan."""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from engine.story.episode import EpisodeTemplate
from engine.story.release import Release

MARK = "demo"
"""Ids of demo data begin with this; ids of the engine never do."""
Kind = Literal["positive", "neutral", "negative", "surprise", "budget"]
_KINDS: tuple[Kind, ...] = ("positive", "neutral", "negative", "surprise")
_SHARES = (45, 20, 25, 10)
_QUIET = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much demo data is wanted, and in which words. `now` is the end of its last day."""

    days: int
    players: int
    seed: int
    now: datetime
    lines: tuple[str, ...]
    replies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A line and its reply: when it was sent, and how long the reply took, in milliseconds."""

    at: datetime
    line: str
    reply: str
    took: int


@dataclass(frozen=True, slots=True)
class Playing:
    """One play-through. `ending` is None where it was left."""

    player: int
    release: Release
    episode: EpisodeTemplate
    started_at: datetime
    exchanges: tuple[Exchange, ...]
    ending: Kind | None


@dataclass(slots=True)
class _Player:
    """Somebody who does not exist: when they came, how keen they are, and how far they are with each character."""

    number: int
    came: int
    keenness: float
    patience: float
    done: dict[str, int] = field(default_factory=dict[str, int])


def demo_id(seed: int, *parts: str | int) -> str:
    """An id of demo data: the same parts give the same id."""
    told = "\x1f".join(str(part) for part in (seed, *parts))
    return MARK + hashlib.sha256(told.encode()).hexdigest()[:28]


def plan(wanted: Wanted, releases: Sequence[Release]) -> list[Playing]:
    """Every play-through, by the time it began. Nothing lies within the last half hour, or in the future."""
    dice = random.Random(wanted.seed)  # noqa: S311  (not a secret: the same seed must give the same plan)
    first = wanted.now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=wanted.days - 1)
    found: list[Playing] = []
    for number in range(1, wanted.players + 1):
        who = _Player(number, int(wanted.days * dice.random() ** 1.3), dice.uniform(0.25, 0.95), dice.uniform(0.3, 1.0))
        for day in range(who.came, wanted.days):
            if dice.random() < _chance(who, day, first + timedelta(days=day)):
                found += _evening(dice, who, wanted, releases, first + timedelta(days=day))
    latest = wanted.now - _QUIET
    whole = [one for one in found if (one.exchanges[-1].at if one.exchanges else one.started_at) < latest]
    return sorted(whole, key=lambda one: (one.started_at, one.player))


def _chance(who: _Player, day: int, date: datetime) -> float:
    """How likely somebody plays on a day: always on the first, less the longer ago that was, more at the weekend."""
    age = day - who.came
    weekend = 1.4 if date.weekday() >= 5 else 1.0  # noqa: PLR2004  (Saturday and Sunday)
    return 1.0 if age == 0 else min(0.9, who.keenness * weekend * (0.1 + 0.6 * math.exp(-age / 9)))


def _evening(
    dice: random.Random, who: _Player, wanted: Wanted, releases: Sequence[Release], day: datetime
) -> list[Playing]:
    """One or two episodes of a character, one after the other."""
    weights = [3.0 / (place + 2) for place in range(len(releases))]
    release = dice.choices(releases, weights)[0]
    at = day + timedelta(minutes=dice.triangular(8 * 60, 23 * 60, 20.5 * 60))
    played: list[Playing] = []
    for _ in range(1 if dice.random() < 0.7 else 2):  # noqa: PLR2004  (seven evenings of ten hold one episode)
        episodes = sorted(release.payload.episodes, key=lambda one: (one.order, one.slug))
        place = who.done.get(release.character_id, 0)
        if place >= len(episodes):
            break
        one = _play(dice, who, wanted, release, episodes[place], at)
        who.done[release.character_id] = place + 1
        played.append(one)
        if one.ending is None:
            break
        at = one.exchanges[-1].at + timedelta(minutes=dice.uniform(2, 9))
    return played


def _play(
    dice: random.Random, who: _Player, wanted: Wanted, release: Release, episode: EpisodeTemplate, at: datetime
) -> Playing:
    budget, stays = episode.turn_budget, 0.80 + 0.19 * who.patience
    turns = next((turn for turn in range(budget) if dice.random() > stays), budget)
    closing = round(budget * 0.8)
    ending: Kind | None = None
    if turns >= closing:
        turns = dice.randint(closing, budget)
        ending = "budget" if turns == budget and dice.random() < 0.3 else dice.choices(_KINDS, _SHARES)[0]  # noqa: PLR2004
    exchanges: list[Exchange] = []
    moment = at
    for number in range(turns):
        moment += timedelta(seconds=20 + dice.expovariate(1 / 35))
        first = number == 0 and episode.starter_lines
        line = dice.choice(episode.starter_lines if first else wanted.lines)
        exchanges.append(Exchange(moment, line, dice.choice(wanted.replies), int(dice.lognormvariate(7.2, 0.35))))
    return Playing(who.number, release, episode, at, tuple(exchanges), ending)
