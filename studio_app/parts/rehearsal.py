"""The rehearsal pane: a writer plays the saved draft of an episode beside its form.

The session is the engine's; the address names it. So a closed tab or a reload in the middle of a reply loses nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from engine.errors import ColdopenError, NotFound
from engine.play.play import SessionView
from engine.play.scenes.nouns import SceneRow
from engine.play.view import TurnView
from engine.story.episode import EpisodeTemplate
from studio_app.door import Visit, plain, refusals
from studio_app.parts import clock
from studio_app.parts.prompt_view import exact_prompt
from studio_app.parts.talk import Said, talk

QUERY = "rehearsal"
HEAD = "rehearsal_head"
"""The fragment that says which words are played, and whether newer ones stand in the form: for `watched` of a sheet."""
PLACES = 5
HEIGHT = 380
"""Pixels of the conversation, which scrolls by itself, so that the line to say stays in sight."""
PICTURE = 300
"""Pixels of a picture's side."""
SPEAKING, WORKING = 0.3, 1.0
"""Seconds between two looks: while a reply comes, and while something is remembered, ended or drawn."""
MOST_CHARACTERS = 4_000
_TO_COME = ("accepted", "speaking")
_NO = "rehearsal:no"
ENDED = {"budget": "rehearsal.ended_budget", "withdrawn": "rehearsal.ended_withdrawn"}


@dataclass(frozen=True, slots=True)
class Pane:
    """What the pane plays: the saved episode; whether the form beside it holds unsaved words, and how to save them,
    which says whether it could.
    """

    visit: Visit
    episode: EpisodeTemplate
    unsaved: Callable[[], bool] = lambda: False
    save: Callable[[], bool] = lambda: True

    def say(self, key: str, **values: str) -> str:
        """Words of the catalogue."""
        return self.visit.say(key, **values)

    def begin(self, instead_of: str) -> None:
        """Rehearse a fresh cut in place of that session (empty: of none). A second click finds another one there."""
        if st.query_params.get(QUERY, "") != instead_of:
            return
        engine, me = self.visit.engine, self.visit.me
        with self.noted():
            cut = engine.releases.cut(self.episode.character_id)
            st.query_params[QUERY] = engine.play.rehearse(me.id, cut.id, self.episode.id).session_id

    def save_and_begin(self, instead_of: str) -> None:
        """Save the form first, and rehearse that if it could be. Saving writes into fields: only in a callback."""
        if self.save():
            self.begin(instead_of)

    def found(self) -> SessionView | None:
        """The rehearsal of this episode that the address names; None where it names none, or one of another episode.

        Raises NotFound for anything but a rehearsal of this person's and of this character.
        """
        session_id = st.query_params.get(QUERY, "")
        if not session_id:
            return None
        view = self.visit.engine.play.session(self.visit.me.id, session_id)
        audience = self.visit.engine.play.player_of(session_id).audience
        if audience != "rehearsal" or view.session.character_id != self.episode.character_id:
            raise NotFound(self.say("rehearsal.none_such"))
        return view if view.session.template_id == self.episode.id else None

    @contextmanager
    def noted(self) -> Generator[None]:
        """Keep the engine's no until the next wish, for the fragment that is drawn after it."""
        st.session_state[_NO] = None
        try:
            yield
        except ColdopenError as error:
            st.session_state[_NO] = (self.episode.id, str(error))

    def refused(self) -> None:
        """Show the engine's no to the last wish, if it was about this episode."""
        told = st.session_state.get(_NO)
        if told is not None and told[0] == self.episode.id:
            st.error(plain(told[1]))


def rehearsal_pane(pane: Pane) -> None:
    """The whole pane: where there is no rehearsal yet, how to begin one."""
    try:
        view, is_lost = pane.found(), False
    except NotFound:
        view, is_lost = None, True
    _title(pane, view)
    if is_lost:
        st.info(pane.say("rehearsal.none_such"))
    if view is None:
        st.fragment(_begin, key=HEAD)(pane)
        return
    st.fragment(_which_cut, key=HEAD)(pane, view)
    pace = _pace(pane, view)
    st.fragment(_stage, run_every=pace, key="rehearsal_stage")(pane, view.session.id, pace)
    _prompt(pane, view)


def _title(pane: Pane, view: SessionView | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="rehearsal_title"):
        st.header(pane.say("rehearsal.title"), anchor=False, width="stretch")
        if view is None:
            return
        if st.button(pane.say("rehearsal.over"), key="rehearsal_over", type="tertiary"):
            pane.begin(view.session.id)
            st.rerun()


def _begin(pane: Pane) -> None:
    """What a rehearsal is, and the buttons that begin one."""
    st.write(pane.say("rehearsal.what"))
    unsaved, instead_of = pane.unsaved(), st.query_params.get(QUERY, "")
    if unsaved:
        st.write(pane.say("rehearsal.unsaved"))
    with st.container(horizontal=True):
        if unsaved:
            _save_and_begin(pane, instead_of, "primary")
        kind = "secondary" if unsaved else "primary"
        if st.button(pane.say("rehearsal.begin"), key="rehearsal_begin", type=kind):
            pane.begin(instead_of)
            st.rerun()
    pane.refused()


def _save_and_begin(pane: Pane, instead_of: str, kind: Literal["primary", "secondary"]) -> None:
    label = pane.say("rehearsal.save_and_begin")
    if st.button(label, key="rehearsal_save", type=kind, on_click=pane.save_and_begin, args=(instead_of,)):
        st.rerun()


def _which_cut(pane: Pane, view: SessionView) -> None:
    """Says which words are on the stage, and where the draft went on since."""
    number, when = view.release.number, clock.time(pane.visit, view.started_at)
    key = "rehearsal.cut_numbered" if number else "rehearsal.cut"
    st.caption(pane.say(key, when=when, number=str(number or "")))
    changed, unsaved = pane.visit.engine.releases.changed_since(view.release.id), pane.unsaved()
    if not changed and not unsaved:
        return
    with st.container(border=True, key="rehearsal_stale"):
        if changed:
            st.write(pane.say("rehearsal.changed", places=_places(changed)))
        if unsaved:
            st.write(pane.say("rehearsal.unsaved"))
            _save_and_begin(pane, view.session.id, "secondary")
        elif st.button(pane.say("rehearsal.begin_anew"), key="rehearsal_anew"):
            pane.begin(view.session.id)
            st.rerun()


def _places(changed: Sequence[str]) -> str:
    """The first changed places in words."""
    told = [place.rpartition(".")[2].replace("_", " ") for place in changed]
    more = " …" if len(told) > PLACES else ""
    return plain(", ".join(told[:PLACES])) + more


def _pace(pane: Pane, view: SessionView) -> float | None:
    """How soon to look again; None when nothing more will come by itself."""
    if any(one.state in _TO_COME for one in view.turns):
        return SPEAKING
    return None if pane.visit.engine.play.is_settled(pane.visit.me.id, view.session.id) else WORKING


def _stage(pane: Pane, session_id: str, pace: float | None) -> None:
    """The conversation and what can be done with it. Runs by itself while something is to come."""
    if st.query_params.get(QUERY, "") != session_id:
        st.rerun()
    view = pane.visit.engine.play.session(pane.visit.me.id, session_id)
    with st.container(height=HEIGHT, autoscroll=True, key="rehearsal_talk"):
        st.text(view.episode.episode_frame)
        _conversation(pane, view)
    pane.refused()
    _ending(pane, view)
    _hands(pane, view)
    if not view.played:
        _starters(pane, view)
    hint = pane.say("rehearsal.your_line", name=view.release.payload.persona.name)
    if view.ending is None:
        args = (pane, session_id, view.turns[-1].turn.id)
        st.chat_input(hint, key="rehearsal_line", max_chars=MOST_CHARACTERS, on_submit=_say, args=args)
    if _pace(pane, view) != pace:
        st.rerun()


def _conversation(pane: Pane, view: SessionView) -> None:
    """Turns in their order, each with the pictures that belong to it."""
    run: list[Said] = []
    shown = list(view.scenes)
    for place, turn in enumerate(view.turns):
        run.append(_said(pane, turn))
        until = view.turns[place + 1].turn.at if place + 1 < len(view.turns) else None
        here = [scene for scene in shown if until is None or scene.at < until]
        if here or until is None:
            talk(run, key=f"talk.{run[0].id}")
            run = []
            _pictures(pane, here)
        shown = [scene for scene in shown if scene not in here]


def _said(pane: Pane, one: TurnView) -> Said:
    """A turn as text; a reply that is on its way as far as it is spoken."""
    reply, note = one.reply.content if one.reply else "", ""
    if one.state in _TO_COME:
        reply = pane.visit.engine.play.look(pane.visit.me.id, one.turn.id).text
    shown = next((take for take in one.takes if take.chosen), one.takes[-1] if one.takes else None)
    if shown is not None and one.state not in _TO_COME:
        note = shown.error or (pane.say("rehearsal.stopped") if one.state == "stopped" else "")
    return Said(one.turn.id, one.line.content if one.line else "", reply, one.state in _TO_COME, note)


def _pictures(pane: Pane, scenes: Sequence[SceneRow]) -> None:
    for scene in scenes:
        if scene.state == "ready" and scene.storage_path:
            with refusals():
                picture = pane.visit.engine.storage.get(scene.storage_path)
                st.image(picture, caption=plain(scene.caption) or None, width=PICTURE, alt=scene.caption or None)
        elif scene.state == "failed":
            st.caption(pane.say("rehearsal.not_drawn"))
        else:
            st.skeleton(height=PICTURE, width=PICTURE)
            st.caption(pane.say("rehearsal.drawing"))


def _ending(pane: Pane, view: SessionView) -> None:
    if view.ending is None:
        return
    with st.container(border=True, key="rehearsal_ended"):
        st.write(pane.say(ENDED.get(view.ending.kind, "rehearsal.ended_resolved")))
        if view.ending.text:
            st.text(view.ending.text)


def _hands(pane: Pane, view: SessionView) -> None:
    """How far it has come; stop, another take, leaf, a picture of this moment."""
    last = view.turns[-1]
    session_id = view.session.id
    with st.container(horizontal=True, vertical_alignment="center", key="rehearsal_hands", gap="small"):
        st.text(pane.say("rehearsal.turn_of", played=str(view.played), budget=str(view.budget)), width="stretch")
        if last.state in _TO_COME:
            st.button(pane.say("rehearsal.stop"), key="rehearsal_stop", on_click=_stop, args=(pane, last.turn.id))
        elif last.turn.seq > 0:
            _takes(pane, last)
        label, wish = pane.say("rehearsal.draw"), f"draw-{last.turn.id}-{len(view.scenes)}"
        args = (pane, session_id, wish)
        st.button(label, key="rehearsal_draw", type="tertiary", on_click=_draw, args=args)


def _takes(pane: Pane, last: TurnView) -> None:
    """Another take of the last reply, and leafing between those that were spoken."""
    spoken = [take for take in last.takes if take.state in ("complete", "partial", "stopped")]
    label = pane.say("rehearsal.another_take")
    args = (pane, last.turn.id, len(last.takes))
    st.button(label, key="rehearsal_take", on_click=_regenerate, args=args)
    at = next((place for place, take in enumerate(spoken) if take.chosen), None)
    if at is None or len(spoken) < 2:  # noqa: PLR2004  (there is nothing to leaf through)
        return
    before, after = spoken[at - 1], spoken[(at + 1) % len(spoken)]
    args, words = (pane, last, before.id), pane.say("rehearsal.before")
    st.button("‹", key="rehearsal_before", help=words, on_click=_choose, args=args)
    st.text(f"{at + 1} / {len(spoken)}")
    args, words = (pane, last, after.id), pane.say("rehearsal.after")
    st.button("›", key="rehearsal_after", help=words, on_click=_choose, args=args)


def _starters(pane: Pane, view: SessionView) -> None:
    if not view.episode.starter_lines:
        return
    with st.container(horizontal=True, key="rehearsal_starters"):
        for at, line in enumerate(view.episode.starter_lines):
            st.button(plain(line), key=f"rehearsal_starter_{at}", on_click=_starter, args=(pane, view.session.id, line))


def _say(pane: Pane, session_id: str, after: str) -> None:
    """Say the typed line `after` that turn. A browser may send one line twice in a moment; it is said once: the turn
    that it followed when it was typed, and its words, are its id.
    """
    line, me = str(st.session_state.get("rehearsal_line") or ""), pane.visit.me.id
    if not line.strip():
        return
    with pane.noted():
        last = pane.visit.engine.play.session(me, session_id).turns[-1]
        if last.state in _TO_COME and last.line is not None and last.line.content == line.strip():
            return
        wish = hashlib.sha256(f"{after} {line}".encode("utf-8", "surrogatepass")).hexdigest()
        pane.visit.engine.play.say(me, session_id, wish, line)


def _starter(pane: Pane, session_id: str, line: str) -> None:
    """A starter line carries the session's own id, so that two clicks say it once."""
    with pane.noted():
        pane.visit.engine.play.say(pane.visit.me.id, session_id, f"starter-{session_id}", line)


def _stop(pane: Pane, turn_id: str) -> None:
    with pane.noted():
        pane.visit.engine.play.stop(pane.visit.me.id, turn_id)


def _regenerate(pane: Pane, turn_id: str, takes: int) -> None:
    """The number of takes that stood is the id of the wish, so that two clicks make one take."""
    with pane.noted():
        pane.visit.engine.play.regenerate(pane.visit.me.id, turn_id, f"take-{turn_id}-{takes}")


def _choose(pane: Pane, last: TurnView, take_id: str) -> None:
    with pane.noted():
        pane.visit.engine.play.choose(pane.visit.me.id, last.turn.id, take_id)


def _draw(pane: Pane, session_id: str, wish: str) -> None:
    with pane.noted():
        pane.visit.engine.scenes.draw_moment(pane.visit.me.id, session_id, wish)


def _prompt(pane: Pane, view: SessionView) -> None:
    """The exact prompt of the last reply, section by section."""
    spoken = [one.reply for one in view.turns if one.turn.seq > 0 and one.reply is not None]
    if not spoken:
        return
    try:
        kept = pane.visit.engine.play.prompt(spoken[-1].id, pane.visit.me.id)
    except NotFound:
        return
    with st.expander(pane.say("rehearsal.prompt", count=f"{kept.tokens_estimated:,}")):
        exact_prompt(pane.visit, kept.prompt, key="rehearsal_prompt")
