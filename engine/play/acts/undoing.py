"""Undoing the last act of a session, and doing it again. Both are the same turn of the hand.

What an act holds back comes to stand, and what stands in its place is held back by it; so is the take that it chose.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from engine.db.desk import Desk
from engine.errors import Conflict
from engine.kernel.crash import crash
from engine.kernel.events import Event
from engine.play.acts.ground import due_of, must_be_quiet, must_not_be_stood_on, my_session, was_done, write_act
from engine.play.acts.takes import Due
from engine.play.conversation import store
from engine.play.conversation.lineage import store as lineage
from engine.play.conversation.nouns import Act, PlaySession, check_client_id
from engine.play.conversation.timelines import store as timelines
from engine.play.standing import store as standing
from engine.play.turn import known_of


def undo(desk: Desk, user_id: str, session_id: str, client_id: str) -> Due:
    """Undo the session's last act: turns and takes stand as before it. After-work to start.

    Lines said since then are taken back. The same `client_id` again does nothing. Raises NotFound, Conflict (nothing to
    undo, or somebody speaks), StoodOn, Ended or BadInput.
    """
    return _turn_over(desk, user_id, session_id, client_id, "undo")


def redo(desk: Desk, user_id: str, session_id: str, client_id: str) -> Due:
    """Do again what was undone last, as long as nothing was said or done since. After-work to start.

    The same `client_id` again does nothing. Raises NotFound, Conflict, StoodOn, Ended or BadInput.
    """
    return _turn_over(desk, user_id, session_id, client_id, "redo")


def _turn_over(desk: Desk, user_id: str, session_id: str, client_id: str, verb: str) -> Due:
    check_client_id(client_id)
    with desk.db.write() as tx:
        session = my_session(tx, user_id, session_id)
        if was_done(tx, session.timeline_id, client_id, verb, session_id):
            return []
        must_be_quiet(tx, session)
        act = timelines.last_in_force(tx, session_id) if verb == "undo" else timelines.redoable(tx, session_id)
        if act is None:
            raise Conflict(f"There is nothing to {verb} here.")
        last_at = timelines.get(tx, session.timeline_id)["last_at"]
        write_act(tx, desk, session, last_at, verb, session_id, client_id)
        touched = _swap(tx, session, act, desk.now() if verb == "undo" else None, last_at)
        desk.note(tx, Event("act_turned_over", **known_of(tx, session), properties={"verb": verb, "kind": act.kind}))
        due = due_of(tx, desk, touched)
        crash(f"{verb}.before-commit")
    crash(f"{verb}.after-commit")
    return due


def _swap(tx: sa.Connection, session: PlaySession, act: Act, undone_at: datetime | None, last_at: int) -> list[str]:
    """Let what stands and what is held back change places; the turns that may be due now.

    What must not stand goes first, then the other take, then what comes back: unique rules hold on the way.
    """
    held = standing.taken_back_by(tx, act.id)
    turn_id, other = act.detail.get("turn"), act.detail.get("other")
    first = _first_touched(tx, session, act, held)
    if first is not None:
        must_not_be_stood_on(tx, store.turn(tx, first))
    standing.take_back_from(tx, session.id, act.detail["from_seq"], act.id)
    chosen = next((one.id for one in store.takes_of(tx, [turn_id]) if one.chosen), None) if turn_id else None
    if turn_id and other and other != chosen:
        standing.choose(tx, store.turn(tx, turn_id), other)
    standing.restore(tx, held)
    standing.settle(tx, session.id)
    timelines.mark_act(tx, act.id, undone_at, {**act.detail, "other": chosen if other else None, "undone_at": last_at})
    return [*held, *([turn_id] if turn_id else [])]


def _first_touched(tx: sa.Connection, session: PlaySession, act: Act, held: list[str]) -> str | None:
    """The earliest turn that changes, of those held back, those that stand in their place, and the act's own."""
    shown = [one for one in lineage.standing_turns(tx, session) if one.session_id == session.id]
    touched = [store.turn(tx, one) for one in held] + [one for one in shown if one.seq >= act.detail["from_seq"]]
    touched += [one for one in shown if one.id == act.detail.get("turn")]
    return min(touched, key=lambda one: one.at).id if touched else None
