"""Each figure against a count by plain SQL over the house's own tables, which knows nothing of files or DuckDB."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from statistics import median

import pytest
import sqlalchemy as sa

from engine.analytics.nouns import DEMO, Filter
from engine.db.events import events
from engine.play.conversation.tables import endings, sessions, takes, timelines, turns
from engine.story.shelf import store as shelf
from engine.wiring import Engine
from tests.analytics.plays import FIRST_DAY, RESOLVED, invent, keep

DAYS = Filter(FIRST_DAY, FIRST_DAY + timedelta(days=20))


@pytest.fixture
def small(engine: Engine) -> Engine:
    """A small house: sixty sessions of all audiences, with forks, endings and turns taken back."""
    with engine.work.desk.db.read() as tx:
        live = shelf.live(tx)
    keep(engine, invent(live, seed=11, count=60))
    return engine


def within(column: sa.ColumnElement[datetime], wanted: Filter) -> sa.ColumnElement[bool]:
    """Whether an instant lies on the chosen days, in UTC."""
    start = datetime.combine(wanted.since, datetime.min.time(), UTC)
    return sa.and_(column >= start, column < start + timedelta(days=wanted.days))


def of_audience(wanted: Filter) -> sa.ColumnElement[bool]:
    """The sessions of the audiences that count."""
    mine = sa.select(timelines.c.id).where(timelines.c.audience.in_(wanted.counted))
    return sessions.c.timeline_id.in_(mine)


def begun(wanted: Filter) -> sa.ColumnElement[bool]:
    """The sessions that began on the chosen days and are no forks."""
    forks = sa.select(timelines.c.id).where(timelines.c.parent_id.is_not(None))
    return sa.and_(of_audience(wanted), within(sessions.c.started_at, wanted), sessions.c.timeline_id.not_in(forks))


STANDING = sa.and_(
    turns.c.seq > 0,
    turns.c.taken_back_by.is_(None),
    turns.c.id.in_(sa.select(takes.c.turn_id).where(takes.c.chosen)),
)
ENDED = sessions.c.id.in_(sa.select(endings.c.session_id).where(endings.c.standing, endings.c.kind.in_(RESOLVED)))


def by_hand(engine: Engine, wanted: Filter) -> tuple[int, int, int, float | None, int]:
    """Active, sessions, turns, median of turns and completed, each by one SQL query."""
    lines = sa.select(sa.func.count(sa.distinct(events.c.user_id))).join(sessions, sessions.c.id == events.c.session_id)
    lines = lines.where(events.c.name == "line_sent", within(events.c.occurred_at, wanted), of_audience(wanted))
    told = sa.select(sa.func.count()).select_from(turns).join(sessions, sessions.c.id == turns.c.session_id)
    told = told.where(STANDING, within(turns.c.accepted_at, wanted), of_audience(wanted))
    count = sa.select(sa.func.count()).select_from(sessions).where(begun(wanted))
    each = sa.select(sessions.c.id, sa.func.count(turns.c.id)).group_by(sessions.c.id).where(begun(wanted))
    each = each.select_from(sessions.outerjoin(turns, sa.and_(turns.c.session_id == sessions.c.id, STANDING)))
    with engine.work.desk.db.read() as tx:
        long = [row[1] for row in tx.execute(each)]
        active, whole, played, done = (tx.scalar(one) or 0 for one in (lines, count, told, count.where(ENDED)))
    return active, whole, played, median(long) if long else None, done


@pytest.mark.parametrize(
    "wanted",
    [
        DAYS,
        replace(DAYS, audiences=("player",)),
        replace(DAYS, audiences=("rehearsal",)),
        replace(DAYS, audiences=(), demo=True),
        replace(DAYS, until=DAYS.since),
    ],
    ids=["real", "players", "rehearsals", "demo", "a day"],
)
def test_each_figure_is_what_plain_sql_counts(small: Engine, wanted: Filter) -> None:
    now = small.analytics.overview(wanted).now
    found = (now.active, now.sessions, now.turns, now.turns_per_session, now.completion.part)
    assert found == by_hand(small, wanted)
    assert now.completion.whole == now.sessions
    days = small.analytics.by_day(wanted)
    one_by_one = [by_hand(small, replace(wanted, since=day.day, until=day.day))[:3] for day in days]
    assert [(day.active, day.sessions, day.turns) for day in days] == one_by_one


def test_somebody_real_played_only_where_a_player_or_tester_sent_a_line(small: Engine) -> None:
    for wanted in (replace(DAYS, since=day, until=day) for day in days_of(DAYS)):
        assert small.analytics.played(replace(wanted, demo=True, genre="none")) == (by_hand(small, wanted)[0] > 0)


def days_of(wanted: Filter) -> list[date]:
    """Every day of a filter."""
    return [wanted.since + timedelta(days=number) for number in range(wanted.days)]


def test_the_demo_alone_holds_nothing_real(small: Engine) -> None:
    page = small.analytics.sessions(replace(DAYS, audiences=(), demo=True))
    assert {row.audience for row in page.rows} == {DEMO}
    assert page.whole == len(page.rows)


def test_the_number_of_sessions_behind_a_figure_is_told_on_every_page(small: Engine) -> None:
    whole = len(small.analytics.sessions(DAYS).rows)
    assert [small.analytics.sessions(DAYS, limit=3, offset=start).whole for start in (0, 3, 6)] == [whole] * 3
    assert small.analytics.sessions(DAYS, limit=3, offset=10_000).whole == 0
