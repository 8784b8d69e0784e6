"""The bar above every screen of a character: its name, how it stands, and the way to its other screens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NoReturn

import streamlit as st

from engine.errors import NotFound
from studio_app.door import Visit, plain

if TYPE_CHECKING:
    from engine.story.character import Character
    from engine.studio.releases.status import ReleaseStatus

Here = Literal["character", "looks", "episodes", "voices", "releases"]


def character_bar(visit: Visit, character_id: str, here: Here) -> Character:
    """Draw the bar, and the character. Ends the page with a sentence where there is no such character."""
    try:
        character = visit.engine.characters.get(character_id)
    except NotFound as error:
        nothing_here(visit, str(error))
    with st.container(key="character_bar"):
        _where(visit, character)
        with st.container(horizontal=True, vertical_alignment="center", key="character_title"):
            st.title(plain(character.name), anchor=False, width="content")
            status_badge(visit, visit.engine.releases.status(character.id))
        _links(visit, character.id, here)
    return character


def nothing_here(visit: Visit, sentence: str) -> NoReturn:
    """Say that there is nothing under this address, with the way back; ends the page."""
    st.info(plain(sentence))
    st.page_link("screens/characters.py", label=visit.say("studio.back_to_characters"))
    st.stop()


def status_badge(visit: Visit, status: ReleaseStatus) -> None:
    """Whether the character is offered to players, as which number, and whether its draft went on since."""
    number = str(status.live_number)
    if status.live_number is None:
        st.badge(visit.say("studio.not_published"), color="gray")
    elif status.is_stale:
        st.badge(visit.say("studio.live_is_older", number=number), color="orange")
    else:
        st.badge(visit.say("studio.live", number=number), color="green")


def _where(visit: Visit, character: Character) -> None:
    """The world that the character lives in, as the way up."""
    if character.world_id is None:
        return
    world = visit.engine.worlds.get(character.world_id)
    st.page_link("screens/world.py", label=plain(world.name), query_params={"id": world.id})


def _links(visit: Visit, character_id: str, here: Here) -> None:
    named = {
        "character": visit.say("studio.page_character"),
        "looks": visit.say("studio.page_looks"),
        "episodes": visit.say("studio.page_episodes"),
        "voices": visit.say("voices.page"),
        "releases": visit.say("studio.page_releases"),
    }
    with st.container(horizontal=True, key=f"character_links_{here}"):
        for screen, label in named.items():
            with st.container(key=f"tab_here_{screen}" if screen == here else f"tab_{screen}", width="content"):
                st.page_link(f"screens/{screen}.py", label=label, query_params={"id": character_id})
