"""Filters of Engagement: days, audiences and what was played, all kept in the address so that a view can be shared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
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
REAL, DEMO = "real", "demo"
_WHOSE = "whose"
_PRESSED = "engagement_whose"


def filters(visit: Visit, exported: Exported) -> Filter:
    """The filter that the page's widgets and its address describe."""
    zone = clock.zone(visit)
    today = datetime.now(zone).date()
    with st.container(key="filters", border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            since, until = _days(visit, today)
            demo = exported.demo_sessions > 0 and _whose(visit, Filter(since, until, zone.key)) == DEMO
            audiences = _audiences(visit, disabled=demo)
        chosen = Filter(since, until, zone.key, audiences=() if demo else audiences, demo=demo)
        options = visit.engine.analytics.options(chosen)
        with st.grid(5, min_column_width=140):
            values = {name: _choice(visit, name, options[name]) for name in DIMENSIONS}
    if demo:
        st.warning(visit.say("engagement.demo_sign"), icon=":material/science:")
    return replace(chosen, **values)


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


def _audiences(visit: Visit, *, disabled: bool) -> tuple[str, ...]:
    names = audience_names(visit)
    chosen = st.pills(
        visit.say("engagement.audience"),
        AUDIENCES,
        selection_mode="multi",
        default=COUNTED_BY_DEFAULT,
        format_func=names.__getitem__,
        key="audience",
        bind="query-params",
        disabled=disabled,
    )
    return tuple(chosen)


def _whose(visit: Visit, days: Filter) -> str:
    """Whose play is shown: what the address says, else real play as soon as somebody real sent a line on these days.

    Only a choice that somebody made stands in the address, so the widget follows what is played until then.
    """
    asked = st.query_params.get(_WHOSE)
    shown = asked if asked in (REAL, DEMO) else (REAL if visit.engine.analytics.played(days) else DEMO)
    names = {REAL: visit.say("engagement.real_play"), DEMO: visit.say("engagement.demo_data")}
    st.session_state[_PRESSED] = shown
    label = visit.say("engagement.whose")
    st.segmented_control(label, names, required=True, key=_PRESSED, format_func=names.__getitem__, on_change=_chosen)
    return shown


def _chosen() -> None:
    st.query_params[_WHOSE] = st.session_state[_PRESSED]


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
