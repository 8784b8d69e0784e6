"""The five figures of a period, each with its definition, its number of cases and the period before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from engine.analytics.nouns import Overview, Share, Totals
    from studio_app.door import Visit

DASH = "–"


def figures(visit: Visit, found: Overview) -> None:
    """The cards, five in a row where there is room."""
    now, before, about = found.now, found.before, definitions(visit)
    with st.grid(5, min_column_width=150, key="figures"):
        _count(visit, visit.say("engagement.active"), about["active"], now.active, before.active)
        _count(visit, visit.say("engagement.sessions"), about["sessions"], now.sessions, before.sessions)
        _count(visit, visit.say("engagement.turns"), about["turns"], now.turns, before.turns)
        _median(visit, about["turns_per_session"], now, before)
        _completion(visit, about["completion"], now.completion, before.completion)


def definitions(visit: Visit) -> dict[str, str]:
    """What each figure means, and how all of them are counted."""
    return {
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


def share_of(visit: Visit, share: Share) -> str:
    """A share's count and interval: `5 of 10; 24 to 76 %`."""
    if share.low is None or share.high is None:
        return visit.say("engagement.of_none")
    told = {"part": f"{share.part:,}", "whole": f"{share.whole:,}"}
    return visit.say("engagement.share", **told, low=f"{100 * share.low:.0f}", high=f"{100 * share.high:.0f}")


def percent(rate: float | None) -> str:
    """A rate as one reads it, a dash where there is none."""
    return DASH if rate is None else f"{100 * rate:.0f} %"


def number(value: float | None) -> str:
    """A median as one reads it, a dash where there is none."""
    return DASH if value is None else f"{value:.1f}".removesuffix(".0")


def _count(visit: Visit, label: str, about: str, now: int, before: int) -> None:
    with st.container(border=True, height="stretch"):
        st.metric(label, f"{now:,}", f"{now - before:+,}" if before != now else None, delta_color="off", help=about)
        st.text(visit.say("engagement.before", before=f"{before:,}"))


def _median(visit: Visit, about: str, now: Totals, before: Totals) -> None:
    mine, theirs = now.turns_per_session, before.turns_per_session
    change = f"{mine - theirs:+.1f}" if mine is not None and theirs is not None and mine != theirs else None
    with st.container(border=True, height="stretch"):
        label = visit.say("engagement.turns_per_session")
        st.metric(label, number(mine), change, delta_color="off", help=about)
        st.text(visit.say("engagement.of_sessions", sessions=f"{now.sessions:,}"))
        st.text(visit.say("engagement.before", before=number(theirs)))


def _completion(visit: Visit, about: str, now: Share, before: Share) -> None:
    change = None
    if now.rate is not None and before.rate is not None:
        points = round(100 * (now.rate - before.rate))
        change = visit.say("engagement.points", points=f"{points:+}") if points else None
    with st.container(border=True, height="stretch"):
        st.metric(visit.say("engagement.completion"), percent(now.rate), change, delta_color="off", help=about)
        st.text(share_of(visit, now))
        st.text(visit.say("engagement.before", before=f"{percent(before.rate)} ({before.part:,} / {before.whole:,})"))
