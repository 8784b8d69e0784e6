"""The screen `episodes`: a character's episodes in order, one of them on the desk, and its rehearsal beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from engine.errors import ColdopenError
from engine.story.episode import EpisodeTemplate
from studio_app.door import Visit, open_door, plain
from studio_app.parts.character_bar import character_bar
from studio_app.parts.episode_form import Written, episode_fields
from studio_app.parts.panes import panes
from studio_app.parts.rehearsal import QUERY, Pane, rehearsal_pane
from studio_app.parts.save_bar import outdated, save_bar, save_now

NO = "episodes:no"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A character's saved episodes, and those that this person has begun and not saved."""

    visit: Visit
    character_id: str
    saved: Sequence[EpisodeTemplate]

    def begun(self) -> dict[str, str]:
        """The titles of unsaved new episodes by their ref, last written first."""
        known = {one.id for one in self.saved}
        drafts = self.visit.engine.drafts.all(self.visit.me.id, "episode")
        return {
            one.ref: str(one.fields.get("title", ""))
            for one in drafts
            if one.ref not in known and one.fields.get("character_id") == self.character_id
        }

    def chosen(self) -> Written | None:
        """The episode that the address names, else the first one; None where there is none."""
        wanted = st.query_params.get("episode", "")
        found = next((one for one in self.saved if one.id == wanted), None)
        if found is None and wanted and (st.query_params.get("new") == "1" or wanted in self.begun()):
            return self._written(wanted, None)
        if found is None and wanted:
            st.info(self.visit.say("episodes.none_such"))
        found = found or next(iter(self.saved), None)
        return self._written(found.id, found) if found else None

    def _written(self, ref: str, saved: EpisodeTemplate | None) -> Written:
        place = max((one.order for one in self.saved), default=0) + 1
        return Written(self.visit, self.character_id, ref, saved, min(place, 10_000))


def screen() -> None:
    """The whole screen."""
    visit = open_door()
    character = character_bar(visit, st.query_params.get("id", ""), "episodes")
    shelf = Shelf(visit, character.id, visit.engine.episodes.of_character(character.id))
    written = shelf.chosen()
    _strip(shelf, written)
    if written is None:
        st.info(visit.say("episodes.first"))
        return
    left, right = panes(visit.say("episodes.write"), visit.say("episodes.rehearse"), wide=1.15)
    with left:
        pane = _form(shelf, written)
    with right:
        if pane is None:
            st.info(visit.say("episodes.save_to_rehearse"))
        else:
            rehearsal_pane(pane)


def _form(shelf: Shelf, written: Written) -> Pane | None:
    """The form; what can be rehearsed, None while nothing is saved."""
    sheet = written.sheet()
    if written.saved is None and not sheet.values()["character_id"]:
        sheet.put({"character_id": written.character_id})
    if written.saved is not None:
        _place(shelf, written, written.saved)
    outdated(sheet)
    episode_fields(sheet)
    save_bar(sheet, written.save)
    if written.saved is None:
        return None
    return Pane(written.visit, written.saved, lambda: bool(sheet.changed()), lambda: save_now(sheet, written.save))


def _strip(shelf: Shelf, written: Written | None) -> None:
    """The episodes in their order, those begun and not saved, and the way to a new one."""
    say, open_ref = shelf.visit.say, written.ref if written else ""
    with st.container(horizontal=True, key="episode_strip", gap="small"):
        for at, one in enumerate(shelf.saved, 1):
            kind = "primary" if one.id == open_ref else "secondary"
            st.button(f"{at}\\. {plain(one.title)}", key=f"open_{one.id}", type=kind, on_click=_open, args=(one.id,))
        begun = shelf.begun()
        if written is not None and written.saved is None:
            begun.setdefault(open_ref, "")
        for ref, title in begun.items():
            name = plain(title.strip()) or say("episodes.untitled")
            kind = "primary" if ref == open_ref else "secondary"
            st.button(f"*{name}*", key=f"open_{ref}", type=kind, on_click=_open, args=(ref, True))
        st.button(say("episodes.new"), key="new", type="tertiary", icon=":material/add:", on_click=_new, args=(shelf,))
    if refusal := st.session_state.get(NO):
        st.error(plain(refusal))


def _place(shelf: Shelf, written: Written, episode: EpisodeTemplate) -> None:
    """Where the episode stands, with the buttons that move it and take it away."""
    say, at, last = shelf.visit.say, [one.id for one in shelf.saved].index(episode.id), len(shelf.saved) - 1
    with st.container(horizontal=True, vertical_alignment="center", key="episode_place", gap="small"):
        st.text(say("episodes.place", place=str(at + 1), all=str(last + 1)), width="stretch")
        for name, way, label in (("earlier", -1, say("episodes.earlier")), ("later", 1, say("episodes.later"))):
            stuck, args = at == (0 if way < 0 else last), (shelf, episode.id, way)
            st.button(label, key=name, type="tertiary", disabled=stuck, on_click=_move, args=args)
        if st.button(say("episodes.remove"), key="remove", type="tertiary"):
            _confirm_removal(written, episode)


def _open(ref: str, is_new: bool = False) -> None:  # noqa: FBT001, FBT002  (a callback gets its arguments by place)
    st.session_state[NO] = None
    st.query_params["episode"] = ref
    st.query_params.pop(QUERY, None)
    st.query_params.pop("new", None)
    if is_new:
        st.query_params["new"] = "1"


def _new(shelf: Shelf) -> None:
    _open(shelf.visit.engine.drafts.new_ref(), is_new=True)


def _move(shelf: Shelf, episode_id: str, way: int) -> None:
    """Move an episode past its neighbour, as they stood when the list was drawn."""
    ids = [one.id for one in shelf.saved]
    at = ids.index(episode_id)
    ids[at], ids[at + way] = ids[at + way], ids[at]
    st.session_state[NO] = None
    try:
        shelf.visit.engine.episodes.reorder(shelf.character_id, ids)
    except ColdopenError as error:
        st.session_state[NO] = str(error)


def _confirm_removal(written: Written, episode: EpisodeTemplate) -> None:
    """Ask before an episode goes."""
    say = written.visit.say

    def ask() -> None:
        st.write(say("episodes.remove_text"))
        with st.container(horizontal=True):
            label = say("episodes.remove_yes")
            if st.button(label, key="remove_yes", type="primary", on_click=_remove, args=(written,)):
                st.rerun()
            if st.button(say("episodes.keep"), key="remove_no"):
                st.rerun()

    st.dialog(say("episodes.remove_title", title=plain(episode.title)))(ask)()


def _remove(written: Written) -> None:
    """Take the episode away, and what was typed about it; a second click finds it gone already."""
    st.session_state[NO] = None
    try:
        written.visit.engine.episodes.remove(written.ref)
    except ColdopenError as error:
        st.session_state[NO] = str(error)
    written.visit.engine.drafts.drop(written.visit.me.id, "episode", written.ref)
    for name in ("episode", QUERY):
        st.query_params.pop(name, None)


screen()
