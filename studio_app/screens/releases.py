"""The screen `releases`: what players get of a character, what the draft still lacks, and every number there was."""

from __future__ import annotations

import streamlit as st

from studio_app.door import open_door
from studio_app.parts.character_bar import character_bar
from studio_app.parts.places import Map
from studio_app.parts.release_view import history, open_counter, readiness, standing


def screen() -> None:
    """The whole screen."""
    visit = open_door()
    character = character_bar(visit, st.query_params.get("id", ""), "releases")
    counter = open_counter(visit, character)
    places = Map(visit, character, visit.engine.episodes.of_character(character.id))
    left, right = st.columns([1, 1.15], gap="large")
    with left:
        standing(counter, places)
        readiness(counter, places)
    with right:
        history(counter)


screen()
