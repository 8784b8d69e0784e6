"""The screen `transcript`: one session as it was played, its pictures, its ending, and what its player thought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from engine.errors import ColdopenError
from engine.play.feedback.nouns import Given
from engine.play.play import SessionView
from engine.play.view import PlayerOf, TurnView
from studio_app.door import Visit, open_door
from studio_app.parts import clock
from studio_app.parts.filters import audience_names
from studio_app.parts.talk import READABLE, Said, talk

A_PAGE = 100
"""Exchanges that stand on a page."""


def draw() -> None:
    """The whole screen."""
    visit = open_door()
    st.title(visit.say("transcript.title"))
    session_id = st.query_params.get("session", "")
    if not session_id:
        st.info(visit.say("transcript.choose_one"))
        _back(visit)
        return
    try:
        view = visit.engine.play.transcript(session_id)
        player = visit.engine.play.player_of(session_id)
        given = visit.engine.feedback.of_session(player.user_id, session_id)
    except ColdopenError:
        st.warning(visit.say("transcript.none"))
        _back(visit)
        return
    _head(visit, view, player)
    with st.container(width=READABLE):
        place = st.container()
        shown = _page(visit, view.turns)
        with place:
            talk([_said(visit, view, one, given) for one in shown], key="transcript")
    _ending(visit, view)
    _scenes(visit, view)
    _back(visit)


def _head(visit: Visit, view: SessionView, player: PlayerOf) -> None:
    if player.audience == "synthetic":
        st.badge(visit.say("engagement.demo_badge"), color="orange")
    told = {
        visit.say("transcript.player"): f"{player.name} ({audience_names(visit)[player.audience]})",
        visit.say("transcript.character"): view.release.payload.persona.name,
        visit.say("transcript.episode"): view.episode.title,
        visit.say("transcript.release"): _release(visit, view),
        visit.say("transcript.started"): clock.moment(visit, view.started_at),
        visit.say("transcript.turns"): visit.say(
            "transcript.turns_of", played=str(view.played), budget=str(view.budget)
        ),
    }
    with st.container(border=True, gap=None):
        for name, value in told.items():
            st.text(f"{name}: {value}")
    if view.episode.episode_frame:
        st.text(view.episode.episode_frame)


def _page(visit: Visit, turns: Sequence[TurnView]) -> Sequence[TurnView]:
    """The exchanges of one page: at first that of the turn which the address names."""
    if len(turns) <= A_PAGE:
        return turns
    wanted = st.query_params.get("turn")
    first = next((at // A_PAGE + 1 for at, one in enumerate(turns) if one.turn.id == wanted), 1)
    with st.container(horizontal=True, vertical_alignment="center", key="transcript_pages"):
        page = st.pagination(-(-len(turns) // A_PAGE), default=first, key="page", bind="query-params")
        shown = turns[(page - 1) * A_PAGE : page * A_PAGE]
        last = min(page * A_PAGE, len(turns))
        told = {"first": f"{(page - 1) * A_PAGE + 1:,}", "last": f"{last:,}", "whole": f"{len(turns):,}"}
        st.text(visit.say("transcript.exchanges", **told))
    return shown


def _release(visit: Visit, view: SessionView) -> str:
    number = view.release.number
    return str(number) if number is not None else visit.say("transcript.a_cut")


def _said(visit: Visit, view: SessionView, one: TurnView, given: Mapping[str, Given]) -> Said:
    take_id = one.reply.take_id if one.reply else None
    thought = given.get(take_id) if take_id else None
    pictures = [scene.caption for scene in view.scenes if scene.turn_id == one.turn.id and scene.state == "ready"]
    notes = [visit.say("transcript.picture", caption=caption) for caption in pictures]
    if one.turn.id == st.query_params.get("turn"):
        notes.append(visit.say("transcript.this_one"))
    if thought is not None:
        notes.append(_thought(visit, thought))
    line, reply = (part.content if part else "" for part in (one.line, one.reply))
    return Said(one.turn.id, line, reply, speaking=one.state == "speaking", note="\n".join(notes))


def _thought(visit: Visit, one: Given) -> str:
    thumbs = {"up": visit.say("transcript.thumb_up"), "down": visit.say("transcript.thumb_down")}
    parts = (thumbs.get(one.thumb or "", ""), ", ".join(one.tags), one.note)
    return visit.say("transcript.feedback", words=" · ".join(part for part in parts if part))


def _ending(visit: Visit, view: SessionView) -> None:
    kinds = {
        "positive": visit.say("transcript.ended_positive"),
        "neutral": visit.say("transcript.ended_neutral"),
        "negative": visit.say("transcript.ended_negative"),
        "surprise": visit.say("transcript.ended_surprise"),
        "budget": visit.say("transcript.ended_budget"),
        "withdrawn": visit.say("transcript.ended_withdrawn"),
    }
    st.subheader(visit.say("transcript.ending"))
    if view.ending is None:
        st.text(visit.say("transcript.goes_on"))
        return
    st.text(kinds.get(view.ending.kind, view.ending.kind))
    if view.ending.text:
        st.text(view.ending.text)


def _scenes(visit: Visit, view: SessionView) -> None:
    """The pictures of the session. A file that is gone leaves its words."""
    ready = [scene for scene in view.scenes if scene.state == "ready" and scene.storage_path]
    if not ready:
        return
    st.subheader(visit.say("transcript.scenes"))
    with st.grid("auto", min_column_width=220, key="scenes"):
        for scene in ready:
            with st.container(border=True):
                _picture(visit, scene.storage_path or "", scene.caption)
                st.text(scene.caption)


def _picture(visit: Visit, path: str, caption: str) -> None:
    try:
        st.image(visit.engine.storage.get(path), alt=caption, width="stretch")
    except ColdopenError:
        st.text(visit.say("transcript.picture_gone"))


def _back(visit: Visit) -> None:
    st.page_link("screens/engagement.py", label=visit.say("transcript.back"))


draw()
