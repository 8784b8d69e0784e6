"""The cameras of the Providers screen: who draws and why, with which models, how it does, and a picture to try it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from studio_app.door import Visit, plain, refusals
from studio_app.parts.tallies import called, complaint, cost_of, tally_of

if TYPE_CHECKING:
    from engine.studio.voices.cameras import CameraStatus, TriedPicture

POLL = 0.5
"""Seconds between two looks at a picture that is being drawn."""
PAINTER = "offline"


def cameras(visit: Visit) -> None:
    """Everybody who could draw, who does it first."""
    shown = list(visit.engine.cameras.all())
    st.header(visit.say("providers.cameras"), anchor=False)
    st.text(visit.say("providers.cameras_intro", why=visit.engine.cameras.why))
    with st.grid("auto", min_column_width=340, gap="medium", key="cameras"):
        for one in shown:
            with st.container(key=f"card_camera_{one.name}"):
                _camera(visit, one)


def _camera(visit: Visit, one: CameraStatus) -> None:
    say, is_painter = visit.say, one.name == PAINTER
    with st.container(horizontal=True, vertical_alignment="center", key=f"camera_head_{one.name}"):
        st.header(say("providers.painter") if is_painter else called(visit, one.name), anchor=False)
        if one.draws:
            st.badge(say("providers.draws"), color="green")
        else:
            st.badge(say("providers.not_chosen"), color="gray")
    if one.anchored == one.worded:
        st.text(one.worded)
    else:
        st.text(say("providers.anchored", model=one.anchored) + "\n" + say("providers.worded", model=one.worded))
    if is_painter:
        st.text(say("providers.painter_about"))
    if one.lacks:
        st.text(say("providers.lacks_camera", setting=one.lacks))
        return
    tried = visit.engine.cameras.tried(one.name)
    drawing = tried is not None and tried.state == "drawing"
    st.fragment(_try, run_every=POLL if drawing else None, key=f"camera_try_{one.name}")(visit, one.name, drawing)
    tally_of(visit, one.tally)


def _try(visit: Visit, name: str, drawing: bool) -> None:  # noqa: FBT001  (a fragment gets its arguments by place)
    """The button and the latest try; looks again by itself while one is drawn."""
    label = visit.say("providers.try_painter" if name == PAINTER else "providers.try_camera")
    st.button(label, key=f"try_camera_{name}", disabled=drawing, on_click=_begin, args=(visit, name))
    told = visit.engine.cameras.tried(name)
    if told is not None:
        _tried(visit, name, told)
    if (told is not None and told.state == "drawing") != drawing:
        st.rerun()


def _begin(visit: Visit, name: str) -> None:
    """Draw one; a second click finds the one that is drawn."""
    with refusals():
        visit.engine.cameras.try_it(name)


def _tried(visit: Visit, name: str, told: TriedPicture) -> None:
    if told.state == "drawing":
        st.skeleton(height=220)
        st.caption(visit.say("providers.drawing"))
    elif told.state == "failed":
        complaint(visit, told.error, told.detail, f"camera_{name}")
    else:
        st.image(told.picture, width="stretch", alt=visit.say("providers.picture_alt"))
        seconds, cost = f"{told.total_ms / 1000:.1f}", cost_of(visit, told.cost)
        st.caption(plain(visit.say("providers.picture", model=told.model, seconds=seconds, cost=cost)))
