"""Figures equal a count in plain Python, whatever is chosen, in whatever zone, on either database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from engine.analytics.nouns import DIMENSIONS, Filter, Share
from engine.errors import BadInput
from engine.play.conversation.tables import turns
from engine.story.release import Release
from engine.story.shelf import store as shelf
from engine.wiring import Engine
from tests import tiny
from tests.analytics.plays import RESOLVED, Counted, Played, count, invent, keep

MAY = Filter(date(2026, 5, 1), date(2026, 5, 31))


def releases_of(engine: Engine) -> list[Release]:
    """The release of the tiny story's character, published anew."""
    engine.releases.publish("mara-voss")
    with engine.work.desk.db.read() as tx:
        return shelf.live(tx)


@pytest.fixture
def played(engine: Engine) -> list[Played]:
    """Invented play, kept in the house."""
    mara = engine.characters.get("mara-voss")
    first = releases_of(engine)[0]
    engine.episodes.save(tiny.episode("a-third-box", 3, character_id=mara.id))
    second = releases_of(engine)[0]
    assert first.id != second.id
    made = invent([first, second], seed=7, count=160)
    keep(engine, made)
    return made


def told(engine: Engine, wanted: Filter) -> Counted:
    """What the engine says of a filter."""
    now = engine.analytics.overview(wanted).now
    return Counted(now.active, now.sessions, now.turns, now.turns_per_session, now.completion.part)


def test_every_figure_equals_a_direct_count(engine: Engine, played: list[Played]) -> None:
    one = played[0]
    every = (
        MAY,
        replace(MAY, zone="Asia/Tokyo"),
        replace(MAY, zone="America/Los_Angeles", until=MAY.since),
        replace(MAY, demo=True),
        replace(MAY, audiences=("rehearsal",)),
        replace(MAY, audiences=()),
        replace(MAY, episode=one.template),
        replace(MAY, release=one.release.id),
        replace(MAY, genre="psychological_thriller", world="quay-archive", character=one.release.character_id),
        replace(MAY, genre="none"),
        Filter(date(2031, 1, 1), date(2031, 1, 2)),
    )
    assert [told(engine, wanted) for wanted in every] == [count(played, wanted) for wanted in every]
    assert count(played, MAY).sessions > 20


def test_the_period_before_is_as_long_and_ends_the_day_before(engine: Engine, played: list[Played]) -> None:
    before = engine.analytics.overview(MAY).before
    wanted = Filter(date(2026, 3, 31), date(2026, 4, 30))
    assert (before.sessions, before.turns) == (count(played, wanted).sessions, count(played, wanted).turns)


def test_each_day_equals_a_direct_count_and_empty_days_are_there(engine: Engine, played: list[Played]) -> None:
    wanted = Filter(date(2026, 4, 20), date(2026, 6, 20), "Europe/Vienna")
    days = engine.analytics.by_day(wanted)
    assert [one.day for one in days] == [wanted.since + timedelta(days=n) for n in range(wanted.days)]
    for one in days:
        counted = count(played, replace(wanted, since=one.day, until=one.day))
        assert (one.active, one.sessions, one.turns) == (counted.active, counted.sessions, counted.turns), one.day
    assert sum(one.active == 0 for one in days) > 3
    done = [one for one in played if one.ending in RESOLVED and not one.fork and one.audience in wanted.counted]
    assert sum(one.completed for one in days) == len([one for one in done if one.ended_at])


def test_each_bar_equals_a_direct_count_and_the_sessions_behind_it(engine: Engine, played: list[Played]) -> None:
    for dimension in DIMENSIONS:
        groups = engine.analytics.by(MAY, dimension)
        assert sum(one.sessions for one in groups) == count(played, MAY).sessions
        for one in groups:
            counted = count(played, replace(MAY, **{dimension: one.key}))
            assert (one.sessions, one.turns_per_session) == (counted.sessions, counted.turns_per_session)
            assert one.completion == Share(counted.completed, counted.sessions)
            behind = engine.analytics.sessions(MAY, dimension, one.key).rows
            assert len(behind) == one.sessions
            assert sum(row.turns for row in behind) == one.turns


def test_the_sessions_behind_a_day_began_or_were_played_on_it(engine: Engine, played: list[Played]) -> None:
    day = date(2026, 5, 12)
    ids = {row.id for row in engine.analytics.sessions(MAY, day=day).rows}
    assert ids == {
        one.id
        for one in played
        if one.audience in MAY.counted
        and (one.started_at.date() == day or any(line.at.date() == day for line in one.lines))
    }


def test_the_list_of_sessions_is_told_in_pages_without_a_gap(engine: Engine, played: list[Played]) -> None:
    whole = list(engine.analytics.sessions(MAY).rows)
    pages = [
        row for start in range(0, len(whole), 7) for row in engine.analytics.sessions(MAY, limit=7, offset=start).rows
    ]
    assert pages == whole


def test_options_name_everything_that_was_played(engine: Engine, played: list[Played]) -> None:
    options = engine.analytics.options(MAY)
    assert [one.label for one in options["world"]] == ["The Quay Archive"]
    assert {one.key for one in options["release"]} == {one.release.id for one in played}
    assert {one.label for one in options["episode"]} >= {"Mara Voss: The Locked Archive"}


def test_a_turn_taken_back_after_the_export_counts_no_more_but_its_player_was_active(
    engine: Engine, played: list[Played]
) -> None:
    one = next(one for one in played if one.audience == "player" and one.turns == 1 and len(one.lines) == 1)
    day = one.lines[0].at.date()
    wanted = Filter(day, day)
    before = told(engine, wanted)
    with engine.work.desk.db.write() as tx:
        tx.execute(turns.update().where(turns.c.session_id == one.id).values(taken_back_by="act"))
    engine.analytics.export()
    after = told(engine, wanted)
    assert (after.turns, after.active) == (before.turns - 1, before.active)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"), [(0, 10, 0, 28), (10, 10, 72, 100), (7, 10, 40, 89), (0, 1, 0, 79)]
)
def test_shares_carry_wilsons_interval(part: int, whole: int, low: int, high: int) -> None:
    share = Share(part, whole)
    assert share.low is not None
    assert share.high is not None
    assert (round(100 * share.low), round(100 * share.high)) == (low, high)
    assert share.unsure


def test_a_share_of_nothing_has_no_rate_and_no_interval() -> None:
    assert (Share(0, 0).rate, Share(0, 0).low, Share(0, 0).high) == (None, None, None)
    assert not Share(1, 30).unsure


def test_an_odd_filter_is_refused_with_a_sentence() -> None:
    for odd in (
        replace(MAY, until=date(2026, 4, 1)),
        replace(MAY, zone="../etc"),
        replace(MAY, since=date(1990, 1, 1)),
    ):
        with pytest.raises(BadInput, match=r"\.$"):
            odd.checked()
