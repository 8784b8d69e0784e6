"""Stopping a reply, staying a little, and ending what was withdrawn."""

from __future__ import annotations

import sqlalchemy as sa

from engine.db.desk import Desk
from engine.errors import Conflict, Ended
from engine.kernel.events import Event
from engine.play.acts.ground import mine, must_be_alone, my_session, write_act
from engine.play.conversation import store
from engine.play.conversation.endings import store as endings
from engine.play.conversation.endings.store import Ending
from engine.play.conversation.takes import store as takes
from engine.play.conversation.timelines import store as timelines
from engine.play.effects import Cause
from engine.play.standing import store as standing
from engine.play.turn import known_of, must_not_be_withdrawn


def want_stop(desk: Desk, user_id: str, turn_id: str) -> bool:
    """Ask whoever speaks this turn to stop. False when nothing speaks. Raises NotFound."""
    with desk.db.write() as tx:
        turn, session = mine(tx, user_id, turn_id)
        take_id = takes.want_stop(tx, turn_id=turn.id)
        if take_id is not None:
            desk.note(tx, Event("take_stopped", **known_of(tx, session), take_id=take_id, properties={}))
        return take_id is not None


def stay(desk: Desk, user_id: str, session_id: str) -> None:
    """Go on a little after the budget closed the session: a third more turns. Raises NotFound, Conflict or Ended."""
    with desk.db.write() as tx:
        session = my_session(tx, user_id, session_id)
        ending = endings.get(tx, session_id)
        if ending is None:
            raise Conflict("This episode is still running; there is no need to stay.")
        if ending.kind != "budget":
            raise Ended("This episode came to its own end. Start it again, or go on to the next one.")
        must_not_be_withdrawn(tx, session)
        must_be_alone(tx, session)
        at = timelines.get(tx, session.timeline_id)["last_at"]
        write_act(tx, desk, session, at, "stay", session_id, None)
        standing.settle(tx, session_id)


def end_sessions_of(tx: sa.Connection, desk: Desk, release_id: str) -> int:
    """End every running session of a withdrawn release, and stop its replies. How many sessions they were."""
    running = store.running_of_release(tx, release_id)
    for session in running:
        session_id = session.id
        at = timelines.get(tx, session.timeline_id)["last_at"]
        act_id = write_act(tx, desk, session, at, "withdraw", session_id, None)
        cause = Cause(session.user_id, session.character_id, session.timeline_id, session_id, at, act_id=act_id)
        endings.add(tx, desk.new_id(), cause, Ending("withdrawn", ""), desk.now())
        takes.want_stop(tx, session_id=session_id)
        standing.settle(tx, session_id)
        desk.note(tx, Event("session_ended", **known_of(tx, session), properties={"kind": "withdrawn"}))
    return len(running)
