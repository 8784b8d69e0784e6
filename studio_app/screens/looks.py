"""The screen `looks`: a character's avatar kit in words, and the face that every scene is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from engine.errors import NotFound
from engine.story.avatar_kit import AvatarKit
from engine.story.character import Character
from engine.studio.authoring import fingerprint
from studio_app.door import Visit, open_door, plain
from studio_app.parts.anchors import JOB, Easel, anchors_panel
from studio_app.parts.character_bar import character_bar
from studio_app.parts.fields import Sheet, area, open_sheet, text
from studio_app.parts.save_bar import STATUS, Saved, outdated, save_bar

if TYPE_CHECKING:
    from engine.studio.drafts.typed import Json

FIELDS = ("appearance_prompt", "style_prompt", "negative_prompt")


@dataclass(frozen=True, slots=True)
class KitDesk:
    """The kit of a character on the writer's desk; None where there is none yet."""

    visit: Visit
    character: Character
    kit: AvatarKit | None

    def sheet(self) -> Sheet:
        """The form's sheet; its thing is the character, whose one kit it is."""
        stands = fingerprint(self.kit) if self.kit else ""
        stored = _fields(self.kit or AvatarKit())
        watched = (STATUS, JOB) if self.kit else (STATUS,)
        return open_sheet(self.visit, "kit", self.character.id, stored, stands, watched=watched)

    def save(self, values: Mapping[str, Json], base: str) -> Saved:
        """Write the kit. Raises ValidationError or what the engine says."""
        told = {name: str(values[name]) for name in FIELDS}
        saved = self.visit.engine.avatars.save_kit(self.character.id, AvatarKit(**told), base=base)
        return Saved(_fields(saved), fingerprint(saved))


def _fields(kit: AvatarKit) -> dict[str, Json]:
    return {name: getattr(kit, name) for name in FIELDS}


def screen() -> None:
    """The whole screen."""
    visit = open_door()
    character = character_bar(visit, st.query_params.get("id", ""), "looks")
    desk = KitDesk(visit, character, _kit(visit, character))
    left, right = st.columns([1, 1.25], gap="large")
    with left:
        sheet = desk.sheet()
        _form(desk, sheet)
        _identity(visit, character)
        save_bar(sheet, desk.save)
    with right:
        if desk.kit is None:
            st.header(visit.say("looks_screen.face"), anchor=False)
            st.info(visit.say("looks_screen.save_first"))
        else:
            anchors_panel(Easel(visit, character, lambda: bool(sheet.changed())))


def _kit(visit: Visit, character: Character) -> AvatarKit | None:
    try:
        return visit.engine.avatars.kit_of(character.id)
    except NotFound:
        return None


def _form(desk: KitDesk, sheet: Sheet) -> None:
    say = desk.visit.say
    st.header(say("looks_screen.kit"), anchor=False)
    st.write(say("looks_screen.kit_about"))
    outdated(sheet)
    about, hint = say("looks_screen.appearance_about"), say("looks_screen.appearance_hint")
    area(sheet, "appearance_prompt", say("looks_screen.appearance"), about=about, hint=hint, rows=5)
    text(sheet, "style_prompt", say("looks_screen.style"), about=say("looks_screen.style_about"))
    text(sheet, "negative_prompt", say("looks_screen.negative"), about=say("looks_screen.negative_about"))


def _identity(visit: Visit, character: Character) -> None:
    """Who is drawn, as the character's page says it; written there."""
    looks = character.visual_identity
    with st.container(border=True, key="looks_identity", gap="xsmall"):
        st.header(visit.say("looks_screen.identity"), anchor=False)
        told = [looks.subject_handle, looks.age_range, looks.body_type, *looks.key_features]
        st.text(" · ".join(one for one in told if one) or visit.say("looks_screen.identity_none"))
        query = {"id": character.id}
        st.page_link("screens/character.py", label=plain(visit.say("looks_screen.to_identity")), query_params=query)


screen()
