"""The screen `worlds`: every world, and how to begin one."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import streamlit as st

from studio_app.door import Visit, open_door, plain
from studio_app.parts.lists import heading, page_of

if TYPE_CHECKING:
    from engine.story.world import World


def run() -> None:
    """Show the worlds as cards, a page at a time."""
    visit = open_door()
    worlds = visit.engine.worlds.all()
    heading(visit.say("world_screen.worlds_title"), "screens/world.py", visit.say("world_screen.new"))
    if not worlds:
        st.text(visit.say("world_screen.none"))
        return
    homes = Counter(one.world_id for one in visit.engine.characters.listed())
    shown = page_of(visit, worlds, lambda world: f"{world.name} {world.tone}", key="worlds")
    with st.grid("auto", min_column_width=320, gap="medium", key="world_grid"):
        for world in shown:
            _card(visit, world, homes[world.id])


def _card(visit: Visit, world: World, people: int) -> None:
    found = visit.engine.genres.all().get(world.genre)
    with st.container(key=f"card_world_{world.id}"):
        with st.container(key=f"soft_genre_{world.id}"):
            st.text(found.title if found else world.genre)
        st.header(plain(world.name), anchor=False)
        if world.tone:
            with st.container(key=f"story_{world.id}"):
                st.text(world.tone)
        with st.container(key=f"soft_count_{world.id}"):
            st.text(visit.say("world_screen.count", count=str(people)))
        st.page_link("screens/world.py", label=visit.say("world_screen.open"), query_params={"id": world.id})


run()
