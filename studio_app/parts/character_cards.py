"""Cards of characters: the face, the name, how they stand, and the way to each of their screens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from engine.errors import NotFound
from studio_app.door import Visit, plain
from studio_app.parts.character_bar import status_badge

if TYPE_CHECKING:
    from engine.studio.authoring.cards import CharacterCard

_WIDTH = 290


def characters_grid(visit: Visit, people: Sequence[CharacterCard], worlds: Mapping[str, str], *, key: str) -> None:
    """Draw a card for each. `worlds` are the worlds' names by id."""
    with st.grid("auto", min_column_width=_WIDTH, gap="medium", key=key):
        for one in people:
            _card(visit, one, worlds.get(one.world_id or "", ""))


def _card(visit: Visit, one: CharacterCard, world: str) -> None:
    say, engine = visit.say, visit.engine
    with st.container(key=f"card_face_{one.id}", gap="xsmall"):
        _face(visit, one)
        st.subheader(plain(one.name), anchor=False)
        with st.container(key=f"soft_{one.id}"):
            found = engine.genres.all().get(one.genre)
            st.text(" · ".join(part for part in (world, found.title if found else one.genre) if part))
        status_badge(visit, engine.releases.status(one.id))
        with st.container(horizontal=True, key=f"cardlinks_{one.id}"):
            query = {"id": one.id}
            st.page_link("screens/character.py", label=say("studio.to_write"), query_params=query)
            st.page_link("screens/looks.py", label=say("studio.to_looks"), query_params=query)
            label = say("studio.to_episodes", count=str(one.episodes))
            st.page_link("screens/episodes.py", label=label, query_params=query)
            st.page_link("screens/releases.py", label=say("studio.to_releases"), query_params=query)


def _face(visit: Visit, one: CharacterCard) -> None:
    """The anchor in use; where there is none, or its file is gone, a plain ground."""
    try:
        picture = visit.engine.storage.get(one.portrait) if one.portrait else None
    except NotFound:
        picture = None
    if picture is None:
        with st.container(key=f"noface_{one.id}"):
            st.text(visit.say("studio.no_face"))
        return
    with st.container(key=f"face_{one.id}"):
        st.image(picture, alt=one.name, width="stretch")
