"""The screen `providers`: who acts and who draws, why, how each does, a try of one, and what was spent today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.errors import ColdopenError
from studio_app.door import Visit, open_door, plain
from studio_app.parts import clock
from studio_app.parts.cameras import cameras
from studio_app.parts.tallies import called, cost_of, tally_of

if TYPE_CHECKING:
    from engine.play.spending import Spend
    from engine.studio.voices.room import Tried, VoiceStatus


def run() -> None:
    """Show everybody who could act or draw."""
    visit = open_door()
    st.title(visit.say("providers.title"), anchor=False)
    st.text(visit.say("providers.intro", why=visit.engine.voices.why))
    with st.grid("auto", min_column_width=340, gap="medium", key="voices"):
        for one in visit.engine.voices.line():
            with st.container(key=f"card_voice_{one.name}"):
                _voice(visit, one)
    st.page_link("screens/voices.py", label=visit.say("voices.to_here"))
    cameras(visit)
    _spent(visit)


def _voice(visit: Visit, one: VoiceStatus) -> None:
    say = visit.say
    with st.container(horizontal=True, vertical_alignment="center", key=f"voice_head_{one.name}"):
        st.header(called(visit, one.name), anchor=False)
        _badge(visit, one)
    st.text(one.model or say("providers.no_model"))
    if one.lacks:
        st.text(say("providers.lacks", setting=one.lacks))
        return
    if st.button(say("providers.try"), key=f"try_{one.name}"):
        _try(visit, one.name)
    now = next((each.tally for each in visit.engine.voices.line() if each.name == one.name), None)
    if now is not None:
        tally_of(visit, now)


def _badge(visit: Visit, one: VoiceStatus) -> None:
    if one.place is None:
        st.badge(visit.say("providers.not_in_line"), color="gray")
    elif one.breaker == "open":
        st.badge(visit.say("providers.rests", seconds=str(round(one.rests_for))), color="red")
    elif one.place == 1:
        st.badge(visit.say("providers.acts"), color="green")
    else:
        st.badge(visit.say("providers.place", place=str(one.place)), color="blue")


def _try(visit: Visit, name: str) -> None:
    with st.spinner(visit.say("providers.trying")):
        try:
            told = visit.engine.voices.try_it(name)
        except ColdopenError as error:
            st.error(plain(" ".join(part for part in (str(error), getattr(error, "detail", "")) if part)))
            return
    with st.container(key=f"note_try_{name}"):
        st.text(told.words)
    st.text(_figures(visit, told))


def _figures(visit: Visit, told: Tried) -> str:
    used = told.usage
    return visit.say(
        "providers.figures",
        model=told.model,
        first=str(told.first_ms),
        total=str(told.total_ms),
        tokens_in=str(used.tokens_in),
        tokens_out=str(used.tokens_out),
        cost=cost_of(visit, used.cost),
    )


def _spent(visit: Visit) -> None:
    st.header(visit.say("providers.spent"), anchor=False)
    spends = visit.engine.voices.spent_today(str(clock.zone(visit)))
    if not spends:
        st.text(visit.say("providers.spent_nothing"))
        return
    st.dataframe([_row(visit, one) for one in spends], hide_index=True, key="spent")


def _row(visit: Visit, one: Spend) -> dict[str, str | int]:
    say = visit.say
    cost = cost_of(visit, one.cost if one.cost or not one.unpriced else None)
    unpriced = say("providers.unpriced", count=str(one.unpriced)) if one.unpriced and one.cost else ""
    return {
        say("providers.column_model"): one.model,
        say("providers.column_calls"): one.calls,
        say("providers.column_pictures"): one.pictures,
        say("providers.column_in"): one.tokens_in,
        say("providers.column_cached"): one.tokens_cached,
        say("providers.column_out"): one.tokens_out,
        say("providers.column_cost"): f"{cost} {unpriced}".strip(),
    }


run()
