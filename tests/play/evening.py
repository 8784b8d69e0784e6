"""An evening as its model knows it: sessions, turns, takes, endings, what builds on what; and its actor."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.errors import ProviderDown
from engine.play.budget import extended
from tests import tiny
from tests.play.conftest import SHORT
from tests.play.troupe import WHOLE, Piece

if TYPE_CHECKING:
    from engine.providers.llm import Prompt
    from tests.play.troupe import Player

BUDGETS = {SHORT: 3, tiny.SECOND: 6}

FAILS, STOPS = "Say nothing at all.", "Say more than I can hear."
LINES = ("I live here now.", "Tell me the truth.", "*I step closer.*", FAILS)
THREADS = tuple(f"{what} of {city}" for what in ("bridges", "trains", "gardens") for city in ("Paris", "Rome", "Oslo"))
HOMES, KEYS = ("Paris", "Rome", "Oslo"), ("first_truth", "first_touch", "first_quarrel")


def speak(prompt: Prompt, seed: int) -> Iterator[Piece]:
    """A reply that differs from take to take, and picks up a thread now and then."""
    if prompt.lines[-1].content == FAILS and seed % 2:
        raise ProviderDown("Out of breath.")
    yield f"This is reply {seed}, and nobody else's. "
    if seed % 4:
        yield f"I wanted to ask about the {THREADS[seed // 4 % 9]}. "
    yield WHOLE


def notice(reply: str) -> Mapping[str, Any]:
    """Effects of every kind that depend on the reply alone and often meet those of other replies."""
    roll = int(hashlib.sha256(reply.encode()).hexdigest(), 16)
    home = {"kind": "fact", "subject": "Ana", "attribute": "home", "text": f"Ana lives in {HOMES[roll % 3]}"}
    hook = {"type": "question", "content": f"ask about {THREADS[roll // 3 % 9]}", "opener": "And the city?"}
    return {
        "memories": [home] if roll % 4 else [],
        "hooks": [hook] if roll % 3 else [],
        "tension_change": roll % 31 - 15,
        "tone": "tense",
        "beat": f"beat {roll % 7}",
        "milestones": [{"key": KEYS[roll // 9 % 3], "text": "It happened."}] if roll % 2 else [],
    }


@dataclass(eq=False)
class Take:
    """A take as the model knows it. `ends` is the round in which it ended the session, if it did."""

    spoken: bool
    ends: int | None = None
    draws: int = 0


@dataclass(eq=False)
class Turn:
    """A standing turn: its takes, and the number of the chosen one, counted from 0."""

    id: str
    at: int
    takes: list[Take] = field(default_factory=list[Take])
    chosen: int | None = None

    def add(self, take: Take) -> None:
        """A new take, chosen if it was spoken."""
        self.takes.append(take)
        self.chosen = len(self.takes) - 1 if take.spoken else self.chosen


Standing = tuple[tuple[Turn, int | None], ...]


@dataclass
class Act:
    """What can be undone: how the session stood on the other side of it, and the turn whose takes it is about."""

    other: Standing
    turn: Turn | None


Sight = tuple[tuple[int, int], ...]
"""The timelines that one sees, its own first, each with the last turn that is seen of it."""
EVER = 1_000_000


@dataclass(eq=False)
class Session:
    """A session: its own standing turns, what it was forked from, how often somebody stayed, and its acts."""

    player: Player
    episode: str
    timeline: int
    sight: Sight
    parent: Session | None = None
    forked_at: int = 0
    turns: list[Turn] = field(default_factory=list[Turn])
    stays: int = 0
    done: list[Act] = field(default_factory=list[Act])
    undone: list[Act] = field(default_factory=list[Act])
    opening: Turn = field(default_factory=lambda: Turn("", 0, [Take(spoken=True)], 0))

    @property
    def ended(self) -> bool:
        """Whether a chosen take ended the present round."""
        return any(one.chosen is not None and one.takes[one.chosen].ends == self.stays for one in self.turns)

    @property
    def budget(self) -> int:
        """How many turns it may have."""
        return extended(BUDGETS[self.episode], self.stays)

    @property
    def shown(self) -> list[Turn]:
        """The turns that it shows, its parent's first."""
        past = [one for one in self.parent.shown if one.at <= self.forked_at] if self.parent else []
        return past + self.turns

    def sees(self, other: Session, turn: Turn) -> bool:
        """Whether its timeline sees a turn of another session."""
        return any(line == other.timeline and turn.at <= until for line, until in self.sight)

    def stands(self) -> Standing:
        """How it stands."""
        return tuple((one, one.chosen) for one in self.turns)

    def become(self, standing: Standing) -> None:
        """Stand so. A turn that had no reply before keeps the one that it got."""
        self.turns = [one for one, _ in standing]
        for turn, chosen in standing:
            turn.chosen = turn.chosen if chosen is None else chosen
