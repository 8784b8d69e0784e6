"""`coldopen say`: one turn in the terminal, streamed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from engine.cli.out import Out, shown
from engine.errors import ColdopenError
from engine.kernel.ids import new_id

if TYPE_CHECKING:
    from engine.members.people import Person
    from engine.play.opening import Started
    from engine.play.play import Frame, SessionView
    from engine.wiring import Engine

PICTURE_PATIENCE = 30.0
LOOK_AGAIN = 0.05


def say(engine: Engine, out: Out, episode: str, line: str, name: str, *, wait: bool) -> None:
    """Play one turn: what comes first if the session is new, the reply as it streams, the pictures of the turn."""
    person = engine.people.named(name)
    started = engine.play.start(person.id, episode, audience="tester")
    before = engine.play.session(person.id, started.session_id)
    if started.is_new:
        _open(engine, out, before)
    accepted = engine.play.say(person.id, started.session_id, new_id(), line)
    out.say(f"\n{person.name}: {shown(line)}\n")
    last = _stream(engine, out, person, before, accepted.turn.id)
    finished = _settled(engine, person, started) if wait else None
    _pictures(engine, out, person, started, before)
    _close(engine, out, person, started, last, waited=finished)


def _open(engine: Engine, out: Out, view: SessionView) -> None:
    persona, episode = view.release.payload.persona, view.episode
    out.quiet(engine.runtime.words.say("play.ai_notice", name=persona.name))
    out.say(f"\n{shown(episode.title)}\n\n[{shown(episode.episode_frame)}]\n")
    out.say(f"{persona.name}: {shown(episode.opening_line)}")
    out.data(
        kind="opening",
        session_id=view.session.id,
        notice=engine.runtime.words.say("play.ai_notice", name=persona.name),
        frame=episode.episode_frame,
        opening_line=episode.opening_line,
    )


def _stream(engine: Engine, out: Out, person: Person, view: SessionView, turn_id: str) -> Frame:
    """Print the reply's words as they come; the last frame."""
    told, name = "", view.release.payload.persona.name
    last: Frame | None = None
    for frame in engine.play.follow(person.id, turn_id):
        if last is None and frame.care:
            _care(engine, out)
        text = shown(frame.text)
        if text and not told:
            out.say(f"{name}: ", end="")
        if text.startswith(told):
            out.say(text[len(told) :], end="")
            told = text
        out.data(kind="reply", state=frame.state, text=frame.text)
        last = frame
    out.say()
    if last is None:
        raise ColdopenError("The reply could not be followed. Run the command again: the line was kept.")
    if last.state in ("failed", "partial"):
        out.quiet(engine.runtime.words.say("play.interrupted"))
    return last


def _care(engine: Engine, out: Out) -> None:
    title, body = (engine.runtime.words.say(f"care.crisis_{part}") for part in ("title", "body"))
    out.say(f"{title}\n{body}\n")
    out.data(kind="care", title=title, body=body)


def _settled(engine: Engine, person: Person, started: Started) -> bool:
    """Wait until this session's after-work and pictures are done. False when the patience ran out."""
    until = time.monotonic() + PICTURE_PATIENCE
    while not engine.play.is_settled(person.id, started.session_id):
        if time.monotonic() > until:
            return False
        time.sleep(LOOK_AGAIN)
    return True


def _pictures(engine: Engine, out: Out, person: Person, started: Started, before: SessionView) -> None:
    """The pictures that came with this turn."""
    known = {scene.id for scene in before.scenes if scene.state == "ready"}
    for scene in engine.scenes.of_session(person.id, started.session_id):
        if scene.id in known or scene.storage_path is None:
            continue
        file = engine.settings.home / "media" / scene.storage_path
        out.say(f"\n{engine.runtime.words.say('play.picture', file=str(file))}")
        out.quiet(shown(scene.caption))
        out.data(kind="scene", scene_id=scene.id, trigger=scene.trigger_type, caption=scene.caption, file=str(file))


def _close(engine: Engine, out: Out, person: Person, started: Started, last: Frame, *, waited: bool | None) -> None:
    view = engine.play.session(person.id, started.session_id)
    if waited is False:
        out.quiet(engine.runtime.words.say("play.picture_later"))
    if view.ending is not None:
        known = view.ending.kind if view.ending.kind in ("budget", "withdrawn") else "resolved"
        out.say(f"\n{engine.runtime.words.say(f'play.ended_{known}')} {shown(view.ending.text)}")
        coming = engine.runtime.episodes.after(view.session.character_id, view.episode.order)
        if coming is not None:
            out.say(engine.runtime.words.say("play.next_episode", title=shown(coming.episode.title)))
    shown_turn = next(turn for turn in view.turns if turn.turn.id == last.turn_id)
    message_id = shown_turn.reply.id if shown_turn.reply else None
    acted = f"   {engine.runtime.words.say('play.offline_actor')}" if engine.doctor.actor == "offline" else ""
    out.quiet(f"\nturn {view.played} of {view.budget}{acted}   message_id {message_id}   turn_id {last.turn_id}")
    out.data(
        kind="turn",
        message_id=message_id,
        turn_id=last.turn_id,
        session_id=started.session_id,
        state=last.state,
        turn=view.played,
        budget=view.budget,
        ending=view.ending.kind if view.ending else None,
    )
