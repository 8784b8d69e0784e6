"""Dates in words, resolved on the day of whoever said them; unclear phrases give none instead of a guess."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from engine.kernel.phrases import Hit, Moment, Said, clock_alone, hits

_DOUBT = re.compile(r"\b(?:or|not|no idea|maybe|perhaps|except|unless)\b")
_STEPS = (
    (60, 1, ""),
    (1_440, 60, "hour"),
    (20_160, 1_440, "day"),
    (87_840, 10_080, "week"),
    (1_051_200, 43_920, "month"),
)
_YEAR = 525_600


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of time in a text: its words and where they stand; `ahead` is 1 for the future alone, -1 for the past
    alone, 0 where the verb decides.
    """

    words: str
    start: int
    end: int
    ahead: int


def resolve(phrase: str, said_at: datetime, time_zone: str, *, back: bool = False) -> datetime | None:
    """The instant (UTC) that a phrase of time means, said at `said_at` on a clock of `time_zone`; None when unclear."""
    found = moment(phrase, said_at, time_zone, back=back)
    return found.at if found else None


def moment(phrase: str, said_at: datetime, time_zone: str, *, back: bool = False) -> Moment | None:
    """The same with its span of days. Two different times in one phrase ("Friday or Saturday") are unclear.

    With `back` the words tell of something past: "on the 3rd" is the latest one instead of the next. An hour of the
    clock alone ("at 3pm") is the next time that it strikes.
    """
    said = Said(said_at.astimezone(zone_of(time_zone)), back)
    text = _plain(phrase)
    found = hits(text) or _clock(text)
    dated = [hit for hit in found if hit.is_date] or found
    moments = [hit.read(said) for hit in dated]
    first = moments[0] if moments else None
    if first is None or _DOUBT.search(text):
        return None
    return first if all(other is not None and other.first == first.first for other in moments) else None


def find(text: str) -> str | None:
    """The first phrase of time in a text, as it was written; None when there is none."""
    return next((found.words for found in phrases(text)), None)


def phrases(text: str) -> tuple[Phrase, ...]:
    """All phrases of time in a text, in order."""
    return tuple(Phrase(text[hit.start : hit.end], hit.start, hit.end, hit.ahead) for hit in hits(_plain(text)))


def clock(text: str) -> Phrase | None:
    """The first hour of the clock in a text, or a part of the day: it is a time only where the text names no day."""
    hit = clock_alone(_plain(text))
    return Phrase(text[hit.start : hit.end], hit.start, hit.end, 0) if hit else None


def local_day(at: datetime, time_zone: str) -> date:
    """The day that a clock in that zone shows at an instant."""
    return at.astimezone(zone_of(time_zone)).date()


def at_hour(day: date, hour: int, time_zone: str) -> datetime:
    """The instant (UTC) of an hour of a local day."""
    return datetime.combine(day, time(hour), tzinfo=zone_of(time_zone)).astimezone(UTC)


def spelt(found: Moment) -> str:
    """A moment's days in full: `27 November 2026`, or `28 November 2026 to 29 November 2026`."""
    first, last = _spelt(found.first), _spelt(found.last)
    return first if first == last else f"{first} to {last}"


def ago(said_at: datetime, now: datetime) -> str:
    """How long ago, in words: `moments ago`, `3 hours ago`, `2 days ago`, `5 weeks ago`, `3 months ago`."""
    minutes = max(0, int((now - said_at).total_seconds() // 60))
    for below, size, name in _STEPS:
        if minutes < below:
            return _count(minutes // size, name) if name else "moments ago"
    return _count(minutes // _YEAR, "year")


def zone_of(name: str) -> ZoneInfo:
    """The zone of that name, or UTC when there is none: a stored name must never stop a turn."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def _clock(text: str) -> list[Hit]:
    """The hour of the clock that is all of a phrase."""
    hit = clock_alone(text)
    return [hit] if hit and (hit.start, hit.end) == (0, len(text)) else []


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'} ago"


def _spelt(day: date) -> str:
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def _plain(text: str) -> str:
    """Lower case with plain apostrophes and blanks; as long as the original, so that places in it can be used."""
    blank = text.translate({0x2019: "'", 0x0A: " ", 0x09: " ", 0xA0: " "})
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in blank)
