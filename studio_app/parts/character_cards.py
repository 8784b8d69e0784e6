"""Cards of characters: the face, the name, how they stand, and the way to each of their screens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from engine.errors import NotFound
from studio_app.door import Visit, plain
from studio_app.parts.character_bar import status_badge

if TYPE_CHECKING:
    from engine.story.character import Character

_WIDTH = 270


def characters_grid(visit: Visit, people: Sequence[Character], worlds: Mapping[str, str], *, key: str) -> None:
    """Draw a card for each. `worlds` are the worlds' names by id."""
    with st.grid("auto", min_column_width=_WIDTH, gap="medium", key=key):
        for one in people:
            _card(visit, one, worlds.get(one.world_id or "", ""))


def face_of(visit: Visit, character_id: str) -> bytes | None:
    """The picture of the anchor in use, or None."""
    try:
        anchors = visit.engine.avatars.of_character(character_id)
    except NotFound:
        return None
    used = next((anchor for anchor in anchors if anchor.is_primary), None)
    return visit.engine.storage.get(used.storage_path) if used else None


def _card(visit: Visit, one: Character, world: str) -> None:
    say, engine = visit.say, visit.engine
    with st.container(key=f"card_face_{one.id}", gap="xsmall"):
        _face(visit, one)
        st.subheader(plain(one.name), anchor=False)
        with st.container(key=f"soft_{one.id}"):
            found = engine.genres.all().get(one.genre)
            st.text(" · ".join(part for part in (world, found.title if found else one.genre) if part))
        status_badge(visit, engine.releases.status(one.id))
        count = len(engine.episodes.of_character(one.id))
        with st.container(horizontal=True, key=f"cardlinks_{one.id}"):
            query = {"id": one.id}
            st.page_link("screens/character.py", label=say("studio.to_write"), query_params=query)
            st.page_link("screens/looks.py", label=say("studio.to_looks"), query_params=query)
            label = say("studio.to_episodes", count=str(count))
            st.page_link("screens/episodes.py", label=label, query_params=query)
            st.page_link("screens/releases.py", label=say("studio.to_releases"), query_params=query)


def _face(visit: Visit, one: Character) -> None:
    picture = face_of(visit, one.id)
    if picture is None:
        with st.container(key=f"noface_{one.id}"):
            st.text(visit.say("studio.no_face"))
        return
    with st.container(key=f"face_{one.id}"):
        st.image(picture, alt=one.name, width="stretch")
