"""Two voices side by side: what each says as it comes, and what it took."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal

import streamlit as st

from engine.errors import NotFound
from studio_app.door import Visit, plain
from studio_app.parts.prompt_view import exact_prompt
from studio_app.parts.talk import READABLE, Said, talk
from studio_app.parts.tallies import called, complaint, dollars

if TYPE_CHECKING:
    from engine.providers.llm import Usage
    from engine.studio.voices.comparing import Comparison, Heard

PACE = 0.3
"""Seconds between two looks while a voice speaks."""
YET = "…"
_COLOURS: Mapping[str, Literal["blue", "green", "gray", "orange"]] = {
    "speaking": "blue",
    "complete": "green",
    "stopped": "gray",
    "failed": "orange",
}
_ENDS = {
    "speaking": "voices.speaking",
    "stop": "voices.complete",
    "max_tokens": "voices.max_tokens",
    "refusal": "voices.refusal",
    "stopped": "voices.stopped",
    "failed": "voices.failed",
}


def side_by_side(visit: Visit, found: Comparison) -> None:
    """A comparison, which goes on by itself while it runs, and the prompt behind it."""
    pace = PACE if found.running else None
    st.fragment(_stage, run_every=pace, key="voices_stage")(visit, found.id, found.running)
    with st.expander(visit.say("voices.prompt")):
        exact_prompt(visit, found.prompt, key="voices_prompt")


def _stage(visit: Visit, comparison_id: str, running: bool) -> None:  # noqa: FBT001  (a fragment's own argument)
    """The line, two replies to it and their figures."""
    try:
        found = visit.engine.comparisons.of(visit.me.id, comparison_id)
    except NotFound:
        st.rerun()
    with st.container(key="voices_line", width=READABLE):
        talk(
            [Said(f"{found.id}.opening", "", found.opening), Said(f"{found.id}.line", found.wish.line, "")],
            "voices_open",
        )
    for place, (column, one) in enumerate(zip(st.columns(2, gap="large"), found.heard, strict=True)):
        with column, st.container(key=f"voices_side_{place}"):
            _side(visit, f"{found.id}.{place}", place, one)
    st.dataframe(_figures(visit, found.heard), hide_index=True, width="stretch", key="voices_figures")
    if found.running:
        st.button(visit.say("voices.stop"), key="voices_stop", on_click=_stop, args=(visit, found.id))
    if found.running != running:
        st.rerun()


def _stop(visit: Visit, comparison_id: str) -> None:
    visit.engine.comparisons.stop(visit.me.id, comparison_id)


def _side(visit: Visit, turn: str, place: int, one: Heard) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"voices_head_{place}"):
        st.header(called(visit, one.voice), anchor=False)
        st.badge(visit.say(_ENDS[_end(one)]), color=_COLOURS[one.state])
    st.caption(plain(one.model))
    if one.words or one.state == "speaking":
        talk([Said(turn, "", one.words, one.state == "speaking")], f"voices_talk_{place}")
    if one.error:
        complaint(visit, one.error, one.detail, f"voice_{place}")


def _end(one: Heard) -> str:
    """Why it ended, as the words for it are called."""
    return (one.reason or "stop") if one.state == "complete" else one.state


def _figures(visit: Visit, heard: tuple[Heard, Heard]) -> list[dict[str, str]]:
    """What both took, a row for each figure."""
    say, first = visit.say, visit.say("voices.row")
    names = [
        say("voices.numbered", number=str(place), name=_name(visit, one.voice)) for place, one in enumerate(heard, 1)
    ]
    rows = (
        (say("voices.row_first"), [_ms(visit, one, one.first_ms) for one in heard]),
        (say("voices.row_total"), [_ms(visit, one, one.total_ms) for one in heard]),
        (say("voices.row_in"), [_tokens(visit, one, lambda used: used.tokens_in) for one in heard]),
        (say("voices.row_cached"), [_tokens(visit, one, lambda used: used.tokens_cached) for one in heard]),
        (say("voices.row_out"), [_tokens(visit, one, lambda used: used.tokens_out) for one in heard]),
        (say("voices.row_cost"), [_cost(visit, one) for one in heard]),
    )
    return [{first: label, **dict(zip(names, told, strict=True))} for label, told in rows]


def _name(visit: Visit, voice: str) -> str:
    """A voice's name for a table, which reads no Markdown."""
    return called(visit, voice).replace("\\", "")


def _ms(visit: Visit, one: Heard, ms: int | None) -> str:
    if ms is None:
        return YET if one.state == "speaking" else "–"
    return visit.say("voices.ms", ms=f"{ms:,}")


def _tokens(visit: Visit, one: Heard, figure: Callable[[Usage], int]) -> str:
    """Tokens as the provider told them; what it did not tell is unknown, never nothing."""
    if one.state == "speaking":
        return YET
    used = one.usage
    if used is None or not used.tokens_in + used.tokens_out:
        return visit.say("voices.unknown")
    return f"{figure(used):,}"


def _cost(visit: Visit, one: Heard) -> str:
    if one.state == "speaking":
        return YET
    return visit.say("voices.unknown") if one.usage is None or one.usage.cost is None else dollars(one.usage.cost)
