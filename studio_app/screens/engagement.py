"""The screen `engagement`: who played, how long, how far, and the sessions behind every figure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from zlib import crc32

import streamlit as st

from engine.analytics.nouns import (
    DIMENSIONS,
    Day,
    Dimension,
    Exported,
    Filter,
    Group,
    SessionRow,
    Share,
    Totals,
)
from engine.analytics.table import as_csv
from studio_app.door import Visit, open_door, plain, refusals
from studio_app.parts import charts, clock
from studio_app.parts.filters import audience_names, filters, names_of

FRESH = 60.0
"""Seconds after which opening the screen exports anew."""
MOST_ROWS = 200
MOST_IN_A_FILE = 10_000
FIGURES = ("active", "sessions", "turns", "completed")
DASH = "–"


def draw() -> None:
    """The whole screen."""
    visit = open_door()
    st.title(visit.say("engagement.title"))
    with refusals():
        exported = _head(visit)
        if not exported.sessions:
            _nothing_yet(visit)
            return
        wanted = filters(visit, exported)
        if wanted.demo:
            st.badge(visit.say("engagement.demo_badge"), color="orange")
        _figures(visit, wanted)
        st.fragment(_days)(visit, wanted)
        st.fragment(_groups)(visit, wanted)
        _definitions(visit)


def _head(visit: Visit) -> Exported:
    """As of when, and the button that asks for now."""
    with st.container(horizontal=True, vertical_alignment="center"):
        place = st.empty()
        again = st.button(visit.say("engagement.refresh"), key="refresh")
    analytics = visit.engine.analytics
    exported = analytics.export() if again else analytics.fresh(FRESH)
    told = {"time": clock.moment(visit, exported.at), "events": f"{exported.events:,}"}
    place.text(visit.say("engagement.as_of", **told))
    return exported


def _nothing_yet(visit: Visit) -> None:
    st.info(visit.say("engagement.nothing_yet"))
    st.code(visit.say("engagement.demo_command"), language=None)


def _figures(visit: Visit, wanted: Filter) -> None:
    found = visit.engine.analytics.overview(wanted)
    now, before = found.now, found.before
    with st.grid(5, min_column_width=150, key="figures"):
        _count(visit, visit.say("engagement.active"), now.active, before.active)
        _count(visit, visit.say("engagement.sessions"), now.sessions, before.sessions)
        _count(visit, visit.say("engagement.turns"), now.turns, before.turns)
        _median(visit, now, before)
        _completion(visit, now.completion, before.completion)


def _count(visit: Visit, label: str, now: int, before: int) -> None:
    with st.container(border=True, height="stretch"):
        st.metric(label, f"{now:,}", f"{now - before:+,}" if before != now else None, delta_color="off")
        st.text(visit.say("engagement.before", before=f"{before:,}"))


def _median(visit: Visit, now: Totals, before: Totals) -> None:
    mine, theirs = now.turns_per_session, before.turns_per_session
    change = f"{mine - theirs:+.1f}" if mine is not None and theirs is not None and mine != theirs else None
    with st.container(border=True, height="stretch"):
        st.metric(visit.say("engagement.turns_per_session"), _number(mine), change, delta_color="off")
        st.text(visit.say("engagement.of_sessions", sessions=f"{now.sessions:,}"))


def _completion(visit: Visit, now: Share, before: Share) -> None:
    change = None
    if now.rate is not None and before.rate is not None:
        points = round(100 * (now.rate - before.rate))
        change = visit.say("engagement.points", points=f"{points:+}") if points else None
    with st.container(border=True, height="stretch"):
        st.metric(visit.say("engagement.completion"), _percent(now.rate), change, delta_color="off")
        st.text(_share(visit, now))


def _days(visit: Visit, wanted: Filter) -> None:
    """Figures by day; a click on a day shows its sessions."""
    st.subheader(visit.say("engagement.by_day"))
    names = _figure_names(visit)
    figure = st.segmented_control(
        visit.say("engagement.figure"), FIGURES, default="active", required=True, key="figure",
        format_func=names.__getitem__, label_visibility="collapsed", bind="query-params",
    )  # fmt: skip
    days = visit.engine.analytics.by_day(wanted)
    rows = [_day_row(visit, one, figure) for one in days]
    alt = visit.say("engagement.alt_day", figure=names[figure], days=str(len(days)))
    day = charts.picked(charts.line(rows, names[figure]), "day", key="chart_days", alt=alt)
    _download(visit, "days.csv", lambda: _days_csv(days), "days")
    if day is None:
        st.text(visit.say("engagement.click_day"))
        return
    chosen = _day(day)

    def find(limit: int) -> list[SessionRow]:
        return visit.engine.analytics.sessions(wanted, day=chosen, limit=limit)

    _behind(visit, f"{chosen:%-d %b %Y}", find, "behind_day")


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
    rows = [_group_row(visit, one) for one in groups]
    alt = visit.say("engagement.alt_groups", dimension=names[dimension], groups=str(len(groups)))
    key = charts.picked(charts.bars(rows, visit.say("engagement.sessions")), "key", key=f"chart_{dimension}", alt=alt)
    if any(one.completion.unsure for one in groups):
        st.text(visit.say("engagement.pale"))
    row = _chosen_row(_group_table(visit, groups, names[dimension]), f"table_{dimension}")
    _download(visit, f"{dimension}.csv", lambda: _groups_csv(groups), "groups")
    chosen = next((one for one in groups if one.key == key), None) if key is not None else None
    chosen = groups[row] if chosen is None and row is not None and row < len(groups) else chosen
    if chosen is not None:
        value = chosen.key

        def find(limit: int) -> list[SessionRow]:
            return visit.engine.analytics.sessions(wanted, dimension, value, limit=limit)

        _behind(visit, chosen.label or DASH, find, f"behind_{dimension}")


def _behind(visit: Visit, of: str, find: Callable[[int], list[SessionRow]], key: str) -> None:
    """The sessions behind a figure, and the way to the transcript of one."""
    found = find(MOST_ROWS)
    told = {"of": of, "sessions": str(len(found))}
    many = len(found) == MOST_ROWS
    st.text(visit.say("engagement.behind_most", **told) if many else visit.say("engagement.behind", **told))
    if not found:
        return
    row = _chosen_row(_session_table(visit, found), key)
    one = found[row] if row is not None and row < len(found) else found[0]
    called = {"player": plain(one.player), "episode": plain(one.episode)}
    label = visit.say("engagement.open_transcript", **called)
    st.page_link("screens/transcript.py", label=label, query_params={"session": one.id})
    _download(visit, "sessions.csv", lambda: _sessions_csv(find(MOST_IN_A_FILE)), key)


def _definitions(visit: Visit) -> None:
    told = {
        "active": visit.say("engagement.define_active"),
        "day": visit.say("engagement.define_day"),
        "sessions": visit.say("engagement.define_sessions"),
        "turns": visit.say("engagement.define_turns"),
        "turns_per_session": visit.say("engagement.define_turns_per_session"),
        "completed": visit.say("engagement.define_completed"),
        "completion": visit.say("engagement.define_completion"),
        "audience": visit.say("engagement.define_audience"),
        "interval": visit.say("engagement.define_interval"),
        "release": visit.say("engagement.define_release"),
    }
    with st.expander(visit.say("engagement.definitions"), key="definitions"):
        for name in visit.engine.analytics.definitions():
            st.text(told[name])


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
    told = f"{one.sessions:,} · {visit.say('engagement.completion')}: {_share(visit, one.completion)}"
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
            visit.say("engagement.turns_per_session"): _number(one.turns_per_session),
            visit.say("engagement.completion"): f"{_percent(one.completion.rate)} · {_share(visit, one.completion)}",
        }
        for one in groups
    ]


def _session_table(visit: Visit, found: Sequence[SessionRow]) -> list[dict[str, object]]:
    audiences = audience_names(visit)
    return [
        {
            visit.say("engagement.started"): clock.moment(visit, one.started_at),
            visit.say("engagement.player"): one.player,
            visit.say("engagement.character"): one.character,
            visit.say("engagement.episode"): one.episode,
            visit.say("engagement.release"): one.release,
            visit.say("engagement.turns"): one.turns,
            visit.say("engagement.ending"): one.ending or DASH,
            visit.say("engagement.audience"): audiences.get(one.audience, one.audience),
        }
        for one in found
    ]


def _chosen_row(rows: list[dict[str, object]], key: str) -> int | None:
    """Show a table; the number of the row that is chosen in it, or None."""
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    known = f"{key}_{crc32(repr(rows).encode())}"  # other rows are another table, in which nothing is chosen yet
    event = st.dataframe(columns, hide_index=True, key=known, on_select="rerun", selection_mode="single-row")
    chosen = event["selection"]["rows"]
    return chosen[0] if chosen else None


def _download(visit: Visit, name: str, made: Callable[[], str], key: str) -> None:
    """A button that makes its file only when it is pressed."""
    label = visit.say("engagement.csv", file=name)
    st.download_button(label, made, name, "text/csv", key=f"csv_{key}", on_click="ignore", type="tertiary")


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


def _sessions_csv(found: Sequence[SessionRow]) -> str:
    columns = ("id", "player", "character", "episode", "release", "started_at", "turns", "ending", "audience")
    return as_csv(columns, ([getattr(one, name) for name in columns] for one in found))


def _share(visit: Visit, share: Share) -> str:
    if share.low is None or share.high is None:
        return visit.say("engagement.of_none")
    told = {"part": f"{share.part:,}", "whole": f"{share.whole:,}"}
    return visit.say("engagement.share", **told, low=f"{100 * share.low:.0f}", high=f"{100 * share.high:.0f}")


def _percent(rate: float | None) -> str:
    return DASH if rate is None else f"{100 * rate:.0f} %"


def _number(value: float | None) -> str:
    return DASH if value is None else f"{value:.1f}".removesuffix(".0")


def _day(picked: str) -> date:
    """The day that was clicked: milliseconds since 1970, or ISO."""
    number = picked.lstrip("-")
    if number.replace(".", "", 1).isdigit():
        return datetime.fromtimestamp(float(picked) / 1000, UTC).date()
    return datetime.fromisoformat(picked).date()


draw()
