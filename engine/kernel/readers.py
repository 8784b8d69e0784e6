"""What each kind of phrase of time means on the speaker's calendar.

Rules where English leaves room: a bare weekday or day of the month is the next one after today, or, told of the past,
the latest one before it; "next Friday" is the Friday of the next calendar week (Monday first); "last Friday" is the
latest one before today; a month is the next one that has not begun. A day without an hour means noon of that day on the
speaker's clock.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from engine.kernel.numerals import COUNTS, ORDINALS

WEEKDAYS = {name.lower(): place for place, name in enumerate(calendar.day_name)}
SHORT_WEEKDAYS = {
    "mon": 0, "tue": 1, "tues": 1, "wed": 2, "weds": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6,
}  # fmt: skip
MONTHS = {name.lower(): place for place, name in enumerate(calendar.month_name) if name}
SHORT_MONTHS = {name.lower(): place for place, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
FEASTS = {
    "christmas eve": (12, 24), "christmas day": (12, 25), "christmas": (12, 25), "boxing day": (12, 26),
    "new year's eve": (12, 31), "new year's day": (1, 1), "new year's": (1, 1), "halloween": (10, 31),
    "valentine's day": (2, 14), "valentine's": (2, 14),
}  # fmt: skip
DAYS = {
    "the day before yesterday": -2, "day before yesterday": -2, "the night before last": -2, "yesterday": -1,
    "last night": -1, "today": 0, "tonight": 0, "tonite": 0, "this": 0, "tomorrow": 1, "tomorow": 1, "tommorow": 1,
    "tommorrow": 1, "tmrw": 1, "the day after tomorrow": 2, "day after tomorrow": 2,
}  # fmt: skip
PARTS = {"morning": 9, "lunchtime": 12, "noon": 12, "midday": 12, "afternoon": 15, "evening": 19, "night": 21}
_HOURS = {"tonight": 20, "tonite": 20, "last night": 21, "the night before last": 21}
_MINUTES = {"half past": 30, "quarter past": 15, "a quarter past": 15, "quarter to": -15, "a quarter to": -15}
_SPOKEN_MINUTES = {"fifteen": 15, "thirty": 30, "forty-five": 45}
_STEPS = {"next": 1, "last": -1, "this": 0, "the": 0}
UNITS = {"day": 1, "night": 1, "sleep": 1, "week": 7, "fortnight": 14}
_NOON = 12
_LAST_HOUR, _LAST_MINUTE = 23, 59
_YEAR = 12
_WEEK = 7
_FRIDAY, _SATURDAY = 4, 5
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
    """The instant of the words, aware, on the speaker's clock; `back` when they tell of something past."""

    now: datetime
    back: bool = False

    @property
    def today(self) -> date:
        """The speaker's day."""
        return self.now.date()

    def on(self, first: date, last: date | None = None, at: time = time(_NOON)) -> Moment:
        """A day, or a span of days, at an hour of the first."""
        local = datetime.combine(first, at, tzinfo=self.now.tzinfo)
        return Moment(local.astimezone(UTC), first, last or first)


Reader = Callable[[Said, Groups], Moment | None]


def iso(said: Said, groups: Groups) -> Moment | None:
    """`2026-12-01`, with a clock or without."""
    stamp = datetime.fromisoformat(groups["iso"].upper().replace(" ", "T"))
    if "clock" not in groups:
        return said.on(stamp.date())
    local = stamp.astimezone(said.now.tzinfo) if stamp.tzinfo else stamp
    return said.on(local.date(), at=local.time())


def near(said: Said, groups: Groups) -> Moment | None:
    """Today and the days beside it."""
    name = groups["near"]
    return said.on(said.today + timedelta(days=DAYS[name]), at=_clock(groups, _HOURS.get(name, _NOON)))


def weekday(said: Said, groups: Groups) -> Moment | None:
    """A day of the week."""
    which = groups.get("which", "")
    wanted, today = _weekday_of(groups), said.today.weekday()
    ahead = (wanted - today) % _WEEK
    if which == "this" and not ahead:
        return None
    if which == "last" or "since" in groups:
        days = ahead - _WEEK
    elif which == "next" or "nextweek" in groups:
        days = _WEEK - today + wanted
    elif "afternext" in groups:
        days = 2 * _WEEK - today + wanted
    else:
        days = ahead - _WEEK if said.back and which != "this" else ahead or _WEEK
    return said.on(said.today + timedelta(days=days), at=_clock(groups))


def dated_weekday(said: Said, groups: Groups) -> Moment | None:
    """“Monday the 5th”: the next such day of a month that is that day of the week."""
    day, month = _day(groups), said.today.replace(day=1)
    for first in (_months_later(month, -step if said.back else step) for step in range(3 * _YEAR)):
        found = first.replace(day=day) if 1 <= day <= _length(first) else None
        if (
            found
            and found.weekday() == _weekday_of(groups)
            and (found <= said.today if said.back else found >= said.today)
        ):
            return said.on(found, at=_clock(groups))
    return None


def span(said: Said, groups: Groups) -> Moment | None:
    """In or ago: minutes and hours count real time, longer units count days of the calendar."""
    number = COUNTS.get(groups["count"]) or int(groups["count"])
    count, unit = (-number if "ago" in groups else number), groups["unit"].rstrip("s")
    if unit in {"minute", "hour"}:
        return _exactly(said, timedelta(hours=count) if unit == "hour" else timedelta(minutes=count))
    if unit in {"month", "year"}:
        day = _months_later(said.today, count * (_YEAR if unit == "year" else 1))
    else:
        day = said.today + timedelta(days=count * UNITS[unit])
    return said.on(day, at=_clock(groups))


def part_of_hour(said: Said, groups: Groups) -> Moment | None:
    """Half an hour, an hour and a half, two and a half hours."""
    halves = {"half an hour": 30, "a quarter of an hour": 15, "an hour and a half": 90}
    whole = COUNTS.get(groups.get("whole", ""), 0)
    minutes = halves.get(groups.get("odd", ""), 60 * whole + 30)
    return _exactly(said, timedelta(minutes=-minutes if "ago" in groups else minutes))


def counted_from(said: Said, groups: Groups) -> Moment | None:
    """“A week on Friday”, “two days from tomorrow”, “Friday week”."""
    base = near(said, groups) if "near" in groups else weekday(said, groups)
    if base is None:
        return None
    count = COUNTS.get(groups.get("count", "a")) or int(groups["count"])
    day = base.first + timedelta(days=count * UNITS[groups.get("unit", "week")])
    return said.on(day, at=_clock(groups))


def period(said: Said, groups: Groups) -> Moment | None:
    """A week, weekend, month or year beside this one; “this week” is none."""
    step = 2 if "afternext" in groups else _STEPS[groups.get("step", "this")]
    unit, today = groups["period"], said.today
    if unit == "weekend":
        return _weekend(said, step)
    if not step:
        return None
    if unit == "week":
        monday = _monday(today, step)
        return said.on(monday, monday + timedelta(days=_WEEK - 1))
    if unit == "month":
        return _whole_month(said, _months_later(today.replace(day=1), step))
    return said.on(date(today.year + step, 1, 1), date(today.year + step, _YEAR, 31))


def end_of(said: Said, groups: Groups) -> Moment | None:
    """The end of a week (Friday to Sunday), a month or a year (its last day)."""
    today = said.today
    if "month" in groups:
        found = month(Said(said.now), groups)
        return said.on(found.last) if found else said.on(today.replace(day=_length(today)))
    step, unit = _STEPS[groups["step"]], groups["period"]
    if unit == "week":
        monday = _monday(today, step)
        return said.on(max(monday + timedelta(days=_FRIDAY), today), monday + timedelta(days=_WEEK - 1))
    if unit == "month":
        return said.on(_whole_month(said, _months_later(today.replace(day=1), step)).last)
    return said.on(date(today.year + step, _YEAR, 31))


def day_of_month(said: Said, groups: Groups) -> Moment | None:
    """The next such day: the 31st, said on the last of April, is in May. Told of the past: the latest one."""
    wanted, month = _day(groups), said.today.replace(day=1)
    if "step" in groups:
        first = _months_later(month, _STEPS[groups["step"]])
        return said.on(first.replace(day=wanted), at=_clock(groups))
    back = said.back or "since" in groups
    for first in (_months_later(month, -step if back else step) for step in range(_YEAR)):
        found = first.replace(day=wanted) if 1 <= wanted <= _length(first) else None
        if found and (found < said.today if back else found > said.today):
            return said.on(found, at=_clock(groups))
    return None


def month_day(said: Said, groups: Groups) -> Moment | None:
    """A day of a named month, or a feast."""
    number, day = FEASTS[groups["feast"]] if "feast" in groups else (_month_of(groups), _day(groups))
    if "year" in groups:
        return said.on(date(int(groups["year"]), number, day), at=_clock(groups))
    if "later" in groups:
        return said.on(date(said.today.year + _STEPS[groups["later"]], number, day), at=_clock(groups))
    back = said.back or "since" in groups
    for step in range(_LEAP_WAIT):
        year = said.today.year + (-step if back else step)
        if 1 <= day <= _length(date(year, number, 1)):
            found = date(year, number, day)
            if found <= said.today if back else found >= said.today:
                return said.on(found, at=_clock(groups))
    return None


def numeric(said: Said, groups: Groups) -> Moment | None:
    """`25/12` or `12/25`; none where it could be either."""
    one, other = int(groups["one"]), int(groups["other"])
    if one <= _YEAR and other <= _YEAR and one != other:
        return None
    day, number = (one, other) if one > _YEAR else (other, one)
    known = groups | {"day": str(day), "month": calendar.month_name[number].lower()}
    return month_day(said, known)


def month(said: Said, groups: Groups) -> Moment | None:
    """A whole month."""
    number, this, year = _month_of(groups), said.today.month, said.today.year
    if "year" in groups:
        return _whole_month(said, date(int(groups["year"]), number, 1))
    if "later" in groups:
        return _whole_month(said, date(year + _STEPS[groups["later"]], number, 1))
    if number == this:
        return None
    past = said.back or groups.get("which") == "last" or "since" in groups
    return _whole_month(said, date(year - (number > this) if past else year + (number < this), number, 1))


def clock_only(said: Said, groups: Groups) -> Moment | None:
    """“At 3pm”, “in the morning”: the next time a clock shows it; none where the hour is not clear."""
    if "hour" not in groups and "part" not in groups:
        return None
    at = _clock(groups, otherwise=0)
    if at == time(0):
        return None
    local = datetime.combine(said.today, at, tzinfo=said.now.tzinfo)
    return said.on(said.today if local > said.now else said.today + timedelta(days=1), at=at)


def _clock(groups: Groups, otherwise: int = _NOON) -> time:
    """The hour that goes with a day: the one said, that of the part of the day, or the usual one."""
    named = "part" in groups or otherwise > _NOON
    part = PARTS.get(groups.get("part", ""), otherwise)
    if "hour" not in groups:
        return time(part)
    hour, half = COUNTS.get(groups["hour"]) or int(groups["hour"]), groups.get("half", "")
    minute = int(groups.get("minute", "0")) or _SPOKEN_MINUTES.get(groups.get("spoken", ""), 0)
    late = half.startswith("p") or (not half and part > _NOON)
    if (half or named) and 1 <= hour <= _NOON:
        hour = hour % _NOON + (_NOON if late else 0)
    shift = _MINUTES.get(groups.get("off", ""), 0)
    hour, minute = (hour - 1, minute + 60 + shift) if shift < 0 else (hour, minute + shift)
    clear = bool(half) or "minute" in groups or named or hour > _NOON
    return time(hour, minute) if clear and 0 <= hour <= _LAST_HOUR and minute <= _LAST_MINUTE else time(part)


def _exactly(said: Said, after: timedelta) -> Moment:
    at = said.now.astimezone(UTC) + after
    day = at.astimezone(said.now.tzinfo).date()
    return Moment(at, day, day, exact=True)


def _weekend(said: Said, step: int) -> Moment:
    saturday = _monday(said.today, step) + timedelta(days=_SATURDAY)
    if not step and said.back and saturday > said.today:
        saturday -= timedelta(days=_WEEK)
    first = saturday if step or said.back else max(saturday, said.today)
    return said.on(first, saturday + timedelta(days=1))


def _monday(today: date, step: int) -> date:
    return today + timedelta(days=_WEEK * step - today.weekday())


def _weekday_of(groups: Groups) -> int:
    return (WEEKDAYS | SHORT_WEEKDAYS)[groups["weekday"]]


def _month_of(groups: Groups) -> int:
    return (MONTHS | SHORT_MONTHS)[groups["month"]]


def _day(groups: Groups) -> int:
    return ORDINALS.get(groups["day"]) or int(groups["day"])


def _whole_month(said: Said, first: date) -> Moment:
    return said.on(first, first.replace(day=_length(first)))


def _months_later(day: date, count: int) -> date:
    """The same day some months on, or the last day of a shorter month."""
    year, number = divmod(day.year * _YEAR + day.month - 1 + count, _YEAR)
    first = date(year, number + 1, 1)
    return first.replace(day=min(day.day, _length(first)))


def _length(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]
