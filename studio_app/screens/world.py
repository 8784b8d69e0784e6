"""The screen `world`: one world, its words, and who lives in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from engine.errors import NotFound
from engine.story.world import World
from engine.studio.authoring import fingerprint
from studio_app.door import Visit, open_door, plain
from studio_app.parts import fields
from studio_app.parts.addresses import Address, address
from studio_app.parts.fields import Sheet, open_sheet
from studio_app.parts.save_bar import STATUS, Saved, outdated, save_bar

if TYPE_CHECKING:
    from engine.studio.drafts.typed import Json


def run() -> None:
    """Show the world that the address names, or a blank one."""
    visit = open_door()
    where = address(visit)
    world = _world(visit, where)
    st.page_link("screens/worlds.py", label=visit.say("world_screen.all"))
    st.title(plain(world.name) if world else visit.say("world_screen.new_title"), anchor=False)
    stored = _fields(world) if world else _blank(visit)
    sheet = open_sheet(visit, "world", where.ref, stored, fingerprint(world) if world else "", watched=(STATUS,))
    outdated(sheet)
    left, right = st.columns([1.6, 1], gap="large")
    with left:
        _form(sheet)
    with right:
        _people(visit, world)
    save_bar(sheet, lambda values, base: _save(visit, where.ref, values, base))


def _world(visit: Visit, where: Address) -> World | None:
    try:
        return visit.engine.worlds.get(where.ref)
    except NotFound as error:
        if where.is_new:
            return None
        st.info(plain(str(error)))
        st.page_link("screens/worlds.py", label=visit.say("world_screen.all"))
        st.stop()


def _form(sheet: Sheet) -> None:
    say = sheet.visit.say
    doctrines = sheet.visit.engine.genres.all()
    with st.container(key="group_world"):
        fields.text(sheet, "name", say("world_screen.name"), hint=say("world_screen.name_hint"))
        fields.choice(
            sheet, "genre", say("world_screen.genre"), list(doctrines), say=lambda slug: _title(sheet.visit, slug),
            about=say("world_screen.genre_about"),
        )  # fmt: skip
        fields.text(sheet, "tone", say("world_screen.tone"), hint=say("world_screen.tone_hint"))
        fields.area(
            sheet, "description", say("world_screen.description"), rows=9, hint=say("world_screen.description_hint")
        )
        fields.area(
            sheet,
            "scenes",
            say("world_screen.scenes"),
            rows=6,
            hint=say("world_screen.scenes_hint"),
            about=say("world_screen.scenes_about"),
        )
        fields.text(
            sheet,
            "slug",
            say("world_screen.slug"),
            hint=say("world_screen.slug_hint"),
            about=say("world_screen.slug_about"),
        )


def _title(visit: Visit, slug: str) -> str:
    """A genre's title; the slug of one that is gone."""
    found = visit.engine.genres.all().get(slug)
    return found.title if found else slug


def _people(visit: Visit, world: World | None) -> None:
    st.header(visit.say("world_screen.people"), anchor=False)
    if world is None:
        st.text(visit.say("world_screen.save_first"))
        return
    people = visit.engine.characters.listed(world.id)
    if not people:
        st.text(visit.say("world_screen.nobody"))
    with st.container(height=420 if len(people) > _FEW else "content", border=False, key="world_people", gap="xxsmall"):
        for one in people[:_MOST]:
            st.page_link("screens/character.py", label=plain(one.name), query_params={"id": one.id})
    if len(people) > _MOST:
        st.text(visit.say("world_screen.more_people", count=f"{len(people) - _MOST:,}"))
    st.page_link(
        "screens/character.py", label=visit.say("world_screen.new_character"), query_params={"world": world.id}
    )


_FEW, _MOST = 10, 100


def _fields(world: World) -> Mapping[str, Json]:
    return {
        "name": world.name,
        "slug": world.slug,
        "genre": world.genre,
        "tone": world.tone,
        "description": world.description,
        "scenes": fields.unlines(world.scenes),
    }


def _blank(visit: Visit) -> Mapping[str, Json]:
    genre = next(iter(visit.engine.genres.all()))
    return {"name": "", "slug": "", "genre": genre, "tone": "", "description": "", "scenes": ""}


def _save(visit: Visit, ref: str, values: Mapping[str, Json], base: str) -> Saved:
    told = {name: str(value) for name, value in values.items()}
    world = World(
        id=ref,
        slug=told["slug"].strip() or visit.engine.worlds.free_slug(told["name"]),
        name=told["name"],
        genre=told["genre"],
        tone=told["tone"],
        description=told["description"],
        scenes=fields.lines(told["scenes"]),
    )
    saved = visit.engine.worlds.save(world, base=base)
    return Saved(_fields(saved), fingerprint(saved))


run()
