"""Anchors: candidates of a character's face, drawn by the engine or uploaded, and the one that is in use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from engine.errors import ColdopenError
from engine.story.character import Character
from engine.studio.avatars.jobs import Candidate, Job
from engine.studio.avatars.room import AnchorView
from studio_app.door import Visit, plain, refusals

POLL = 0.5
"""Seconds between two looks at a running job."""
HOW_MANY = 4
MOST_MEGABYTES = 10
JOB = "anchors_job"
"""The fragment that draws, and says when the form holds unsaved words: for `watched` of its sheet."""
_NO = "anchors:no"
_OFFLINE = "offline-painter"
_SAY_STATE = {
    "waiting": "looks_screen.waiting",
    "drawing": "looks_screen.on_easel",
    "ready": "looks_screen.ready",
    "cancelled": "looks_screen.cancelled",
}


@dataclass(frozen=True, slots=True)
class Easel:
    """One character's faces, and whether the form beside them holds unsaved words."""

    visit: Visit
    character: Character
    unsaved: Callable[[], bool] = lambda: False

    def say(self, key: str, **values: str) -> str:
        """Words of the catalogue."""
        return self.visit.say(key, **values)

    def attempt(self, verb: Callable[[], object]) -> bool:
        """Do something with the pictures; a refusal is kept to be shown. Whether it was done."""
        st.session_state[_NO] = None
        try:
            verb()
        except ColdopenError as error:
            st.session_state[_NO] = (self.character.id, str(error))
            return False
        return True

    def draw(self) -> None:
        """Begin a job; a second click finds the running one."""
        avatars, mine = self.visit.engine.avatars, self.character.id
        self.attempt(lambda: avatars.draw_candidates(mine, avatars.fresh_seeds(mine, HOW_MANY)))

    def choose(self, asset_id: str) -> None:
        """Put a face in use."""
        self.attempt(lambda: self.visit.engine.avatars.choose(self.character.id, asset_id))

    def retire(self, asset_id: str) -> None:
        """Offer a picture no longer."""
        self.attempt(lambda: self.visit.engine.avatars.retire(self.character.id, asset_id))

    def cancel(self) -> None:
        """Begin no more pictures of the running job."""
        self.attempt(lambda: self.visit.engine.avatars.cancel_candidates(self.character.id))


def anchors_panel(easel: Easel) -> None:
    """Everything about the face: drawing, uploading, choosing. Needs a saved kit."""
    st.header(easel.say("looks_screen.face"), anchor=False)
    job = easel.visit.engine.avatars.candidates(easel.character.id)
    running = job is not None and job.running
    st.fragment(_job, run_every=POLL if running else None, key=JOB)(easel, job.done if job and running else None)
    told = st.session_state.get(_NO)
    if told is not None and told[0] == easel.character.id:
        st.error(plain(told[1]))
    shown = easel.visit.engine.avatars.of_character(easel.character.id)
    if not shown and not running:
        st.info(easel.say("looks_screen.no_faces"))
    with st.grid("auto", min_column_width=170, key="anchors_grid"):
        for one in sorted(shown, key=lambda one: not one.is_primary):
            _card(easel, one)
    _upload(easel)


def _job(easel: Easel, done: int | None) -> None:
    """The button, or the progress of the running job: how many were `done` when the page was drawn. Looks again by
    itself while one is running, and has the page drawn anew for each picture that has come.
    """
    job = easel.visit.engine.avatars.candidates(easel.character.id)
    if job is not None and job.running:
        _progress(easel, job)
    else:
        if easel.unsaved():
            st.write(easel.say("looks_screen.unsaved"))
        label = easel.say("looks_screen.draw")
        if st.button(label, key="anchors_draw", type="primary"):
            easel.draw()
            st.rerun()
        st.caption(easel.say("looks_screen.drawn_by", name=_painter(easel)))
        _failures(job)
    if (job.done if job and job.running else None) != done:
        st.rerun()


def _painter(easel: Easel) -> str:
    camera = easel.visit.engine.avatars.camera()
    return (
        easel.say("looks_screen.offline_painter")
        if camera.name == _OFFLINE
        else plain(f"{camera.name}, {camera.model}")
    )


def _progress(easel: Easel, job: Job) -> None:
    words = easel.say("looks_screen.drawing", done=str(job.done), all=str(len(job.candidates)))
    st.progress(job.done / len(job.candidates), text=words)
    with st.container(horizontal=True, key="anchors_seats"):
        for one in job.candidates:
            st.badge(_seat(easel, one), color="green" if one.state == "ready" else "gray")
    st.caption(easel.say("looks_screen.go_on"))
    st.button(easel.say("looks_screen.cancel"), key="anchors_cancel", on_click=easel.cancel)


def _seat(easel: Easel, one: Candidate) -> str:
    state = easel.say(_SAY_STATE[one.state]) if one.state in _SAY_STATE else plain(one.error or "")
    return f"{easel.say('looks_screen.seed', seed=str(one.seed))} · {state}"


def _failures(job: Job | None) -> None:
    """What was not drawn, each sentence once."""
    for sentence in dict.fromkeys(one.error for one in job.candidates if one.error) if job else ():
        st.error(plain(sentence))


def _card(easel: Easel, one: AnchorView) -> None:
    with st.container(border=True, key=f"anchor_{one.asset_id}"):
        with refusals():
            picture = easel.visit.engine.storage.get(one.storage_path)
            st.image(picture, width="stretch", alt=easel.say("looks_screen.alt", name=easel.character.name))
        st.caption(_origin(easel, one))
        if one.is_primary:
            st.badge(easel.say("looks_screen.in_use"), color="primary")
            return
        with st.container(horizontal=True):
            args = (one.asset_id,)
            st.button(easel.say("looks_screen.choose"), key=f"choose_{one.asset_id}", on_click=easel.choose, args=args)
            if st.button(easel.say("looks_screen.retire"), key=f"retire_{one.asset_id}", type="tertiary"):
                _confirm_retirement(easel, one)


def _origin(easel: Easel, one: AnchorView) -> str:
    """Where a picture comes from, and what it cost where it cost anything."""
    if one.mode == "upload":
        return easel.say("looks_screen.uploaded")
    parts = [easel.say("looks_screen.seed", seed=str(one.seed))]
    if one.cost:
        parts.append(plain(easel.say("looks_screen.cost", cost=f"{one.cost:.3f}")))
    return " · ".join(parts)


def _confirm_retirement(easel: Easel, one: AnchorView) -> None:
    def ask() -> None:
        with refusals():
            st.image(easel.visit.engine.storage.get(one.storage_path), width=180)
        st.write(easel.say("looks_screen.retire_text"))
        with st.container(horizontal=True):
            label, args = easel.say("looks_screen.retire_yes"), (one.asset_id,)
            if st.button(label, key="retire_yes", type="primary", on_click=easel.retire, args=args):
                st.rerun()
            if st.button(easel.say("looks_screen.keep"), key="retire_no"):
                st.rerun()

    st.dialog(easel.say("looks_screen.retire_title"))(ask)()


def _upload(easel: Easel) -> None:
    """Take a picture from a file. The browser refuses large ones; what it really is, the engine sees."""
    times = st.session_state.setdefault("anchors:uploads", 0)
    file = st.file_uploader(
        easel.say("looks_screen.upload"),
        type=["png", "jpg", "jpeg", "webp"],
        max_upload_size=MOST_MEGABYTES,
        help=easel.say("looks_screen.upload_about"),
        key=f"anchors_upload_{times}",
    )
    if file is None:
        return
    if st.button(easel.say("looks_screen.upload_add"), key="anchors_add"):
        data = file.getvalue()
        if easel.attempt(lambda: easel.visit.engine.avatars.upload(easel.character.id, data)):
            st.session_state["anchors:uploads"] = times + 1
        st.rerun()
