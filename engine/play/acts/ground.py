"""The ground that acts stand on: whose turn it is, whether it may be changed now, and how an act is written down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.db.desk import Desk
from engine.errors import Conflict, StoodOn
from engine.kernel.events import Event
from engine.play.conversation import store
from engine.play.conversation.nouns import PlaySession, Turn
from engine.play.conversation.takes import store as takes
from engine.play.conversation.timelines import store as timelines
from engine.play.effects import Cause
from engine.play.standing import store as standing
from engine.play.turn import known_of, must_not_be_withdrawn, must_not_speak

OTHER_USE = "That id was used already, for something else. Send a new id."


def mine(tx: sa.Connection, user_id: str, turn_id: str) -> tuple[Turn, PlaySession]:
    """A turn of this user's as it is once nobody else can change it. Raises NotFound."""
    session = my_session(tx, user_id, store.my_turn(tx, turn_id, user_id).session_id)
    return store.my_turn(tx, turn_id, user_id), session


def my_session(tx: sa.Connection, user_id: str, session_id: str) -> PlaySession:
    """A session of this user's, which nobody else can change until the transaction ends. Raises NotFound."""
    session = store.my_session(tx, session_id, user_id, lock=True)
    timelines.lock(tx, session.timeline_id)
    return session


def was_done(tx: sa.Connection, timeline_id: str, client_id: str, kind: str, on: str) -> str | None:
    """The act that this key brought before, or None. Raises Conflict where it was used for something else."""
    before = timelines.act_by_client_id(tx, timeline_id, client_id)
    if before is not None and timelines.act(tx, before) != (kind, on):
        raise Conflict(OTHER_USE)
    return before


def must_be_free(tx: sa.Connection, turn: Turn, session: PlaySession) -> None:
    """Raises Conflict, StoodOn or Ended where a turn may not be changed now."""
    if turn.seq == 0:
        raise Conflict("The opening is the writer's and always the same; change what comes after it.")
    if not turn.stands:
        raise Conflict("That turn was taken back; there is nothing to change in it.")
    must_not_be_stood_on(tx, turn)
    must_be_quiet(tx, session)


def must_be_quiet(tx: sa.Connection, session: PlaySession) -> None:
    """Raises Conflict or Ended where nothing in a session may be changed now."""
    must_not_speak(tx, session.id)
    must_not_be_withdrawn(tx, session)
    if not session.is_active:
        must_be_alone(tx, session)


def must_not_be_stood_on(tx: sa.Connection, turn: Turn) -> None:
    """Raises StoodOn where a later turn of another session sees this one."""
    if store.seen_later_elsewhere(tx, turn):
        raise StoodOn("A later episode or another telling already builds on this turn, so it stays. Fork from it.")


def must_be_alone(tx: sa.Connection, session: PlaySession) -> None:
    """Raises Conflict where another play-through of the same episode runs on the timeline."""
    running = store.active_session(tx, session.timeline_id, session.template_id)
    if running is not None and running != session.id:
        raise Conflict("This episode is being played again already; go on there.")


def write_act(
    tx: sa.Connection,
    desk: Desk,
    session: PlaySession,
    at: int,
    kind: str,
    on: str,
    client_id: str | None,
    detail: Mapping[str, Any] | None = None,
) -> str:
    """Write an act; one with `detail` can be undone. Its id."""
    act_id = desk.new_id()
    cause = Cause(session.user_id, session.character_id, session.timeline_id, session.id, at, act_id=act_id)
    timelines.add_act(tx, cause, kind, on, client_id, desk.now(), detail)
    return act_id


def take_back_from(tx: sa.Connection, desk: Desk, session: PlaySession, from_seq: int, act_id: str) -> None:
    """Take back the session's own turns from a seq on, and make its counts right."""
    gone = standing.take_back_from(tx, session.id, from_seq, act_id)
    if gone:
        desk.note(tx, Event("turns_taken_back", **known_of(tx, session), properties={"turns": len(gone)}))
    standing.settle(tx, session.id)


def due_of(tx: sa.Connection, desk: Desk, turn_ids: list[str]) -> list[tuple[str, int]]:
    """The chosen takes of turns that stand again and whose after-work is still due, as (take, try)."""
    chosen = [one.id for one in store.takes_of(tx, turn_ids) if one.chosen]
    tried = [(take_id, takes.after_again(tx, take_id, desk.now())) for take_id in chosen]
    return [(take_id, attempt) for take_id, attempt in tried if attempt is not None]
