"""The screen `inbox`: what players think of replies, newest first, until the team has seen to it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from engine.errors import BadInput, NotFound
from studio_app.door import Visit, open_door, plain
from studio_app.parts import clock
from studio_app.parts.talk import READABLE, Said, talk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.play.feedback.nouns import InboxItem

A_PAGE = 25
EVERYBODY = ""


def run() -> None:
    """Show a page of feedback."""
    visit = open_door()
    st.title(visit.say("inbox.title"), anchor=False)
    open_only, character_id = _filters(visit)
    if gone := st.session_state.pop("inbox_gone", ""):
        st.warning(plain(gone))
    items = _items(visit, open_only=open_only, character_id=character_id)
    if not items:
        _nothing(visit, open_only=open_only, filtered=bool(character_id))
    for item in items[:A_PAGE]:
        _card(visit, item)
    _pages(visit, items)


def _filters(visit: Visit) -> tuple[bool, str]:
    shown = {"open": visit.say("inbox.open"), "all": visit.say("inbox.all")}
    people = {one.id: one.name for one in visit.engine.characters.listed()}
    with st.container(horizontal=True, vertical_alignment="bottom", key="inbox_filters"):
        which = st.segmented_control(
            visit.say("inbox.show"), list(shown), format_func=shown.__getitem__, default="open", required=True,
            key="show", bind="query-params", on_change=_from_the_start,
        )  # fmt: skip
        character_id = st.selectbox(
            visit.say("inbox.character"), [EVERYBODY, *people], key="inbox_character", on_change=_from_the_start,
            format_func=lambda ref: people.get(ref, visit.say("inbox.everybody")), width=280,
        )  # fmt: skip
    return which == "open", character_id


def _items(visit: Visit, *, open_only: bool, character_id: str) -> Sequence[InboxItem]:
    """A page of feedback, and one more where the list goes on."""
    page = partial(
        visit.engine.feedback.inbox, open_only=open_only, character_id=character_id or None, limit=A_PAGE + 1
    )
    try:
        return page(before=st.query_params.get("before"))
    except BadInput:
        _from_the_start()
        return page()


def _card(visit: Visit, item: InboxItem) -> None:
    with st.container(key=f"card_feedback_{item.id}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", key=f"feedback_head_{item.id}"):
            _thumb(visit, item)
            with st.container(key=f"soft_head_{item.id}"):
                st.text(_head(visit, item))
        if item.note:
            with st.container(key=f"note_{item.id}"):
                st.text(item.note)
        if item.tags:
            with st.container(key=f"soft_tags_{item.id}"):
                st.text(" · ".join(item.tags))
        _exchange(visit, item)
        with st.container(horizontal=True, vertical_alignment="center", key=f"feedback_acts_{item.id}"):
            settled = item.settled_at is not None
            label = visit.say("inbox.reopen") if settled else visit.say("inbox.settle")
            st.button(label, key=f"settle_{item.id}", on_click=_settle, args=(visit, item.id, not settled))
            query = {"session": item.session_id, "turn": item.turn_id}
            st.page_link("screens/transcript.py", label=visit.say("inbox.transcript"), query_params=query)


def _thumb(visit: Visit, item: InboxItem) -> None:
    if item.thumb == "up":
        st.badge(visit.say("inbox.up"), color="green", icon=":material/thumb_up:")
    elif item.thumb == "down":
        st.badge(visit.say("inbox.down"), color="red", icon=":material/thumb_down:")
    else:
        st.badge(visit.say("inbox.note_only"), color="gray", icon=":material/edit_note:")
    if item.settled_at is not None:
        st.badge(visit.say("inbox.settled"), color="gray")


def _head(visit: Visit, item: InboxItem) -> str:
    """Who said it, when, and of which character, episode and release."""
    number = item.release_number
    of = visit.say("inbox.cut") if number is None else visit.say("inbox.release", number=str(number))
    who = item.player or visit.say("inbox.nobody")
    parts = (who, clock.moment(visit, item.updated_at), item.character_name, item.episode_title, of)
    return " · ".join(parts)


def _exchange(visit: Visit, item: InboxItem) -> None:
    """What it was said of, as the player saw it."""
    note = "" if item.standing else visit.say("inbox.no_longer")
    with st.container(key=f"quote_{item.id}", width=READABLE):
        talk([Said(item.id, item.line or "", item.reply, note=note)], key=f"exchange_{item.id}")


def _nothing(visit: Visit, *, open_only: bool, filtered: bool) -> None:
    if filtered:
        st.text(visit.say("inbox.none_of_character"))
    elif open_only:
        st.text(visit.say("inbox.none_open"))
    else:
        st.text(visit.say("inbox.none"))


def _pages(visit: Visit, items: Sequence[InboxItem]) -> None:
    with st.container(horizontal=True, key="inbox_pages"):
        if st.query_params.get("before"):
            st.button(visit.say("inbox.newest"), key="inbox_newest", on_click=_from_the_start)
        if len(items) > A_PAGE:
            cursor = items[A_PAGE - 1].cursor
            st.button(visit.say("inbox.older"), key="inbox_older", on_click=_go_on, args=(cursor,))


def _from_the_start() -> None:
    st.query_params.pop("before", None)


def _go_on(cursor: str) -> None:
    st.query_params["before"] = cursor


def _settle(visit: Visit, feedback_id: str, settled: bool) -> None:  # noqa: FBT001  (Streamlit passes it by position)
    try:
        (visit.engine.feedback.settle if settled else visit.engine.feedback.reopen)(feedback_id)
    except NotFound as error:
        st.session_state["inbox_gone"] = str(error)


run()
