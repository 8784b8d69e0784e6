"""Forking: another telling of a session from one of its turns on, on a timeline of its own."""

from __future__ import annotations

import sqlalchemy as sa

from engine.db.desk import Desk
from engine.errors import Conflict
from engine.kernel.crash import crash
from engine.kernel.events import Event
from engine.play.acts.ground import mine, was_done, write_act
from engine.play.budget import budget_of
from engine.play.conversation import store
from engine.play.conversation.lineage import store as lineage
from engine.play.conversation.nouns import PlaySession, Turn, check_client_id
from engine.play.conversation.timelines import store as timelines
from engine.play.engagement import store as engagement
from engine.play.opening import Started
from engine.play.turn import known_of, must_not_be_withdrawn, must_not_speak


def fork(desk: Desk, user_id: str, turn_id: str, client_id: str) -> Started:
    """Go on from a turn on a timeline of its own, which sees everything up to that turn and nothing that came after.

    The turn's session stays as it is; the next episode goes on from the new timeline. The same `client_id` again gives
    the same session. Raises NotFound, Conflict, Ended or BadInput.
    """
    check_client_id(client_id)
    with desk.db.write() as tx:
        turn, session = mine(tx, user_id, turn_id)
        before = was_done(tx, turn.timeline_id, client_id, "fork", turn.id)
        if before is not None:
            return Started(before, is_new=False, scene_id=None)  # a fork's session has the id of its act
        _must_be_forkable(tx, turn, session)
        act_id = write_act(tx, desk, session, turn.at, "fork", turn.id, client_id)
        child = _child(tx, desk, turn, session, act_id)
        desk.note(tx, Event("session_forked", **known_of(tx, child), properties={"turn": turn.seq}))
        crash("fork.before-commit")
    crash("fork.after-commit")
    return Started(child.id, is_new=True, scene_id=None)


def _must_be_forkable(tx: sa.Connection, turn: Turn, session: PlaySession) -> None:
    must_not_be_withdrawn(tx, session)
    must_not_speak(tx, session.id)
    if not turn.stands or not any(one.chosen for one in store.takes_of(tx, [turn.id])):
        raise Conflict("Only a turn that stands and has a reply can be forked from.")
    if turn.seq >= budget_of(tx, session):
        raise Conflict("That is the episode's last turn. Fork from an earlier one.")


def _child(tx: sa.Connection, desk: Desk, turn: Turn, session: PlaySession, act_id: str) -> PlaySession:
    """The child timeline with its session, counted and made the one to go on from."""
    now, parent, timeline_id = desk.now(), timelines.get(tx, turn.timeline_id), desk.new_id()
    line = {"id": timeline_id, "user_id": session.user_id, "character_id": session.character_id}
    line |= {"kind": "fresh" if parent["kind"] == "fresh" else "fork", "audience": parent["audience"]}
    timelines.add(tx, line | {"parent_id": parent["id"], "forked_at": turn.at, "last_at": turn.at, "created_at": now})
    ids = {"user_id": session.user_id, "character_id": session.character_id, "release_id": session.release_id}
    ids |= {"template_id": session.template_id, "engagement_id": session.engagement_id, "timeline_id": timeline_id}
    told = {"id": act_id, "forked_from": session.id, "scene": session.scene, "is_active": True}
    store.add_session(tx, ids | told | {"message_count": 0, "started_at": now, "last_at": now})
    child = store.session(tx, act_id)
    lineage.recount(tx, child)
    if child.engagement_id is not None:
        engagement.played(tx, child.engagement_id, now, sessions=1, on=timeline_id)
    return child
