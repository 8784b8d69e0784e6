"""The screen `voices`: one line of a character's episode, answered by two voices side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from engine.errors import ColdopenError, NotFound
from engine.story.character import Character
from engine.story.episode import EpisodeTemplate
from engine.studio.voices.comparing import Comparison, Wish
from engine.studio.voices.room import VoiceStatus
from studio_app.door import Visit, open_door, plain
from studio_app.parts.character_bar import character_bar
from studio_app.parts.components import keys
from studio_app.parts.lists import page_of
from studio_app.parts.side_by_side import side_by_side
from studio_app.parts.talk import READABLE
from studio_app.parts.tallies import called

# The comparison that the address names, so that a reload finds it.
HEARD = "heard"
MOST_CHARACTERS = 4_000
NO = "voices:no"
STARTER = "voices_starter"


@dataclass(frozen=True, slots=True)
class Bench:
    """What can be heard: a character's saved episodes, and those who could speak."""

    visit: Visit
    character: Character
    episodes: Mapping[str, EpisodeTemplate]
    able: Mapping[str, VoiceStatus]

    def key(self, name: str) -> str:
        """The key of a field of this character's."""
        return f"voices:{self.character.id}:{name}"

    def typed(self, name: str) -> str:
        """What stands in a field."""
        return str(st.session_state.get(self.key(name)) or "")

    def seed(self, name: str, value: str, allowed: Sequence[str] | None = None) -> None:
        """What stands in a field at first, and again where what stood there is no longer on offer."""
        stands = st.session_state.get(self.key(name))
        if stands is None or (allowed is not None and stands not in allowed):
            st.session_state[self.key(name)] = value

    @property
    def wish(self) -> Wish:
        """What the form asks for."""
        voices = (self.typed("left"), self.typed("right"))
        return Wish(self.character.id, self.typed("episode"), self.typed("line").strip(), voices)

    def hear(self, instead_of: str) -> None:
        """Ask both, in place of that comparison (empty: of none). A second click finds another one there."""
        if st.query_params.get(HEARD, "") != instead_of:
            return
        st.session_state[NO] = None
        try:
            st.query_params[HEARD] = self.visit.engine.comparisons.begin(self.visit.me, self.wish).id
        except ColdopenError as error:
            st.session_state[NO] = (self.character.id, str(error))


def screen() -> None:
    """The whole screen."""
    visit = open_door()
    character_id = st.query_params.get("id", "")
    if not character_id:
        _whose(visit)
        return
    character = character_bar(visit, character_id, "voices")
    episodes = {one.id: one for one in visit.engine.episodes.of_character(character.id)}
    able = {one.name: one for one in visit.engine.voices.able()}
    if not episodes:
        st.info(visit.say("voices.no_episode"))
        return
    bench = Bench(visit, character, episodes, able)
    _alone(bench)
    found = _found(bench)
    if found is None:
        st.text(visit.say("voices.intro"), width=READABLE)
    keys()
    _form(bench, found)
    if found is not None:
        side_by_side(visit, found)
    elif st.query_params.get(HEARD):
        st.info(visit.say("voices.gone"))


def _whose(visit: Visit) -> None:
    """Ask for a character where the address names none."""
    st.title(visit.say("voices.title"), anchor=False)
    everybody = visit.engine.characters.listed()
    if not everybody:
        st.text(visit.say("voices.nobody"))
        st.page_link("screens/characters.py", label=visit.say("voices.to_characters"))
        return
    st.text(visit.say("voices.choose"))
    shown = page_of(visit, everybody, lambda one: one.name, key="whose")
    with st.container(horizontal=True, key="voices_whose", gap="small"):
        for one in shown:
            st.button(plain(one.name), key=f"whose_{one.id}", on_click=_of, args=(one.id,))


def _of(character_id: str) -> None:
    """Go to a character. A link from a screen to itself would lose its query with the next thing typed."""
    st.query_params["id"] = character_id


def _alone(bench: Bench) -> None:
    """Where only one can speak, say what lets another one speak."""
    if len(bench.able) > 1:
        return
    settings = ", ".join(one.lacks for one in bench.visit.engine.voices.line() if one.lacks)
    if settings:
        st.info(plain(bench.visit.say("voices.alone", settings=settings)))


def _found(bench: Bench) -> Comparison | None:
    """The comparison that the address names, if it is one of this character's."""
    wanted = st.query_params.get(HEARD, "")
    if not wanted:
        return None
    try:
        found = bench.visit.engine.comparisons.of(bench.visit.me.id, wanted)
    except NotFound:
        return None
    return found if found.wish.character_id == bench.character.id else None


def _form(bench: Bench, found: Comparison | None) -> None:
    say, able, episodes = bench.visit.say, list(bench.able), list(bench.episodes)
    _seed(bench, found)
    with st.container(border=True, key="voices_form"):
        first, second, third = st.columns(3)
        with first:
            title = {ref: one.title for ref, one in bench.episodes.items()}.__getitem__
            st.selectbox(say("voices.episode"), episodes, format_func=title, key=bench.key("episode"))
        for column, name, label in ((second, "left", say("voices.left")), (third, "right", say("voices.right"))):
            with column:
                st.selectbox(label, able, format_func=lambda one: _told(bench, one), key=bench.key(name))
        st.text_area(say("voices.your_line"), key=bench.key("line"), max_chars=MOST_CHARACTERS, height=90)
        running = found is not None and found.running
        is_same = found is not None and found.wish == bench.wish
        label = say("voices.hear_again") if is_same else say("voices.hear")
        args = (st.query_params.get(HEARD, ""),)
        with st.container(horizontal=True, vertical_alignment="center", key="voices_hands"):
            st.button(label, key="voices_hear", type="primary", disabled=running, on_click=bench.hear, args=args)
            _starters(bench)
        told = st.session_state.get(NO)
        if told is not None and told[0] == bench.character.id:
            st.error(plain(told[1]))


def _seed(bench: Bench, found: Comparison | None) -> None:
    """What the fields say at first: what was heard last, else the first episode and the first two in line."""
    able, episodes = list(bench.able), list(bench.episodes)
    wish = found.wish if found else Wish("", st.query_params.get("episode", ""), "", ("", ""))
    left, right = wish.voices
    bench.seed("episode", wish.episode_id if wish.episode_id in episodes else episodes[0], episodes)
    bench.seed("left", left if left in able else able[0], able)
    bench.seed("right", right if right in able else able[min(1, len(able) - 1)], able)
    bench.seed("line", wish.line)


def _told(bench: Bench, name: str) -> str:
    """A voice with its model, for a list that reads no Markdown."""
    return f"{called(bench.visit, name)} · {bench.able[name].model}".replace("\\", "")


def _starters(bench: Bench) -> None:
    """The lines that the episode offers; choosing one puts it into the field."""
    lines = bench.episodes[bench.typed("episode")].starter_lines
    if lines:
        label = bench.visit.say("voices.starters")
        st.menu_button(label, lines, format_func=plain, key=STARTER, type="tertiary", on_click=_take, args=(bench,))


def _take(bench: Bench) -> None:
    st.session_state[bench.key("line")] = str(st.session_state.get(STARTER) or "")


screen()
