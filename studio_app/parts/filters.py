"""Filters of Engagement: days, audiences and what was played, all kept in the address so that a view can be shared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import streamlit as st

from engine.analytics.nouns import AUDIENCES, COUNTED_BY_DEFAULT, DIMENSIONS, Dimension, Filter, Option
from studio_app.parts import clock

if TYPE_CHECKING:
    from engine.analytics.nouns import Exported
    from studio_app.door import Visit

SPAN = timedelta(days=27)
"""How far back a first look goes, today included: four weeks."""


def filters(visit: Visit, exported: Exported) -> Filter:
    """The filter that the page's widgets and its address describe."""
    zone = clock.zone(visit)
    today = datetime.now(zone).date()
    with st.container(key="filters", border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            since, until = _days(visit, today)
            audiences = _audiences(visit)
            demo = _demo(visit, exported)
        chosen = Filter(since, until, zone.key, audiences=audiences, demo=demo)
        options = visit.engine.analytics.options(chosen)
        with st.grid(5, min_column_width=140):
            values = {name: _choice(visit, name, options[name]) for name in DIMENSIONS}
    return Filter(since, until, zone.key, **values, audiences=audiences, demo=demo)


def names_of(visit: Visit) -> dict[Dimension, str]:
    """What each dimension is called."""
    return {
        "world": visit.say("engagement.world"),
        "character": visit.say("engagement.character"),
        "episode": visit.say("engagement.episode"),
        "genre": visit.say("engagement.genre"),
        "release": visit.say("engagement.release"),
    }


def audience_names(visit: Visit) -> dict[str, str]:
    """What each audience is called."""
    return {
        "player": visit.say("engagement.players"),
        "tester": visit.say("engagement.testers"),
        "rehearsal": visit.say("engagement.rehearsals"),
        "synthetic": visit.say("engagement.demo"),
    }


def _days(visit: Visit, today: date) -> tuple[date, date]:
    """The chosen days; while only the first one is chosen, that day alone."""
    label = visit.say("engagement.days")
    ends = st.date_input(label, (today - SPAN, today), max_value=today, key="days", bind="query-params", width=260)
    return (min(ends), max(ends)) if ends else (today - SPAN, today)


def _audiences(visit: Visit) -> tuple[str, ...]:
    names = audience_names(visit)
    chosen = st.pills(
        visit.say("engagement.audience"),
        AUDIENCES,
        selection_mode="multi",
        default=COUNTED_BY_DEFAULT,
        format_func=names.__getitem__,
        key="audience",
        bind="query-params",
    )
    return tuple(chosen)


def _demo(visit: Visit, exported: Exported) -> bool:
    """Whether demo data is shown: of itself only where nobody real has played yet."""
    if not exported.demo_sessions:
        return False
    alone = exported.real_sessions == 0
    return st.toggle(visit.say("engagement.show_demo"), value=alone, key="demo", bind="query-params")


def _choice(visit: Visit, name: Dimension, options: Sequence[Option]) -> str | None:
    """One dimension's value, or None for all."""
    labels = {one.key: one.label or one.key for one in options}

    def label(key: str) -> str:
        return labels.get(key, key)

    every = visit.say("engagement.all")
    return st.selectbox(
        names_of(visit)[name], list(labels), index=None, format_func=label, placeholder=every,
        key=name, bind="query-params",
    )  # fmt: skip
