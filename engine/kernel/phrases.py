"""Phrases of time in a text: how each kind is written, and what reads it.

A habit is no date: “every Friday”, “on Fridays”, “Friday nights”, “a Friday” are not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from engine.kernel import readers
from engine.kernel.numerals import COUNTS, NUMBERS, ORDINALS
from engine.kernel.readers import (
    DAYS,
    FEASTS,
    MONTHS,
    PARTS,
    SHORT_MONTHS,
    SHORT_WEEKDAYS,
    WEEKDAYS,
    Groups,
    Moment,
    Reader,
    Said,
)
from engine.kernel.stems import STOP_WORDS

__all__ = ["Hit", "Moment", "Said", "clock_alone", "hits"]

_HABIT_BEFORE = re.compile(r"(?:^|\s)(?:every|each|most|any|some|other|single|those|these|one|many|a|an)\s+(?:on )?$")
_HABIT_AFTER = re.compile(r"\s*(?:morning|afternoon|evening|night|lunchtime)s\b")
_CALENDAR = (readers.iso, readers.month_day, readers.dated_weekday, readers.numeric)


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
        return self.reader in _CALENDAR

    @property
    def ahead(self) -> int:
        """1 when the phrase can only mean the future, -1 when only the past, 0 when the verb decides."""
        word = self.groups.get("which") or self.groups.get("step") or self.groups.get("later") or ""
        if "ago" in self.groups or "since" in self.groups or word == "last":
            return -1
        if self.reader is readers.near:
            days = DAYS[self.groups["near"]]
            return (days > 0) - (days < 0)
        later = self.groups.keys() & {"nextweek", "afternext", "coming"}
        alone = self.reader in {readers.span, readers.part_of_hour, readers.counted_from, readers.end_of}
        return 1 if word == "next" or later or alone else 0

    def read(self, said: Said) -> Moment | None:
        """What it means; None when the calendar has no such day."""
        try:
            return self.reader(said, self.groups)
        except (OverflowError, ValueError):
            return None


def hits(text: str) -> list[Hit]:
    """The phrases of time in a lower-case text, in order; where two overlap, the earlier and longer one."""
    found = [_hit(match, reader) for pattern, reader in _RULES for match in pattern.finditer(text)]
    kept: list[Hit] = []
    for hit in sorted(found, key=lambda one: (one.start, -one.end)):
        if (not kept or hit.start >= kept[-1].end) and not _is_habit(text, hit):
            kept.append(hit)
    return kept


def clock_alone(text: str) -> Hit | None:
    """The first hour of the clock in a lower-case text, or “in the morning”: it names no day, so `hits` does not."""
    match = _CLOCK.search(text)
    return _hit(match, readers.clock_only) if match else None


def _hit(match: re.Match[str], reader: Reader) -> Hit:
    return Hit(match.start(), match.end(), {name: value for name, value in match.groupdict().items() if value}, reader)


def _is_habit(text: str, hit: Hit) -> bool:
    counted = hit.reader in {readers.span, readers.part_of_hour, readers.counted_from}
    return _HABIT_AFTER.match(text, hit.end) is not None or (
        not counted and _HABIT_BEFORE.search(text[max(0, hit.start - 12) : hit.start]) is not None
    )


def _either(names: Iterable[str]) -> str:
    return "|".join(sorted((re.escape(name) for name in names if name != "this"), key=len, reverse=True))


_COUNT = rf"(?P<count>{_either(COUNTS)}|\d{{1,4}})"
_SEVERAL = rf"(?P<count>{_either(set(NUMBERS) - {'one'})}|\d{{1,3}})"
_HOUR = (
    rf"(?:(?P<off>half past|(?:a )?quarter past|(?:a )?quarter to) )?(?P<hour>\d{{1,2}}|{_either(list(NUMBERS)[:12])})"
    r"(?:[:.](?P<minute>\d\d)| (?P<spoken>fifteen|thirty|forty-five))?(?: ?(?P<half>am|pm|a\.m\.|p\.m\.))?"
    r"(?: o'clock| sharp)?(?!\w)"
)
_AT = rf"(?:,? (?:(?:at|around|about|from) |(?=\d{{1,2}}(?:[:.]\d\d)? ?[ap]\.?m)){_HOUR})?"
_PART = rf"(?:,? (?:in the |at )?(?P<part>{_either(PARTS)})\b)?{_AT}"
_ON = r"(?:(?:on|by|for|until|till|before|from|(?P<since>since)) )?"
_ON_THE = r"(?:on|by|to|for|until|till|before|from|(?P<since>since)) the "
_YEARS = r"(?:,? (?:of )?(?:(?P<year>(?:19|20)\d\d)|(?P<later>next|last) year))?"
_THE_NTH = rf"(?P<day>[0-3]?\d(?=st|nd|rd|th)|{_either(ORDINALS)})(?:st|nd|rd|th)?"
_NTH = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)"
_NOT_VERB = r"(?!(?<=may )(?!the )[a-z])(?!(?<=march )(?!the )[a-z])"
_ORDINAL = rf"(?:the )?(?P<day>[0-3]?\d|{_either(ORDINALS)})(?:st|nd|rd|th)?"
_QUALIFYING = {"most", "more", "less", "least", "few", "other", "others", "such", "own", "same", "of", "or", "ever"}
_ENDS = rf"(?=\s*(?:$|[.,;:!?)]|(?:{_either(STOP_WORDS - _QUALIFYING)})\b))"
"""A day of the month ends before a word that only joins; before another, it counts that: “on the 5th floor”."""
_STOPS = r"(?=\s*(?:$|[.,;:!?)]|(?:and|but|so|at|because)\b))"
_ANY_DAY, _SHORT_DAY = _either(WEEKDAYS), _either(SHORT_WEEKDAYS)
_ANY_MONTH, _SHORT_MONTH = _either(MONTHS), _either([*MONTHS, *SHORT_MONTHS])
_ANY_FEAST, _NEAR = _either(FEASTS), _either(DAYS)
_UNIT = r"(?P<unit>hour|day|night|sleep|week|fortnight|month|year)"
_LONG_UNIT = r"(?P<unit>day|night|sleep|week|fortnight|month|year)"
_NEXT_WEEK = r"(?P<nextweek>,? (?:of )?next week)?(?P<afternext> (?:after next|of the week after next))?"


def _rule(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?<!\bor )(?:{pattern})(?![\w-])(?! or\b)")


_CLOCK = _rule(rf"(?:at|around|from|by) {_HOUR}|(?:first thing )?in the (?P<part>{_either(PARTS)})")
_RULES: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (
        _rule(
            r"(?:on |by )?(?P<iso>\d{4}-\d\d-\d\d(?P<clock>[t ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:z|[+-]\d\d:\d\d)?)?)"
        ),
        readers.iso,
    ),
    (_rule(rf"(?P<near>{_NEAR}){_PART}"), readers.near),
    (_rule(rf"(?P<near>this) (?P<part>morning|afternoon|evening|lunchtime){_AT}"), readers.near),
    (
        _rule(
            rf"{_ON}(?:the )?(?:(?P<which>this|next|last) (?:coming )?|(?P<coming>coming ))?(?P<weekday>{_ANY_DAY})"
            rf"{_NEXT_WEEK}{_PART}"
        ),
        readers.weekday,
    ),
    (_rule(rf"(?P<nextweek>next week),? (?:on )?(?P<weekday>{_ANY_DAY}){_PART}"), readers.weekday),
    (
        _rule(rf"(?:on |by |until |till )(?:(?P<which>this|next|last) )?(?P<weekday>{_SHORT_DAY}){_PART}"),
        readers.weekday,
    ),
    (_rule(rf"(?P<which>this|next|last) (?P<weekday>{_SHORT_DAY}){_PART}"), readers.weekday),
    (_rule(rf"{_ON}(?P<weekday>{_ANY_DAY}|{_SHORT_DAY}),? the {_THE_NTH}(?! of){_PART}"), readers.dated_weekday),
    (_rule(rf"(?:in|within) {_COUNT} {_UNIT}(?:'s time|s'? time|s)?(?! of\b){_PART}"), readers.span),
    (_rule(rf"(?:in|within) {_SEVERAL} (?P<unit>minute)s"), readers.span),
    (_rule(rf"{_COUNT} {_UNIT}s? (?P<ago>ago)"), readers.span),
    (_rule(rf"{_COUNT} {_UNIT}s? from (?:now|today)"), readers.span),
    (_rule(rf"{_COUNT} (?:more )?{_LONG_UNIT}s? (?:away|to go|till|until)"), readers.span),
    (_rule(r"in (?P<odd>half an hour|a quarter of an hour|an hour and a half)"), readers.part_of_hour),
    (_rule(r"(?P<odd>half an hour|a quarter of an hour|an hour and a half) (?P<ago>ago)"), readers.part_of_hour),
    (_rule(rf"in (?P<whole>{_either(NUMBERS)}) and a half hours"), readers.part_of_hour),
    (
        _rule(
            rf"(?:in )?{_COUNT} (?P<unit>day|week|fortnight)s? (?:(?:on|from) )?"
            rf"(?:(?P<near>tomorrow)|(?:on|from) (?:this )?(?P<weekday>{_ANY_DAY})){_PART}"
        ),
        readers.counted_from,
    ),
    (_rule(r"(?P<count>a) (?P<unit>week|fortnight) (?P<near>today)"), readers.counted_from),
    (_rule(rf"(?:on )?(?:(?P<near>tomorrow)|(?P<weekday>{_ANY_DAY})) week"), readers.counted_from),
    (_rule(r"(?:(?P<step>this|next|last) (?:coming )?|(?:on|at|over|for) the )(?P<period>weekend)"), readers.period),
    (_rule(r"(?P<step>this|next|last) (?:coming )?(?P<period>week|month|year)"), readers.period),
    (_rule(r"(?:the )?(?P<period>week|weekend|month|year) (?P<afternext>after next)"), readers.period),
    (_rule(r"(?:by |at )?(?:the )?end of (?P<step>the|this|next) (?P<period>week|month|year)"), readers.end_of),
    (_rule(rf"(?:by |at )?(?:the )?end of (?P<month>{_ANY_MONTH}){_YEARS}"), readers.end_of),
    (_rule(rf"(?:{_ON}|at )(?P<feast>{_ANY_FEAST}){_YEARS}{_PART}"), readers.month_day),
    (
        _rule(rf"{_ON}(?=(?:the )?\d|[a-z -]{{4,25}} of ){_ORDINAL} (?:of )?(?P<month>{_SHORT_MONTH}){_YEARS}{_PART}"),
        readers.month_day,
    ),
    (_rule(rf"{_ON}(?P<month>{_SHORT_MONTH})\.? {_NOT_VERB}{_ORDINAL}(?![:\d]){_YEARS}{_PART}"), readers.month_day),
    (
        _rule(r"(?:on|by|for|until|till) (?:the )?(?P<one>\d{1,2})[/.](?P<other>\d{1,2})(?:[/.](?P<year>20\d\d))?"),
        readers.numeric,
    ),
    (_rule(r"(?P<one>\d{1,2})[/.](?P<other>\d{1,2})[/.](?P<year>20\d\d)"), readers.numeric),
    (_rule(rf"{_ON_THE}{_NTH}(?: of (?P<step>this|next|last) month)?{_PART}{_ENDS}"), readers.day_of_month),
    (_rule(rf"(?:on|by|until|till) the (?P<day>{_either(ORDINALS)}){_PART}{_ENDS}"), readers.day_of_month),
    (_rule(rf"(?<=\bis )the {_THE_NTH}{_PART}{_STOPS}"), readers.day_of_month),
    (_rule(rf"(?<='s )the {_THE_NTH}{_PART}{_STOPS}"), readers.day_of_month),
    (
        _rule(
            r"(?:in|by|until|till|from|for|before|(?P<since>since)) "
            rf"(?:early |mid[ -]|late |the (?:start|beginning) of )?(?P<month>{_ANY_MONTH}){_YEARS}"
        ),
        readers.month,
    ),
    (_rule(rf"(?P<which>next|last) (?P<month>{_ANY_MONTH})"), readers.month),
)
