"""The screen `desk`: what to do first, what waits, and everybody who is being written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from studio_app.door import Visit, open_door
from studio_app.parts.character_cards import characters_grid
from studio_app.parts.draft_links import drafts_panel
from studio_app.parts.lists import page_of

if TYPE_CHECKING:
    from engine.studio.authoring.cards import CharacterCard

_LOOKED_AT = 24
"""How many characters are asked whether they lack something; with more, the writer knows the way."""


def run() -> None:
    """Show the desk."""
    visit = open_door()
    worlds = visit.engine.worlds.names()
    people = visit.engine.characters.listed()
    st.title(visit.say("desk.title"), anchor=False)
    with st.grid("auto", min_column_width=290, gap="medium", key="desk_top"):
        with st.container(key="card_next"):
            st.header(visit.say("desk.next"), anchor=False)
            _next_step(visit, has_world=bool(worlds), people=people)
        with st.container(key="card_inbox"):
            _inbox(visit)
        with st.container(key="card_drafts"):
            st.header(visit.say("desk.drafts"), anchor=False)
            drafts_panel(visit)
    if people:
        st.header(visit.say("desk.people"), anchor=False)
        shown = page_of(
            visit, people, lambda one: f"{one.name} {one.archetype} {worlds.get(one.world_id or '', '')}", key="desk"
        )
        characters_grid(visit, shown, worlds, key="desk_people")


def _next_step(visit: Visit, *, has_world: bool, people: Sequence[CharacterCard]) -> None:
    """The first thing that is still to do, told with the way there."""
    say = visit.say
    if not has_world:
        st.text(say("desk.first_world"))
        st.page_link("screens/world.py", label=say("desk.to_world"))
        st.page_link("screens/genres.py", label=say("desk.to_genres"))
        return
    if not people:
        st.text(say("desk.first_character"))
        st.page_link("screens/character.py", label=say("desk.to_character"))
        return
    for one in people[:_LOOKED_AT]:
        if step := _lacks(visit, one):
            sentence, screen, label = step
            st.text(sentence)
            st.page_link(f"screens/{screen}.py", label=label, query_params={"id": one.id})
            return
    st.text(say("desk.all_live"))
    st.link_button(say("desk.to_play"), "/play/", type="tertiary")


def _lacks(visit: Visit, one: CharacterCard) -> tuple[str, str, str] | None:
    """What a character needs next: a sentence, the screen, and what the way there is called."""
    say, status = visit.say, visit.engine.releases.status(one.id)
    if status.live_number is not None:
        if not status.is_stale:
            return None
        return say("desk.stale", name=one.name), "releases", say("desk.to_releases")
    if one.portrait is None:
        return say("desk.faceless", name=one.name), "looks", say("desk.to_looks")
    if not one.episodes:
        return say("desk.no_episode", name=one.name), "episodes", say("desk.to_episodes")
    return say("desk.unpublished", name=one.name), "releases", say("desk.to_releases")


def _inbox(visit: Visit) -> None:
    count = visit.engine.feedback.count_open()
    st.header(visit.say("desk.inbox"), anchor=False)
    st.text(visit.say("desk.inbox_count", count=f"{count:,}") if count else visit.say("desk.inbox_empty"))
    st.page_link("screens/inbox.py", label=visit.say("desk.to_inbox"))


run()
