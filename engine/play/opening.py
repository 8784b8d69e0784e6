"""Starting or resuming: one active session per timeline and episode, with its opening line once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.db.desk import Desk
from engine.errors import Conflict, NotFound
from engine.kernel.crash import crash
from engine.kernel.events import Event
from engine.kernel.ids import seed_from
from engine.members import store as people
from engine.play.conversation import store
from engine.play.conversation.nouns import Audience, Turn
from engine.play.conversation.takes import store as takes
from engine.play.conversation.timelines import store as timelines
from engine.play.effects import Cause
from engine.play.engagement import store as engagement
from engine.play.hooks import Due
from engine.play.hooks import store as hooks
from engine.play.hooks.care import reproaches
from engine.play.memory import store as memory
from engine.play.scenes import store as scenes
from engine.story.episode import EpisodeTemplate
from engine.story.release import Release
from engine.story.shelf import store as shelf

LATELY = timedelta(days=30)
"""A thread that has been ripe for longer is left to the replies."""


@dataclass(frozen=True, slots=True)
class Started:
    """A session to play, whether it is new, and the picture that it asked for."""

    session_id: str
    is_new: bool
    scene_id: str | None


def start(desk: Desk, user_id: str, episode_ref: str, audience: Audience, *, timeline_id: str | None = None) -> Started:
    """Start an episode of a live release, or go on with the active session of it.

    Without `timeline_id` it is played where the user last played with that character. `audience` is that of the main
    timeline where it is made now; a timeline keeps the one that it has. Raises NotFound.
    """
    with desk.db.write() as tx:
        people.hold(tx, user_id)
        release, episode = shelf.find_live(tx, episode_ref)
        here, engaged = _where(tx, desk, user_id, release.character_id, audience, timeline_id)
        timelines.lock(tx, here)
        standing = store.active_session(tx, here, episode.id)
        if standing is not None:
            return Started(standing, is_new=False, scene_id=None)
        its_audience = timelines.get(tx, here)["audience"]
        started = _begin(tx, desk, _Scene(user_id, here, engaged, release, episode, its_audience))
        crash("start.before-commit")
    crash("start.after-commit")
    return started


def rehearse(desk: Desk, user_id: str, release_id: str, template_id: str, audience: Audience = "rehearsal") -> Started:
    """Play any release, published or only cut, on a fresh timeline that touches no engagement."""
    with desk.db.write() as tx:
        people.hold(tx, user_id)
        release = shelf.get(tx, release_id)
        if shelf.is_withdrawn(tx, release_id):
            raise Conflict("This release was withdrawn; choose another one to rehearse.")
        here = _new_timeline(tx, desk, user_id, release.character_id, "fresh", audience)
        return _begin(tx, desk, _Scene(user_id, here, None, release, release.payload.episode(template_id), audience))


def main_timeline(tx: sa.Connection, desk: Desk, user_id: str, character_id: str, audience: Audience) -> str:
    """The user's main timeline with a character, made if absent."""
    if timelines.main(tx, user_id, character_id) is None:
        _new_timeline(tx, desk, user_id, character_id, "main", audience)
    found = timelines.main(tx, user_id, character_id)
    if found is None:  # cannot be: it was just written, here or elsewhere
        raise NotFound("There is no such timeline.")
    return found


def _new_timeline(tx: sa.Connection, desk: Desk, user_id: str, character_id: str, kind: str, audience: Audience) -> str:
    values = {"id": desk.new_id(), "user_id": user_id, "character_id": character_id, "kind": kind, "audience": audience}
    timelines.add(tx, values | {"created_at": desk.now()})
    return values["id"]


def _where(
    tx: sa.Connection, desk: Desk, user_id: str, character_id: str, audience: Audience, wanted: str | None
) -> tuple[str, str | None]:
    """The timeline to play on, and the engagement, made at the first meeting; a fresh timeline touches none."""
    if wanted is not None and _kind(tx, user_id, character_id, wanted) == "fresh":
        return wanted, None
    row = engagement.get(tx, user_id, character_id)
    if row is None:
        here, now = main_timeline(tx, desk, user_id, character_id, audience), desk.now()
        values = {"id": desk.new_id(), "user_id": user_id, "character_id": character_id, "timeline_id": here}
        engagement.add(tx, values | {"first_met_at": now, "last_interaction": now})
        row = engagement.get(tx, user_id, character_id)
    if row is None:  # cannot be: it was just written or stood there
        raise NotFound("There is no such engagement.")
    return wanted or row["timeline_id"], row["id"]


def _kind(tx: sa.Connection, user_id: str, character_id: str, timeline_id: str) -> str:
    """The kind of a user's own timeline with a character. Raises NotFound, the same for another's as for none."""
    row = timelines.get(tx, timeline_id)
    if row["user_id"] != user_id or row["character_id"] != character_id:
        raise NotFound("There is no such timeline.")
    return row["kind"]


@dataclass(frozen=True, slots=True)
class _Scene:
    """What is about to begin."""

    user_id: str
    timeline_id: str
    engagement_id: str | None
    release: Release
    episode: EpisodeTemplate
    audience: Audience


def _begin(tx: sa.Connection, desk: Desk, new: _Scene) -> Started:
    now, session_id, release, episode = desk.now(), desk.new_id(), new.release, new.episode
    place = episode.scene or next(iter(release.payload.setting.scenes), "")
    ids = {"user_id": new.user_id, "character_id": release.character_id, "timeline_id": new.timeline_id}
    ids |= {"release_id": release.id, "template_id": episode.id}
    row = ids | {"id": session_id, "engagement_id": new.engagement_id, "scene": place, "is_active": True}
    store.add_session(tx, row | {"message_count": 1, "started_at": now, "last_at": now})
    scene_id = _open(tx, desk, session_id, new)
    if new.engagement_id is not None:
        engagement.played(tx, new.engagement_id, now, messages=1, sessions=1, on=new.timeline_id)
    known = ids | {"session_id": session_id, "audience": new.audience}
    desk.note(tx, Event("session_started", **known, properties={"order": episode.order}))
    desk.note(tx, Event("notice_shown", **known, properties={"kind": "start"}))
    return Started(session_id, is_new=True, scene_id=scene_id)


def _open(tx: sa.Connection, desk: Desk, session_id: str, new: _Scene) -> str | None:
    """Turn 0: no player's line, one take, the opening line; and the first picture asked for.

    The writer's line stands whole; a thread that has become ripe follows it in a paragraph of its own.
    """
    now, take_id, message_id = desk.now(), desk.new_id(), desk.new_id()
    thread = _thread_to_open_with(tx, new, session_id, now)
    line = f"{new.episode.opening_line}\n\n{thread.opener}" if thread else new.episode.opening_line
    at = timelines.next_at(tx, new.timeline_id)
    turn = Turn(desk.new_id(), session_id, new.timeline_id, new.user_id, 0, at, "opening", None, None, now)
    store.add_turn(tx, turn)
    take = {"id": take_id, "number": 1, "kind": "opening", "state": "complete", "chosen": True, "text": line}
    told = {"after": "none", "seed": seed_from(turn.id), "finish_reason": "stop", "created_at": now, "finished_at": now}
    takes.add(tx, turn, take | told)
    said = {"id": message_id, "take_id": take_id, "role": "assistant", "content": line, "seq": 1, "created_at": now}
    store.add_message(tx, turn, said)
    release, character_id = new.release, new.release.character_id
    cause = Cause(new.user_id, character_id, new.timeline_id, session_id, at, turn.id, take_id)
    if thread:
        _pick_up(tx, desk, cause, thread, new)
    name = release.payload.persona.name
    memory.add_line(
        tx, new_id=desk.new_id, cause=cause, text=line, said_at=now, speaker=name, source_id=message_id, now=now
    )
    return scenes.request(
        tx,
        new_id=desk.new_id,
        cause=cause,
        trigger="start",
        release_id=release.id,
        template_id=new.episode.id,
        kit_id=release.payload.kit.id,
        now=now,
    )


def _thread_to_open_with(tx: sa.Connection, new: _Scene, session_id: str, now: datetime) -> Due | None:
    """The first ripe thread whose day came lately and whose opener can be said at once; lived timelines only."""
    if new.engagement_id is None or new.audience != "player":
        return None
    ripe = hooks.due(tx, timelines.sight(tx, new.timeline_id), session_id=session_id, now=now)
    dated = (one for one in ripe if one.event_at and one.opener and now - one.trigger_after <= LATELY)
    return next((one for one in dated if not reproaches(one.opener)), None)


def _pick_up(tx: sa.Connection, desk: Desk, cause: Cause, thread: Due, new: _Scene) -> None:
    known = {"user_id": cause.user_id, "character_id": cause.character_id, "session_id": cause.session_id}
    known |= {"template_id": new.episode.id, "release_id": new.release.id, "timeline_id": cause.timeline_id}
    known |= {"take_id": cause.take_id, "audience": new.audience}
    for kind in hooks.use(tx, new_id=desk.new_id, cause=cause, hook_ids=[thread.id], now=desk.now()):
        desk.note(tx, Event("hook_used", **known, properties={"kind": kind}))
