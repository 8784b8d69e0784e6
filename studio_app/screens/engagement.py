"""The screen `engagement`: who played, how long, how far, and the sessions behind every figure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import streamlit as st

from engine.analytics.nouns import DIMENSIONS, Day, Dimension, Filter, Group, SessionPage
from engine.analytics.table import as_csv
from studio_app.door import Visit, open_door, refusals
from studio_app.parts import charts
from studio_app.parts.behind import behind, chosen_row, download
from studio_app.parts.exporting import as_of
from studio_app.parts.figures import DASH, definitions, figures, number, percent, share_of
from studio_app.parts.filters import filters, names_of

FIGURES = ("active", "sessions", "turns", "completed")


def draw() -> None:
    """The whole screen."""
    visit = open_door()
    st.title(visit.say("engagement.title"))
    with refusals():
        exported = as_of(visit)
        if not exported.sessions:
            _nothing_yet(visit)
            return
        wanted = filters(visit, exported)
        figures(visit, visit.engine.analytics.overview(wanted))
        st.fragment(_days)(visit, wanted)
        st.fragment(_groups)(visit, wanted)
        _definitions(visit)


def _nothing_yet(visit: Visit) -> None:
    st.info(visit.say("engagement.nothing_yet"))
    st.code(visit.say("engagement.demo_command"), language=None)


def _days(visit: Visit, wanted: Filter) -> None:
    """Figures by day; a click on a day shows its sessions."""
    st.subheader(visit.say("engagement.by_day"))
    names = _figure_names(visit)
    figure = st.segmented_control(
        visit.say("engagement.figure"), FIGURES, default="active", required=True, key="figure",
        format_func=names.__getitem__, label_visibility="collapsed", bind="query-params",
    )  # fmt: skip
    st.text(definitions(visit)[figure])
    days = visit.engine.analytics.by_day(wanted)
    rows = [_day_row(visit, one, figure) for one in days]
    alt = visit.say("engagement.alt_day", figure=names[figure], days=str(len(days)))
    day = charts.picked(charts.line(rows, names[figure]), "day", key="chart_days", alt=alt)
    download(visit, f"{_mark(wanted)}days.csv", lambda: _days_csv(days), "days")
    if day is None:
        st.text(visit.say("engagement.click_day"))
        return
    chosen = _day(day)

    def find(limit: int, offset: int) -> SessionPage:
        return visit.engine.analytics.sessions(wanted, day=chosen, limit=limit, offset=offset)

    behind(visit, f"{chosen:%-d %b %Y}", find, key=f"behind_{chosen}", mark=_mark(wanted))


def _groups(visit: Visit, wanted: Filter) -> None:
    """Sessions by a dimension; a click on a bar or a row shows its sessions."""
    st.subheader(visit.say("engagement.by_what"))
    names = names_of(visit)
    dimension: Dimension = st.segmented_control(
        visit.say("engagement.dimension"), DIMENSIONS, default="character", required=True, key="by",
        format_func=names.__getitem__, label_visibility="collapsed", bind="query-params",
    )  # fmt: skip
    groups = visit.engine.analytics.by(wanted, dimension)
    if not groups:
        st.text(visit.say("engagement.none_in_days"))
        return
    chosen = _chosen_group(visit, groups, dimension, names[dimension])
    download(visit, f"{_mark(wanted)}{dimension}.csv", lambda: _groups_csv(groups), "groups")
    if chosen is None:
        return
    value = chosen.key

    def find(limit: int, offset: int) -> SessionPage:
        return visit.engine.analytics.sessions(wanted, dimension, value, limit=limit, offset=offset)

    behind(visit, chosen.label or DASH, find, key=f"behind_{dimension}_{value}", mark=_mark(wanted))


def _chosen_group(visit: Visit, groups: Sequence[Group], dimension: Dimension, called: str) -> Group | None:
    """Show the bars and their table; the group that was clicked last in either."""
    rows = [_group_row(visit, one) for one in groups]
    alt = visit.say("engagement.alt_groups", dimension=called, groups=str(len(groups)))
    spec = charts.bars(rows, visit.say("engagement.sessions"))
    bar = charts.picked(spec, "key", key=f"chart_{dimension}", alt=alt)
    if len(groups) > charts.MOST_BARS:
        st.text(visit.say("engagement.most_bars", most=str(charts.MOST_BARS)))
    if any(one.completion.unsure for one in groups):
        st.text(visit.say("engagement.pale"))
    row = chosen_row(_group_table(visit, groups, called), f"table_{dimension}", _about_columns(visit))
    by_bar = next((one for one in groups if one.key == bar), None) if bar is not None else None
    by_row = groups[row] if row is not None and row < len(groups) else None
    key = f"engagement_last_{dimension}"
    before = st.session_state.get(key, (None, None))
    now = (by_bar.key if by_bar else None, by_row.key if by_row else None)
    st.session_state[key] = now
    first, second = (by_row, by_bar) if now[1] != before[1] else (by_bar, by_row)
    return first or second


def _definitions(visit: Visit) -> None:
    told = definitions(visit)
    with st.expander(visit.say("engagement.definitions"), key="definitions"):
        for name in visit.engine.analytics.definitions():
            st.text(told[name])


def _mark(wanted: Filter) -> str:
    """What the name of a file begins with, so that demo data is known outside of the screen too."""
    return "demo-" if wanted.demo else ""


def _figure_names(visit: Visit) -> dict[str, str]:
    return {
        "active": visit.say("engagement.active"),
        "sessions": visit.say("engagement.sessions"),
        "turns": visit.say("engagement.turns"),
        "completed": visit.say("engagement.completed"),
    }


def _day_row(visit: Visit, one: Day, figure: str) -> dict[str, object]:
    value = int(getattr(one, figure))
    told = f"{one.day:%-d %b %Y}: {value:,}"
    running = visit.say("engagement.running")
    told = f"{told} ({running})" if one.running else told
    return {"day": one.day.isoformat(), "value": value, "told": told, "running": one.running}


def _group_row(visit: Visit, one: Group) -> dict[str, object]:
    told = f"{one.sessions:,} · {visit.say('engagement.completion')}: {share_of(visit, one.completion)}"
    label = one.label or DASH
    return {
        "key": one.key, "label": label, "value": one.sessions, "told": told, "unsure": one.completion.unsure,
    }  # fmt: skip


def _group_table(visit: Visit, groups: Sequence[Group], dimension: str) -> list[dict[str, object]]:
    return [
        {
            dimension: one.label or DASH,
            visit.say("engagement.sessions"): one.sessions,
            visit.say("engagement.active"): one.players,
            visit.say("engagement.turns"): one.turns,
            visit.say("engagement.turns_per_session"): number(one.turns_per_session),
            visit.say("engagement.completion"): f"{percent(one.completion.rate)} · {share_of(visit, one.completion)}",
        }
        for one in groups
    ]


def _about_columns(visit: Visit) -> dict[str, str]:
    """Here players and turns are those of the sessions that began on the chosen days, unlike above."""
    about = definitions(visit)
    return {
        visit.say("engagement.sessions"): about["sessions"],
        visit.say("engagement.active"): visit.say("engagement.define_group_players"),
        visit.say("engagement.turns"): visit.say("engagement.define_group_turns"),
        visit.say("engagement.turns_per_session"): about["turns_per_session"],
        visit.say("engagement.completion"): f"{about['completion']} {about['interval']}",
    }


def _days_csv(days: Sequence[Day]) -> str:
    return as_csv(("day", *FIGURES), ((one.day, *(getattr(one, name) for name in FIGURES)) for one in days))


def _groups_csv(groups: Sequence[Group]) -> str:
    columns = ("key", "label", "sessions", "players", "turns", "turns_per_session", "completed", "low", "high")
    rows = ((one, one.completion) for one in groups)
    return as_csv(
        columns,
        (
            (one.key, one.label, one.sessions, one.players, one.turns, one.turns_per_session, k.part, k.low, k.high)
            for one, k in rows
        ),
    )


def _day(picked: str) -> date:
    """The day that was clicked: milliseconds since 1970, or ISO."""
    digits = picked.lstrip("-")
    if digits.replace(".", "", 1).isdigit():
        return datetime.fromtimestamp(float(picked) / 1000, UTC).date()
    return datetime.fromisoformat(picked).date()


draw()
