"""Taking back and choosing, as marking: which rows of a turn stand now, in every room at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from engine.play.conversation import store
from engine.play.conversation.endings import store as endings
from engine.play.conversation.lineage import store as lineage
from engine.play.conversation.nouns import PlaySession, Turn
from engine.play.conversation.tables import endings as endings_table
from engine.play.conversation.tables import messages, sessions, takes, turns
from engine.play.dynamics.tables import dynamics, milestones
from engine.play.effects import Verdict
from engine.play.effects.store import restand
from engine.play.engagement import store as engagement
from engine.play.hooks.tables import hook_uses, hooks
from engine.play.memory import store as memory
from engine.play.scenes.tables import scene_images

_EFFECTS = (endings_table, dynamics, milestones, hooks, hook_uses, scene_images)

_CHOSEN = sa.select(takes.c.id).where(takes.c.turn_id == sa.bindparam("turn"), takes.c.chosen)
_CHOOSE = takes.update().where(takes.c.id == sa.bindparam("take")).values(chosen=True)
_STAND = messages.update().where(messages.c.take_id == sa.bindparam("take")).values(standing=True)
_CHOSE = takes.update().where(takes.c.turn_id == sa.bindparam("turn"), takes.c.chosen).values(chosen=False)
_IN_TURN = messages.c.turn_id == sa.bindparam("turn")
_MARK_LINE = messages.update().where(_IN_TURN, messages.c.role == "user").values(standing=sa.bindparam("stands"))
_REPLY = sa.and_(_IN_TURN, messages.c.role == "assistant")
_HIDE_REPLIES = messages.update().where(_REPLY, messages.c.take_id != sa.bindparam("take")).values(standing=False)
_SHOW_REPLY = messages.update().where(_REPLY, messages.c.take_id == sa.bindparam("take")).values(standing=True)
_IS_ACTIVE = sessions.update().where(sessions.c.id == sa.bindparam("session")).values(is_active=sa.bindparam("active"))


def verdict(tx: sa.Connection, turn: Turn) -> Verdict:
    """What stands of a turn by its row and its chosen take."""
    chosen = tx.scalar(_CHOSEN, {"turn": turn.id})
    return Verdict(turn.id, turn.stands, chosen if turn.stands else None)


def apply(tx: sa.Connection, one: Verdict) -> None:
    """Mark every row of a turn: what must not stand first, so that unique rules hold on the way."""
    _mark_messages(tx, one)
    memory.restand(tx, one)
    for table in _EFFECTS:
        restand(tx, table, one)


def _mark_messages(tx: sa.Connection, one: Verdict) -> None:
    known = {"turn": one.turn_id, "take": one.take_id or ""}
    tx.execute(_MARK_LINE, {"turn": one.turn_id, "stands": one.turn_stands})
    tx.execute(_HIDE_REPLIES, known)
    if one.take_id:
        tx.execute(_SHOW_REPLY, known)


def choose(tx: sa.Connection, turn: Turn, take_id: str) -> None:
    """Make a take the chosen one of its turn and mark all rows accordingly."""
    tx.execute(_CHOSE, {"turn": turn.id})
    tx.execute(_CHOOSE, {"take": take_id})
    apply(tx, verdict(tx, turn))


def choose_first(tx: sa.Connection, session: PlaySession, turn: Turn, take_id: str, now: datetime) -> bool:
    """Choose a take just recorded where the turn stands and none was chosen before: only its message is to be marked.

    False, with nothing written, where there is more to do: `choose` and `settle` do it all.
    """
    if not turn.stands or tx.scalar(_CHOSEN, {"turn": turn.id}) is not None:
        return False
    tx.execute(_CHOOSE, {"take": take_id})
    tx.execute(_STAND, {"take": take_id})
    store.touch(tx, session.id, now, 1)
    if session.engagement_id is not None:
        engagement.played(tx, session.engagement_id, now, messages=1)
    return True


def take_back_from(tx: sa.Connection, session_id: str, from_seq: int, act_id: str) -> list[str]:
    """Take back the session's standing turns from a seq on: their ids."""
    later = sa.and_(turns.c.session_id == session_id, turns.c.seq >= from_seq, turns.c.taken_back_by.is_(None))
    ids = list(tx.scalars(sa.select(turns.c.id).where(later).order_by(turns.c.seq)))
    tx.execute(turns.update().where(turns.c.id.in_(ids)).values(taken_back_by=act_id))
    for turn_id in ids:
        apply(tx, Verdict(turn_id, turn_stands=False, take_id=None))
    return ids


def restore(tx: sa.Connection, turn_ids: Sequence[str]) -> None:
    """Make turns that were taken back stand again, each with its chosen take."""
    tx.execute(turns.update().where(turns.c.id.in_(turn_ids)).values(taken_back_by=None))
    for turn_id in turn_ids:
        apply(tx, verdict(tx, store.turn(tx, turn_id)))


def taken_back_by(tx: sa.Connection, act_id: str) -> list[str]:
    """The turns that an act keeps back, in order."""
    query = sa.select(turns.c.id).where(turns.c.taken_back_by == act_id)
    return list(tx.scalars(query.order_by(turns.c.seq, turns.c.at)))


def settle(tx: sa.Connection, session_id: str) -> None:
    """Make the session's derived columns equal to what stands: its count, its activity, its engagement's count."""
    session = store.session(tx, session_id)
    lineage.recount(tx, session)
    goes_on = endings.get(tx, session_id) is None
    tx.execute(_IS_ACTIVE, {"session": session_id, "active": goes_on})
    engagement_id = session.engagement_id
    if engagement_id is not None:
        engagement.lock(tx, engagement_id)
        engagement.set_messages(tx, engagement_id, store.standing_messages_of(tx, engagement_id))
