"""The screen `genres`: the doctrines side by side, row by row, so that they can be compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from studio_app.door import Visit, open_door, plain

if TYPE_CHECKING:
    from engine.studio.genres import Doctrine

Told = Callable[["Doctrine"], Sequence[str]]


def run() -> None:
    """Show every doctrine."""
    visit = open_door()
    say, doctrines = visit.say, list(visit.engine.genres.all().values())
    st.title(say("genres.title"), anchor=False)
    with st.container(key="soft_genres_about"):
        st.text(say("genres.about"))
    shown = _switch(visit, doctrines)
    _row(doctrines, shown, "name", "", _head)
    rows: tuple[tuple[str, str, Told], ...] = (
        ("purpose", say("genres.purpose"), lambda one: (one.purpose,)),
        ("core", say("genres.core"), lambda one: (*one.emotional_core, " · ".join(one.charged_pairs))),
        ("success", say("genres.success"), lambda one: (one.success,)),
        ("mandatory", say("genres.mandatory"), lambda one: one.mandatory),
        ("forbidden", say("genres.forbidden"), lambda one: one.forbidden),
        ("limits", say("genres.limits"), lambda one: (*one.not_its_business, one.content_level)),
        ("rules", say("genres.rules"), lambda one: one.episode_rules),
        ("frames", say("genres.frames"), lambda one: [f"{each.beat}: {each.show}" for each in one.frame_beats]),
        ("visual", say("genres.visual"), lambda one: one.visual_doctrine),
    )
    for key, title, told in rows:
        _row(doctrines, shown, key, title, lambda one, told=told, key=key: _lines(f"{key}_{one.slug}", told(one)))
    _row(doctrines, shown, "gates", say("genres.gates"), lambda one: _gates(visit, one))


def _switch(visit: Visit, doctrines: Sequence[Doctrine]) -> str:
    """Which doctrine a narrow screen shows; wide ones show all."""
    titles = {one.slug: plain(one.title) for one in doctrines}
    with st.container(key="pane_switch"):
        return st.segmented_control(
            visit.say("genres.title"), list(titles), format_func=titles.__getitem__, default=doctrines[0].slug,
            required=True, key="genre", label_visibility="collapsed", width="stretch", bind="query-params",
        )  # fmt: skip


def _row(doctrines: Sequence[Doctrine], shown: str, key: str, title: str, draw: Callable[[Doctrine], None]) -> None:
    with st.container(key=f"doctrine_{key}"):
        if title:
            st.subheader(title, anchor=False)
        for column, doctrine in zip(st.columns(len(doctrines), gap="large"), doctrines, strict=True):
            away = "" if doctrine.slug == shown else "away_"
            with column, st.container(key=f"{away}doctrine_{key}_{doctrine.slug}"):
                draw(doctrine)


def _head(doctrine: Doctrine) -> None:
    st.header(plain(doctrine.title), anchor=False)
    with st.container(key=f"story_product_{doctrine.slug}"):
        st.text(doctrine.product)


def _lines(key: str, told: Sequence[str]) -> None:
    with st.container(key=f"story_{key}" if len(told) == 1 else f"list_{key}", gap="xsmall"):
        for line in told:
            st.text(line)


def _gates(visit: Visit, doctrine: Doctrine) -> None:
    for gate in doctrine.gates:
        with st.container(key=f"card_gate_{doctrine.slug}_{gate.letter}", gap="xsmall"):
            st.markdown(f"**{gate.letter} · {plain(gate.name)}**")
            st.text(gate.must_show)
            with st.container(key=f"soft_fails_{doctrine.slug}_{gate.letter}"):
                st.text(visit.say("genres.fails_when", what=gate.fails_when))


run()
