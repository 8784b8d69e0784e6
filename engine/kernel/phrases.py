"""Phrases of time and what each means on the speaker's calendar.

Rules where English leaves room: a bare weekday or day of the month is the next one after today; "next Friday" is the
Friday of the next calendar week (Monday first); "last Friday" is the latest one before today; a month is the next one
that has not begun. A day without an hour means noon of that day on the speaker's clock.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

_WEEKDAYS = tuple(name.lower() for name in calendar.day_name)
_MONTHS = tuple(name.lower() for name in calendar.month_name)
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_COUNTS = {"a": 1, "an": 1, "a couple of": 2} | {name: place for place, name in enumerate(_NUMBERS, start=1)}
_FEASTS = {
    "christmas eve": (12, 24),
    "christmas day": (12, 25),
    "christmas": (12, 25),
    "new year's eve": (12, 31),
    "new year's day": (1, 1),
    "halloween": (10, 31),
    "valentine's day": (2, 14),
}
_DAYS = {
    "the day before yesterday": -2,
    "day before yesterday": -2,
    "yesterday": -1,
    "last night": -1,
    "today": 0,
    "tonight": 0,
    "this": 0,
    "tomorrow": 1,
    "the day after tomorrow": 2,
    "day after tomorrow": 2,
}
_PARTS = {"morning": 9, "noon": 12, "midday": 12, "afternoon": 15, "evening": 19, "night": 21}
_HOURS = {"tonight": 20, "last night": 21}
_NOON = 12
_LAST_HOUR, _LAST_MINUTE = 23, 59
_YEAR = 12
_WEEK = 7
_SATURDAY = 5
_LEAP_WAIT = 9

Groups = dict[str, str]


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is: an instant in UTC and the first and last local day it covers.

    `exact` is true only for spans of hours or minutes ("in two hours").
    """

    at: datetime
    first: date
    last: date
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """The instant of the words, aware, on the speaker's clock."""

    now: datetime

    @property
    def today(self) -> date:
        """The speaker's day."""
        return self.now.date()

    def on(self, first: date, last: date | None = None, at: time = time(_NOON)) -> Moment:
        """A day, or a span of days, at an hour of the first."""
        local = datetime.combine(first, at, tzinfo=self.now.tzinfo)
        return Moment(local.astimezone(UTC), first, last or first)


Reader = Callable[[Said, Groups], Moment | None]


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found in a text: where, how to read it, and whether it is a date by itself (not relative to today)."""

    start: int
    end: int
    groups: Groups
    reader: Reader

    @property
    def is_date(self) -> bool:
        """Whether the phrase names its day by the calendar."""
        return self.reader in (_iso, _month_day)

    def read(self, said: Said) -> Moment | None:
        """What it means; None when the calendar has no such day."""
        try:
            return self.reader(said, self.groups)
        except (OverflowError, ValueError):
            return None


def hits(text: str) -> list[Hit]:
    """The phrases of time in a lower-case text, in order; where two overlap, the earlier and longer one."""
    found = [
        Hit(match.start(), match.end(), {name: value for name, value in match.groupdict().items() if value}, reader)
        for pattern, reader in _RULES
        for match in pattern.finditer(text)
    ]
    kept: list[Hit] = []
    for hit in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    return kept


def _clock(groups: Groups, otherwise: int = _NOON) -> time:
    """The hour that goes with a day: the one said, that of the part of the day, or the usual one."""
    part = _PARTS.get(groups.get("part", ""), otherwise)
    if "hour" not in groups:
        return time(part)
    hour, minute, half = int(groups["hour"]), int(groups.get("minute", "0")), groups.get("half", "")
    late = half.startswith("p") or (not half and part > _NOON)
    if (half or "part" in groups) and 1 <= hour <= _NOON:
        hour = hour % _NOON + (_NOON if late else 0)
    clear = bool(half) or "minute" in groups or "part" in groups or hour > _NOON
    return time(hour, minute) if clear and hour <= _LAST_HOUR and minute <= _LAST_MINUTE else time(part)


def _iso(said: Said, groups: Groups) -> Moment | None:
    stamp = datetime.fromisoformat(groups["iso"].upper().replace(" ", "T"))
    if "clock" not in groups:
        return said.on(stamp.date())
    local = stamp.astimezone(said.now.tzinfo) if stamp.tzinfo else stamp
    return said.on(local.date(), at=local.time())


def _near(said: Said, groups: Groups) -> Moment | None:
    name = groups["near"]
    return said.on(said.today + timedelta(days=_DAYS[name]), at=_clock(groups, _HOURS.get(name, _NOON)))


def _weekday(said: Said, groups: Groups) -> Moment | None:
    wanted, today, which = _WEEKDAYS.index(groups["weekday"]), said.today.weekday(), groups.get("which", "")
    ahead = (wanted - today) % _WEEK
    if which == "this" and not ahead:
        return None
    if which == "last":
        days = ahead - _WEEK
    elif which == "next" or "nextweek" in groups:
        days = _WEEK - today + wanted
    else:
        days = ahead or _WEEK
    return said.on(said.today + timedelta(days=days), at=_clock(groups))


def _span(said: Said, groups: Groups) -> Moment | None:
    """In or ago: minutes and hours count real time, longer units count days of the calendar."""
    number = _COUNTS.get(groups["count"]) or int(groups["count"])
    count, unit = (-number if "ago" in groups else number), groups["unit"].rstrip("s")
    if unit in {"minute", "hour"}:
        at = said.now.astimezone(UTC) + (timedelta(hours=count) if unit == "hour" else timedelta(minutes=count))
        day = at.astimezone(said.now.tzinfo).date()
        return Moment(at, day, day, exact=True)
    if unit in {"month", "year"}:
        return said.on(_months_later(said.today, count * (_YEAR if unit == "year" else 1)))
    return said.on(said.today + timedelta(days=count * (_WEEK if unit == "week" else 1)))


def _period(said: Said, groups: Groups) -> Moment | None:
    step, unit, today = {"next": 1, "last": -1, "this": 0}[groups["step"]], groups["period"], said.today
    monday = today + timedelta(days=_WEEK * step - today.weekday())
    if unit == "weekend":
        saturday = monday + timedelta(days=_SATURDAY)
        return said.on(max(saturday, today) if not step else saturday, saturday + timedelta(days=1))
    if not step:
        return None
    if unit == "week":
        return said.on(monday, monday + timedelta(days=_WEEK - 1))
    if unit == "month":
        return _whole_month(said, _months_later(today.replace(day=1), step))
    return said.on(date(today.year + step, 1, 1), date(today.year + step, _YEAR, 31))


def _day_of_month(said: Said, groups: Groups) -> Moment | None:
    """The next such day: the 31st, said on the last of April, is in May."""
    wanted, month = int(groups["day"]), said.today.replace(day=1)
    for first in (_months_later(month, step) for step in range(_YEAR)):
        if 1 <= wanted <= _length(first) and first.replace(day=wanted) > said.today:
            return said.on(first.replace(day=wanted), at=_clock(groups))
    return None


def _month_day(said: Said, groups: Groups) -> Moment | None:
    if "feast" in groups:
        month, day = _FEASTS[groups["feast"]]
    else:
        month, day = _MONTHS.index(groups["month"]), int(groups["day"])
    if "year" in groups:
        return said.on(date(int(groups["year"]), month, day), at=_clock(groups))
    for year in range(said.today.year, said.today.year + _LEAP_WAIT):
        if 1 <= day <= _length(date(year, month, 1)) and date(year, month, day) >= said.today:
            return said.on(date(year, month, day), at=_clock(groups))
    return None


def _month(said: Said, groups: Groups) -> Moment | None:
    month, this = _MONTHS.index(groups["month"]), said.today.month
    if "year" in groups:
        return _whole_month(said, date(int(groups["year"]), month, 1))
    if month == this:
        return None
    past = groups.get("which") == "last"
    year = said.today.year - (month > this) if past else said.today.year + (month < this)
    return _whole_month(said, date(year, month, 1))


def _whole_month(said: Said, first: date) -> Moment:
    return said.on(first, first.replace(day=_length(first)))


def _months_later(day: date, count: int) -> date:
    """The same day some months on, or the last day of a shorter month."""
    year, month = divmod(day.year * _YEAR + day.month - 1 + count, _YEAR)
    first = date(year, month + 1, 1)
    return first.replace(day=min(day.day, _length(first)))


def _length(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _either(*names: str) -> str:
    return "|".join(sorted((re.escape(name) for name in names if name), key=len, reverse=True))


_COUNT = rf"(?P<count>{_either(*_COUNTS)}|\d{{1,4}})"
_SEVERAL = rf"(?P<count>{_either(*_NUMBERS[1:])}|\d{{1,3}})"
_PART = (
    rf"(?:,? (?:in the |at )?(?P<part>{_either(*_PARTS)})\b)?"
    r"(?:,? at (?P<hour>\d{1,2})(?::(?P<minute>\d\d))?(?: ?(?P<half>am|pm|a\.m\.|p\.m\.))?(?: o'clock)?(?!\w))?"
)
_ON = r"(?:on |by )?"
_YEARS = r"(?:,? (?P<year>(?:19|20)\d\d))?"
_ORDINAL = r"(?:the )?(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_ENDS = r"(?=\s*(?:$|[.,;:!?)]|(?:at|in|and|because|with|if|so|but|to|for|when|we|i|it|is|was|as|then|from)\b))"
_ANY_DAY, _ANY_MONTH, _ANY_FEAST = _either(*_WEEKDAYS), _either(*_MONTHS), _either(*_FEASTS)


def _rule(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?<!\bor )(?:{pattern})(?![\w-])(?! or\b)")


_RULES: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (
        _rule(
            r"(?:on |by )?(?P<iso>\d{4}-\d\d-\d\d(?P<clock>[t ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:z|[+-]\d\d:\d\d)?)?)"
        ),
        _iso,
    ),
    (_rule(rf"(?P<near>{_either(*(name for name in _DAYS if name != 'this'))}){_PART}"), _near),
    (_rule(r"(?P<near>this) (?P<part>morning|afternoon|evening)"), _near),
    (
        _rule(
            rf"{_ON}(?:(?P<which>this|next|last) (?:coming )?|the coming |coming )?(?P<weekday>{_ANY_DAY})"
            rf"(?P<nextweek> (?:of )?next week)?{_PART}"
        ),
        _weekday,
    ),
    (_rule(rf"(?:in|within) {_COUNT} (?P<unit>hour|day|week|month|year)s?(?! of\b)"), _span),
    (_rule(rf"(?:in|within) {_SEVERAL} (?P<unit>minute)s"), _span),
    (_rule(rf"{_COUNT} (?P<unit>hour|day|week|month|year)s? (?P<ago>ago)"), _span),
    (_rule(rf"{_COUNT} (?P<unit>hour|day|week|month|year)s? from (?:now|today)"), _span),
    (_rule(r"(?P<step>this|next|last) (?:coming )?(?P<period>weekend|week|month|year)"), _period),
    (_rule(rf"{_ON}(?P<feast>{_ANY_FEAST}){_YEARS}{_PART}"), _month_day),
    (_rule(rf"{_ON}{_ORDINAL} (?:of )?(?P<month>{_ANY_MONTH}){_YEARS}{_PART}"), _month_day),
    (_rule(rf"{_ON}(?P<month>{_ANY_MONTH}) {_ORDINAL}(?![:\d]){_YEARS}{_PART}"), _month_day),
    (_rule(rf"(?:on|by) the (?P<day>[0-3]?\d)(?:st|nd|rd|th){_PART}{_ENDS}"), _day_of_month),
    (_rule(rf"(?:in|by|since) (?:early |mid |late )?(?P<month>{_ANY_MONTH})(?:,? (?P<year>(?:19|20)\d\d))?"), _month),
    (_rule(rf"(?P<which>next|last) (?P<month>{_ANY_MONTH})"), _month),
)
