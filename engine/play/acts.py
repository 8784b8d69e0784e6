"""What a person does by hand to a conversation: regenerate, choose a take, stop, stay a little."""

from __future__ import annotations

import sqlalchemy as sa

from engine.db.desk import Desk
from engine.errors import Conflict, Ended, NotFound, StoodOn
from engine.kernel.crash import crash
from engine.kernel.events import Event
from engine.play.conversation import store
from engine.play.conversation.endings import store as endings
from engine.play.conversation.endings.store import Ending
from engine.play.conversation.nouns import SPOKEN, PlaySession, Turn, check_client_id
from engine.play.conversation.takes import store as takes
from engine.play.conversation.timelines import store as timelines
from engine.play.effects import Cause
from engine.play.standing import store as standing
from engine.play.turn import begin_take, known_of, must_not_be_withdrawn, must_not_speak


def regenerate(desk: Desk, user_id: str, turn_id: str, slot: str, client_id: str) -> str | None:
    """Begin another take of a turn; later turns of its session are taken back. The new take's id.

    None when this `client_id` did it before. Raises NotFound, Conflict, StoodOn, Ended or BadInput.
    """
    check_client_id(client_id)
    with desk.db.write() as tx:
        turn, session = _mine(tx, user_id, turn_id)
        if _was_done(tx, turn, client_id):
            return None
        _must_be_free(tx, turn, session)
        act_id = _act(tx, desk, session, turn.at, "regenerate", turn.id, client_id)
        _take_back_after(tx, desk, session, turn, act_id)
        new_take = begin_take(tx, desk, turn, slot, "regenerate", act_id)
        crash("regenerate.before-commit")
    crash("regenerate.after-commit")
    return new_take


def choose(desk: Desk, user_id: str, turn_id: str, take_id: str) -> int | None:
    """Make another take of a turn the chosen one; later turns are taken back. The try of its after-work, if due.

    Choosing the chosen one changes nothing. Raises NotFound, Conflict (a failed or speaking take), StoodOn or Ended.
    """
    with desk.db.write() as tx:
        turn, session = _mine(tx, user_id, turn_id)
        take = next((one for one in store.takes_of(tx, [turn_id]) if one.id == take_id), None)
        if take is None:
            raise NotFound("This turn has no such take.")
        if take.state not in SPOKEN:
            raise Conflict("That take has no words to go on with. Choose another one, or try again.")
        if take.chosen and turn.stands:
            return None
        _must_be_free(tx, turn, session)
        act_id = _act(tx, desk, session, turn.at, "choose", take_id, None)
        _take_back_after(tx, desk, session, turn, act_id)
        standing.choose(tx, turn, take_id)
        standing.settle(tx, session.id)
        desk.note(
            tx, Event("take_chosen", **known_of(tx, session), take_id=take_id, properties={"number": take.number})
        )
        attempt = takes.after_again(tx, take_id, desk.now())
        crash("choose.before-commit")
    crash("choose.after-commit")
    return attempt


def want_stop(desk: Desk, user_id: str, turn_id: str) -> bool:
    """Ask whoever speaks this turn to stop. False when nothing speaks. Raises NotFound."""
    with desk.db.write() as tx:
        turn, session = _mine(tx, user_id, turn_id)
        take_id = takes.want_stop(tx, turn_id=turn.id)
        if take_id is not None:
            desk.note(tx, Event("take_stopped", **known_of(tx, session), take_id=take_id, properties={}))
        return take_id is not None


def stay(desk: Desk, user_id: str, session_id: str) -> None:
    """Go on a little after the budget closed the session: a third more turns. Raises NotFound, Conflict or Ended."""
    with desk.db.write() as tx:
        session = store.my_session(tx, session_id, user_id, lock=True)
        timelines.lock(tx, session.timeline_id)
        ending = endings.get(tx, session_id)
        if ending is None:
            raise Conflict("This episode is still running; there is no need to stay.")
        if ending.kind != "budget":
            raise Ended("This episode came to its own end. Start it again, or go on to the next one.")
        must_not_be_withdrawn(tx, session)
        _must_be_alone(tx, session)
        at = timelines.get(tx, session.timeline_id)["last_at"]
        _act(tx, desk, session, at, "stay", session_id, None)
        standing.settle(tx, session_id)


def end_sessions_of(tx: sa.Connection, desk: Desk, release_id: str) -> int:
    """End every running session of a withdrawn release, and stop its replies. How many sessions they were."""
    running = store.running_of_release(tx, release_id)
    for session in running:
        session_id = session.id
        at = timelines.get(tx, session.timeline_id)["last_at"]
        act_id = _act(tx, desk, session, at, "withdraw", session_id, None)
        cause = Cause(session.user_id, session.character_id, session.timeline_id, session_id, at, act_id=act_id)
        endings.add(tx, desk.new_id(), cause, Ending("withdrawn", ""), desk.now())
        takes.want_stop(tx, session_id=session_id)
        standing.settle(tx, session_id)
        desk.note(tx, Event("session_ended", **known_of(tx, session), properties={"kind": "withdrawn"}))
    return len(running)


def _mine(tx: sa.Connection, user_id: str, turn_id: str) -> tuple[Turn, PlaySession]:
    """A turn of this user's as it is once nobody else can change it. Raises NotFound."""
    session = store.my_session(tx, store.my_turn(tx, turn_id, user_id).session_id, user_id, lock=True)
    timelines.lock(tx, session.timeline_id)
    return store.my_turn(tx, turn_id, user_id), session


def _was_done(tx: sa.Connection, turn: Turn, client_id: str) -> bool:
    """Whether this key regenerated this turn before. Raises Conflict where it was used for something else."""
    before = timelines.act_by_client_id(tx, turn.timeline_id, client_id)
    if before is not None and timelines.act(tx, before) != ("regenerate", turn.id):
        raise Conflict("That id was used already, for something else. Send a new id.")
    return before is not None


def _must_be_free(tx: sa.Connection, turn: Turn, session: PlaySession) -> None:
    """Raises Conflict, StoodOn or Ended where a turn may not be changed now."""
    if turn.seq == 0:
        raise Conflict("The opening is always the same; there is no other take of it.")
    if not turn.stands:
        raise Conflict("That turn was taken back; there is nothing to change in it.")
    must_not_speak(tx, session.id)
    must_not_be_withdrawn(tx, session)
    if store.seen_later_elsewhere(tx, turn):
        raise StoodOn("A later episode already builds on this turn, so it cannot be changed any more.")
    if not session.is_active:
        _must_be_alone(tx, session)


def _must_be_alone(tx: sa.Connection, session: PlaySession) -> None:
    """Raises Conflict where another play-through of the same episode runs on the timeline."""
    running = store.active_session(tx, session.timeline_id, session.template_id)
    if running is not None and running != session.id:
        raise Conflict("This episode is being played again already; go on there.")


def _act(
    tx: sa.Connection, desk: Desk, session: PlaySession, at: int, kind: str, on: str, client_id: str | None
) -> str:
    act_id = desk.new_id()
    cause = Cause(session.user_id, session.character_id, session.timeline_id, session.id, at, act_id=act_id)
    timelines.add_act(tx, cause, kind, on, client_id, desk.now())
    return act_id


def _take_back_after(tx: sa.Connection, desk: Desk, session: PlaySession, turn: Turn, act_id: str) -> None:
    count = standing.take_back_after(tx, turn, act_id)
    if count:
        desk.note(tx, Event("turns_taken_back", **known_of(tx, session), properties={"turns": count}))
    standing.settle(tx, session.id)
