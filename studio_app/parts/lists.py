"""Long lists: a heading with the way to begin one more, a search when there are many, and one page at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

import streamlit as st

if TYPE_CHECKING:
    from studio_app.door import Visit

Thing = TypeVar("Thing")
A_PAGE = 24


def heading(title: str, new_screen: str, new_label: str) -> None:
    """The title of a list, and the way to a new one."""
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute", key="heading"):
        st.title(title, anchor=False, width="content")
        with st.container(key="to_new", width="content"):
            st.page_link(new_screen, label=new_label, icon=":material/add:")


def page_of(visit: Visit, things: Sequence[Thing], words: Callable[[Thing], str], *, key: str) -> Sequence[Thing]:
    """One page of the things that hold what was searched for; search and pages appear when there are many.

    `words` are what a thing is searched by.
    """
    if len(things) <= A_PAGE:
        return things
    label = visit.say("studio.search")
    sought = st.text_input(
        label, key=f"{key}_search", placeholder=label, label_visibility="collapsed", live=True, bind="query-params"
    )
    wanted = (sought or "").casefold().split()
    found = [thing for thing in things if _holds(words(thing).casefold(), wanted)] if wanted else things
    if not found:
        st.text(visit.say("studio.nothing_found"))
    pages = max(1, -(-len(found) // A_PAGE))
    page = min(st.pagination(pages, key=f"{key}_page", bind="query-params"), pages) if pages > 1 else 1
    return found[(page - 1) * A_PAGE : page * A_PAGE]


def _holds(text: str, wanted: Sequence[str]) -> bool:
    return all(word in text for word in wanted)
