"""The screen `character`: a persona as a form, and beside it the system prompt as it is being written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st
from pydantic import ValidationError

from engine.errors import ColdopenError, NotFound
from engine.studio.authoring import fingerprint
from studio_app.door import Visit, open_door, plain
from studio_app.parts import character_form
from studio_app.parts.addresses import address
from studio_app.parts.character_bar import character_bar, nothing_here
from studio_app.parts.fields import open_sheet
from studio_app.parts.panes import panes
from studio_app.parts.prompt_view import prompt_view
from studio_app.parts.save_bar import STATUS, Saved, outdated, save_bar

if TYPE_CHECKING:
    from engine.story.character import Character
    from engine.story.world import World
    from engine.studio.drafts.typed import Json
    from engine.studio.prompt import PromptSection
    from studio_app.parts.fields import Sheet

PROMPT = "live_prompt"


def run() -> None:
    """Show the character that the address names, or a blank one."""
    visit = open_door()
    worlds = visit.engine.worlds.all()
    where = address(visit)
    character = _character(visit, where.ref, is_new=where.is_new)
    if character is None and not worlds:
        _needs_a_world(visit)
    if character is None:
        st.page_link("screens/characters.py", label=visit.say("character_screen.all"))
        st.title(visit.say("character_screen.new_title"), anchor=False)
        stored, stands = character_form.blank(_chosen(worlds)), ""
    else:
        character_bar(visit, character.id, "character")
        stored, stands = _stored(visit, character, worlds), fingerprint(character)
    sheet = open_sheet(visit, "character", where.ref, stored, stands, watched=(STATUS, PROMPT))
    outdated(sheet)
    left, right = panes(visit.say("character_screen.write"), visit.say("character_screen.read"))
    with left:
        character_form.draw(sheet, worlds, visit.engine.genres.all())
    with right:
        _preview(sheet, worlds)
    save_bar(sheet, lambda values, base: _save(visit, where.ref, values, base, worlds))


def _character(visit: Visit, ref: str, *, is_new: bool) -> Character | None:
    try:
        return visit.engine.characters.get(ref)
    except NotFound as error:
        if is_new:
            return None
        nothing_here(visit, str(error))


def _needs_a_world(visit: Visit) -> None:
    st.title(visit.say("character_screen.new_title"), anchor=False)
    st.text(visit.say("character_screen.world_first"))
    st.page_link("screens/world.py", label=visit.say("character_screen.to_new_world"))
    st.stop()


def _chosen(worlds: Sequence[World]) -> World:
    """The world that a new character is to live in: the one that the address names, else the first."""
    wanted = st.query_params.get("world", "")
    return next((world for world in worlds if world.id == wanted), worlds[0])


def _stored(visit: Visit, character: Character, worlds: Sequence[World]) -> Mapping[str, Json]:
    home = next((world for world in worlds if world.id == character.world_id), None)
    own = visit.engine.characters.has_own_prompt(character.id)
    return character_form.fields_of(character, home, own_prompt=own)


@st.fragment(key=PROMPT)
def _preview(sheet: Sheet, worlds: Sequence[World]) -> None:
    """The prompt of what stands in the fields now; while they cannot be read, the last one that could."""
    say = sheet.visit.say
    st.header(say("character_screen.prompt_title"), anchor=False)
    kept = f"{sheet.key('prompt')}:last"
    try:
        st.session_state[kept] = _sections(sheet, worlds)
    except ValidationError:
        st.warning(say("character_screen.prompt_waits"))
    except ColdopenError as error:
        st.warning(plain(str(error)))
    prompt_view(sheet.visit, st.session_state.get(kept, ()))


def _sections(sheet: Sheet, worlds: Sequence[World]) -> tuple[PromptSection, ...]:
    values = sheet.values()
    if not str(values["name"]).strip():
        values["name"] = sheet.visit.say("character_screen.nameless")
    character = character_form.character_of(values, sheet.ref, "shown", worlds)
    return sheet.visit.engine.characters.prompt_of(character, own_prompt=bool(values["own_prompt"]))


def _save(visit: Visit, ref: str, values: Mapping[str, Json], base: str, worlds: Sequence[World]) -> Saved:
    slug = str(values["slug"]).strip() or visit.engine.characters.free_slug(str(values["name"]))
    character = character_form.character_of(values, ref, slug, worlds)
    saved = visit.engine.characters.save(character, own_prompt=bool(values["own_prompt"]), base=base)
    return Saved(_stored(visit, saved, worlds), fingerprint(saved))


run()
