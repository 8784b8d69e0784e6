"""Nouns of analytics: what is asked, and the figures that come back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from engine.errors import BadInput

Dimension = Literal["world", "character", "episode", "genre", "release"]
DIMENSIONS: tuple[Dimension, ...] = ("world", "character", "episode", "genre", "release")
AUDIENCES = ("player", "tester", "rehearsal")
COUNTED_BY_DEFAULT = ("player", "tester")
DEMO = "synthetic"
"""The audience of demo data: out of every figure unless it is asked for."""
SURE_FROM = 30
"""Below so many a share is shown greyed, with its interval, never hidden."""
_Z = 1.96
_LONGEST = 3_660


@dataclass(frozen=True, slots=True)
class Filter:
    """What a figure is about. Days are of `zone`, both ends included; None leaves a dimension open."""

    since: date
    until: date
    zone: str = "UTC"
    world: str | None = None
    character: str | None = None
    episode: str | None = None
    genre: str | None = None
    release: str | None = None
    audiences: tuple[str, ...] = COUNTED_BY_DEFAULT
    demo: bool = False

    @property
    def counted(self) -> tuple[str, ...]:
        """The audiences that count, with the demo's where it is shown."""
        return (*(one for one in self.audiences if one != DEMO), *((DEMO,) if self.demo else ()))

    @property
    def days(self) -> int:
        """How many days it spans."""
        return (self.until - self.since).days + 1

    def checked(self) -> Filter:
        """The filter itself. Raises BadInput for days in the wrong order, a span of over ten years or an odd zone."""
        if self.until < self.since:
            raise BadInput("The last day lies before the first one. Choose the days again.")
        if self.days > _LONGEST:
            raise BadInput("Choose ten years at most.")
        try:
            ZoneInfo(self.zone)
        except (KeyError, ValueError, OSError) as error:
            raise BadInput("That is not a time zone; write one like Europe/Vienna.") from error
        return self

    def span_before(self) -> tuple[date, date]:
        """The period of the same length that ends the day before."""
        return self.since - timedelta(days=self.days), self.since - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`, with Wilson's 95 % interval."""

    part: int
    whole: int

    @property
    def rate(self) -> float | None:
        """The share itself, or None where there is nothing to share."""
        return self.part / self.whole if self.whole else None

    @property
    def low(self) -> float | None:
        """The lower end of the interval."""
        return self._end(-1)

    @property
    def high(self) -> float | None:
        """The upper end of the interval."""
        return self._end(+1)

    @property
    def unsure(self) -> bool:
        """Whether it stands on too few to be relied on."""
        return self.whole < SURE_FROM

    def _end(self, sign: int) -> float | None:
        k, n, z2 = self.part, self.whole, _Z * _Z
        if not n:
            return None
        spread = _Z * math.sqrt(k * (n - k) / n + z2 / 4)
        return min(1.0, max(0.0, (k + z2 / 2 + sign * spread) / (n + z2)))


@dataclass(frozen=True, slots=True)
class Totals:
    """A period in five figures. `turns_per_session` is the median over the sessions started in it."""

    active: int
    sessions: int
    turns: int
    turns_per_session: float | None
    completion: Share


@dataclass(frozen=True, slots=True)
class Overview:
    """A period, and the one of the same length before it."""

    now: Totals
    before: Totals


@dataclass(frozen=True, slots=True)
class Day:
    """One local day. `running` says that it is not over yet."""

    day: date
    active: int
    sessions: int
    turns: int
    completed: int
    running: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The sessions of one world, character, episode, genre or release."""

    key: str
    label: str
    sessions: int
    players: int
    turns: int
    turns_per_session: float | None
    completion: Share


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session behind a figure. `ending` is None while it goes on."""

    id: str
    player: str
    character: str
    episode: str
    release: int | None
    started_at: datetime
    turns: int
    ending: str | None
    audience: str


@dataclass(frozen=True, slots=True)
class SessionPage:
    """A page of the sessions behind a figure, and how many there are in all (0 where the page lies beyond the last)."""

    rows: tuple[SessionRow, ...]
    whole: int


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a filter: its key and how it is called."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export left: when, and how many events and sessions are in it, of real people and of the demo."""

    at: datetime
    version: int
    events: int
    sessions: int
    demo_sessions: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an export is, in rows. `total` is an estimate where only what changed is read."""

    done: int
    total: int

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0
