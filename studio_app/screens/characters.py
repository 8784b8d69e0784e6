"""The screen `characters`: everybody, world by world."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from studio_app.door import Visit, open_door, plain
from studio_app.parts.character_cards import characters_grid
from studio_app.parts.lists import heading, page_of


def run() -> None:
    """Show the characters under their worlds, a page at a time."""
    visit = open_door()
    worlds = visit.engine.worlds.names()
    if not worlds:
        _needs_a_world(visit)
        return
    heading(visit.say("character_screen.list_title"), "screens/character.py", visit.say("character_screen.new"))
    everybody = visit.engine.characters.listed()
    if not everybody:
        st.text(visit.say("character_screen.none"))
        return
    sorted_by_world = sorted(everybody, key=lambda one: (worlds.get(one.world_id or "", ""), one.world_id or ""))
    shown = page_of(
        visit, sorted_by_world, lambda one: f"{one.name} {one.archetype} {worlds.get(one.world_id or '', '')}",
        key="characters",
    )  # fmt: skip
    for world_id, people in groupby(shown, key=lambda one: one.world_id or ""):
        st.header(plain(worlds.get(world_id, visit.say("character_screen.no_world"))), anchor=False)
        characters_grid(visit, list(people), worlds, key=f"people_{world_id or 'none'}")


def _needs_a_world(visit: Visit) -> None:
    st.title(visit.say("character_screen.list_title"), anchor=False)
    st.text(visit.say("character_screen.world_first"))
    st.page_link("screens/world.py", label=visit.say("character_screen.to_new_world"))


run()
