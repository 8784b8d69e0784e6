"""Dates in words, on the day of whoever said them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from engine.kernel import dates

WEDNESDAY = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
LAST_OF_JANUARY = datetime(2027, 1, 31, 12, 0, tzinfo=UTC)
LEAP_DAY = datetime(2028, 2, 29, 12, 0, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SATURDAY = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

DAYS = [
    ("today", WEDNESDAY, date(2026, 11, 18)),
    ("tonight", WEDNESDAY, date(2026, 11, 18)),
    ("this evening", WEDNESDAY, date(2026, 11, 18)),
    ("yesterday", WEDNESDAY, date(2026, 11, 17)),
    ("last night", WEDNESDAY, date(2026, 11, 17)),
    ("tomorrow", WEDNESDAY, date(2026, 11, 19)),
    ("Tomorrow morning", WEDNESDAY, date(2026, 11, 19)),
    ("the day after tomorrow", WEDNESDAY, date(2026, 11, 20)),
    ("the day before yesterday", WEDNESDAY, date(2026, 11, 16)),
    ("on Friday", WEDNESDAY, date(2026, 11, 20)),
    ("Monday", WEDNESDAY, date(2026, 11, 23)),
    ("on Wednesday", WEDNESDAY, date(2026, 11, 25)),
    ("this Friday", WEDNESDAY, date(2026, 11, 20)),
    ("next Friday", WEDNESDAY, date(2026, 11, 27)),
    ("next Monday", WEDNESDAY, date(2026, 11, 23)),
    ("on Friday next week", WEDNESDAY, date(2026, 11, 27)),
    ("next Friday", SUNDAY, date(2026, 11, 27)),
    ("last Friday", WEDNESDAY, date(2026, 11, 13)),
    ("last Wednesday", WEDNESDAY, date(2026, 11, 11)),
    ("in three days", WEDNESDAY, date(2026, 11, 21)),
    ("in a couple of days", WEDNESDAY, date(2026, 11, 20)),
    ("in 2 weeks", WEDNESDAY, date(2026, 12, 2)),
    ("a week from now", WEDNESDAY, date(2026, 11, 25)),
    ("two days ago", WEDNESDAY, date(2026, 11, 16)),
    ("a month ago", WEDNESDAY, date(2026, 10, 18)),
    ("in a month", LAST_OF_JANUARY, date(2027, 2, 28)),
    ("in two months", LAST_OF_JANUARY, date(2027, 3, 31)),
    ("tomorrow", LAST_OF_JANUARY, date(2027, 2, 1)),
    ("in a year", LEAP_DAY, date(2029, 2, 28)),
    ("a year ago", LEAP_DAY, date(2027, 2, 28)),
    ("on the 20th", WEDNESDAY, date(2026, 11, 20)),
    ("on the 5th", WEDNESDAY, date(2026, 12, 5)),
    ("on the 18th", WEDNESDAY, date(2026, 12, 18)),
    ("on the 5th about the house", WEDNESDAY, date(2026, 12, 5)),
    ("on the 20th without my brother", WEDNESDAY, date(2026, 11, 20)),
    ("on the 30th", LAST_OF_JANUARY, date(2027, 3, 30)),
    ("on the 31st", datetime(2027, 4, 1, tzinfo=UTC), date(2027, 5, 31)),
    ("this weekend", WEDNESDAY, date(2026, 11, 21)),
    ("this weekend", SUNDAY, date(2026, 11, 22)),
    ("next weekend", WEDNESDAY, date(2026, 11, 28)),
    ("last weekend", WEDNESDAY, date(2026, 11, 14)),
    ("next week", WEDNESDAY, date(2026, 11, 23)),
    ("next month", WEDNESDAY, date(2026, 12, 1)),
    ("next year", WEDNESDAY, date(2027, 1, 1)),
    ("in March", WEDNESDAY, date(2027, 3, 1)),
    ("in December", WEDNESDAY, date(2026, 12, 1)),
    ("in March 2029", WEDNESDAY, date(2029, 3, 1)),
    ("last March", WEDNESDAY, date(2026, 3, 1)),
    ("March 5", WEDNESDAY, date(2027, 3, 5)),
    ("on the 5th of March", WEDNESDAY, date(2027, 3, 5)),
    ("5 March 2028", WEDNESDAY, date(2028, 3, 5)),
    ("February 29", WEDNESDAY, date(2028, 2, 29)),
    ("Friday, 27 November 2026", WEDNESDAY, date(2026, 11, 27)),
    ("on Christmas Eve", WEDNESDAY, date(2026, 12, 24)),
    ("on Monday the 30th", WEDNESDAY, date(2026, 11, 30)),
    ("Friday the 13th", WEDNESDAY, date(2027, 8, 13)),
    ("on Wednesday the 2nd of December", WEDNESDAY, date(2026, 12, 2)),
    ("on the third", WEDNESDAY, date(2026, 12, 3)),
    ("the first of May", WEDNESDAY, date(2027, 5, 1)),
    ("Dec 24th", WEDNESDAY, date(2026, 12, 24)),
    ("on Sat", WEDNESDAY, date(2026, 11, 21)),
    ("in ten days' time", WEDNESDAY, date(2026, 11, 28)),
    ("in a fortnight", WEDNESDAY, date(2026, 12, 2)),
    ("a week on Friday", WEDNESDAY, date(2026, 11, 27)),
    ("two weeks from tomorrow", WEDNESDAY, date(2026, 12, 3)),
    ("the week after next", WEDNESDAY, date(2026, 11, 30)),
    ("Friday after next", WEDNESDAY, date(2026, 12, 4)),
    ("next week on Tuesday", WEDNESDAY, date(2026, 11, 24)),
    ("three days away", WEDNESDAY, date(2026, 11, 21)),
    ("at the end of the month", WEDNESDAY, date(2026, 11, 30)),
    ("end of May", WEDNESDAY, date(2027, 5, 31)),
    ("at the weekend", WEDNESDAY, date(2026, 11, 21)),
    ("tmrw", WEDNESDAY, date(2026, 11, 19)),
    ("on 25/12", WEDNESDAY, date(2026, 12, 25)),
    ("on the 5th of next month", WEDNESDAY, date(2026, 12, 5)),
    ("June 5 next year", WEDNESDAY, date(2027, 6, 5)),
    ("since Monday", WEDNESDAY, date(2026, 11, 16)),
    ("since March", WEDNESDAY, date(2026, 3, 1)),
    ("in thirty-one days", WEDNESDAY, date(2026, 12, 19)),
    ("in half an hour", WEDNESDAY, date(2026, 11, 18)),
    ("2026-12-01", WEDNESDAY, date(2026, 12, 1)),
    ("2026-12-01T23:30:00Z", WEDNESDAY, date(2026, 12, 1)),
]
UNCLEAR = [
    "",
    "soon",
    "some day",
    "one day",
    "later",
    "in a few days",
    "Friday or Saturday",
    "maybe tomorrow",
    "on the 5th floor",
    "on the 35th",
    "this Wednesday",
    "in November",
    "in a minute",
    "May I come in?",
    "2026-13-45",
    "in 9999 years",
    "every Friday",
    "on Fridays",
    "Friday nights",
    "a Monday",
    "one of these days",
    "any day now",
    "in about two weeks",
    "on the second floor",
    "on the 2nd try",
    "on the 3rd most boring day",
    "for the first time",
    "at first may seem",
    "on 3/4",
    "24/7",
    "this week",
    "tomorrow and on Friday",
    "\x00" * 50,
    "in " * 5_000,
]


@pytest.mark.parametrize(("phrase", "said", "day"), DAYS)
def test_a_phrase_means_a_day(phrase: str, said: datetime, day: date) -> None:
    found = dates.resolve(phrase, said, "UTC")

    assert found is not None
    assert found.date() == day


@pytest.mark.parametrize("phrase", UNCLEAR)
def test_an_unclear_phrase_gives_no_date(phrase: str) -> None:
    assert dates.resolve(phrase, WEDNESDAY, "UTC") is None


@pytest.mark.parametrize(
    ("phrase", "hour", "minute"),
    [
        ("tomorrow at 5pm", 17, 0),
        ("tomorrow at 9:30", 9, 30),
        ("on Friday at 14:00", 14, 0),
        ("Friday night at 9", 21, 0),
        ("tomorrow at noon", 12, 0),
        ("tomorrow at 5", 12, 0),
        ("tonight", 20, 0),
        ("tonight at six", 18, 0),
        ("tomorrow evening at half past seven", 19, 30),
        ("tomorrow at quarter to nine am", 8, 45),
        ("on Friday, 7pm", 19, 0),
        ("tomorrow morning", 9, 0),
    ],
)
def test_an_hour_is_kept_when_it_is_clear(phrase: str, hour: int, minute: int) -> None:
    found = dates.resolve(phrase, WEDNESDAY, "UTC")

    assert found is not None
    assert (found.hour, found.minute) == (hour, minute)


@pytest.mark.parametrize(
    ("phrase", "day"),
    [
        ("on the 3rd", date(2026, 11, 3)),
        ("on the 20th", date(2026, 10, 20)),
        ("on Friday", date(2026, 11, 13)),
        ("on Wednesday", date(2026, 11, 11)),
        ("in March", date(2026, 3, 1)),
        ("in December", date(2025, 12, 1)),
        ("on 5 May", date(2026, 5, 5)),
        ("at Christmas", date(2025, 12, 25)),
        ("at the weekend", date(2026, 11, 14)),
        ("on Friday the 13th", date(2026, 11, 13)),
        ("tomorrow", date(2026, 11, 19)),
        ("in three days", date(2026, 11, 21)),
    ],
)
def test_told_of_the_past_an_open_phrase_is_the_latest_one(phrase: str, day: date) -> None:
    found = dates.resolve(phrase, WEDNESDAY, "UTC", back=True)

    assert found is not None
    assert found.date() == day


def test_an_hour_alone_is_the_next_time_that_it_strikes() -> None:
    evening, morning = (dates.resolve(phrase, WEDNESDAY, "UTC") for phrase in ("at 11pm", "in the morning"))

    assert evening == datetime(2026, 11, 18, 23, 0, tzinfo=UTC)
    assert morning == datetime(2026, 11, 19, 9, 0, tzinfo=UTC)
    assert dates.find("I get up at 6am") is None


@pytest.mark.parametrize(
    ("phrase", "ahead"),
    [
        ("tomorrow", 1),
        ("in two weeks", 1),
        ("next Friday", 1),
        ("on Friday", 0),
        ("on the 3rd", 0),
        ("in March", 0),
        ("today", 0),
        ("yesterday", -1),
        ("two days ago", -1),
        ("last March", -1),
        ("since Monday", -1),
    ],
)
def test_a_phrase_says_whether_it_can_only_lie_ahead(phrase: str, ahead: int) -> None:
    assert [found.ahead for found in dates.phrases(f"and {phrase}, so")] == [ahead]


def test_a_night_without_two_oclock_keeps_its_days() -> None:
    late = datetime(2027, 3, 27, 22, 45, tzinfo=UTC)  # 23:45 in Vienna, where the clock is about to jump

    found = dates.resolve("in two days", late, "Europe/Vienna")

    assert found is not None
    assert dates.local_day(found, "Europe/Vienna") == date(2027, 3, 29)


def test_tomorrow_is_the_players_tomorrow_not_the_servers() -> None:
    late = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)  # already the 19th in Tokyo, still the 18th in Los Angeles

    tokyo, angeles = (dates.resolve("tomorrow", late, zone) for zone in ("Asia/Tokyo", "America/Los_Angeles"))

    assert tokyo is not None
    assert angeles is not None
    assert dates.local_day(tokyo, "Asia/Tokyo") == date(2026, 11, 20)
    assert dates.local_day(angeles, "America/Los_Angeles") == date(2026, 11, 19)


def test_hours_are_real_time_when_the_clock_changes() -> None:
    before = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)  # 01:30 in Paris; at 02:00 the clock jumps to 03:00

    assert dates.resolve("in 2 hours", before, "Europe/Paris") == before + timedelta(hours=2)


def test_days_keep_the_clock_when_it_changes() -> None:
    before = datetime(2027, 3, 27, 11, 0, tzinfo=UTC)

    found = dates.resolve("tomorrow", before, "Europe/Paris")

    assert found == datetime(2027, 3, 28, 10, 0, tzinfo=UTC)  # noon in summer time


def test_an_hour_that_the_clock_skips_stays_on_its_day() -> None:
    found = dates.resolve("2027-03-28 02:30", WEDNESDAY, "Europe/Paris")

    assert found is not None
    assert dates.local_day(found, "Europe/Paris") == date(2027, 3, 28)


def test_an_unknown_zone_counts_as_utc() -> None:
    assert dates.resolve("tomorrow", WEDNESDAY, "Mars/Olympus") == dates.resolve("tomorrow", WEDNESDAY, "UTC")
    assert dates.resolve("tomorrow", WEDNESDAY, "../../etc/passwd") == dates.resolve("tomorrow", WEDNESDAY, "UTC")


def test_a_weekend_has_two_days_and_a_month_has_all_of_its_own() -> None:
    weekend, month = (dates.moment(phrase, WEDNESDAY, "UTC") for phrase in ("this weekend", "next month"))

    assert weekend is not None
    assert month is not None
    assert (weekend.first, weekend.last) == (date(2026, 11, 21), date(2026, 11, 22))
    assert (month.first, month.last) == (date(2026, 12, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("I have an exam on Friday, wish me luck", "on Friday"),
        ("We met TWO WEEKS AGO in Rome", "TWO WEEKS AGO"),
        ("See you tomorrow at 5pm!", "tomorrow at 5pm"),
        ("I wasn’t there last night", "last night"),
        ("Nothing here", None),
        ("He may march in time", None),
    ],
)
def test_the_phrase_is_found_as_it_was_written(text: str, phrase: str | None) -> None:
    assert dates.find(text) == phrase


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(minutes=5), "moments ago"),
        (timedelta(hours=1, minutes=5), "1 hour ago"),
        (timedelta(hours=23), "23 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=2, hours=5), "2 days ago"),
        (timedelta(days=21), "3 weeks ago"),
        (timedelta(days=100), "3 months ago"),
        (timedelta(days=800), "2 years ago"),
        (timedelta(days=-3), "moments ago"),
    ],
)
def test_how_long_ago_is_told_in_words(before: timedelta, words: str) -> None:
    assert dates.ago(WEDNESDAY - before, WEDNESDAY) == words
