"""Taking back and choosing, as marking: which rows of a turn stand now, in every room at once."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from engine.play.conversation import store
from engine.play.conversation.endings import store as endings
from engine.play.conversation.nouns import Turn
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
    mine = messages.c.turn_id == one.turn_id
    tx.execute(messages.update().where(mine, messages.c.role == "user").values(standing=one.turn_stands))
    replies = sa.and_(mine, messages.c.role == "assistant")
    tx.execute(messages.update().where(replies, messages.c.take_id != (one.take_id or "")).values(standing=False))
    if one.take_id:
        tx.execute(messages.update().where(replies, messages.c.take_id == one.take_id).values(standing=True))


def choose(tx: sa.Connection, turn: Turn, take_id: str) -> None:
    """Make a take the chosen one of its turn and mark all rows accordingly."""
    tx.execute(takes.update().where(takes.c.turn_id == turn.id, takes.c.chosen).values(chosen=False))
    tx.execute(takes.update().where(takes.c.id == take_id).values(chosen=True))
    apply(tx, verdict(tx, turn))


def choose_first(tx: sa.Connection, turn: Turn, take_id: str, now: datetime) -> bool:
    """Choose a take just recorded where the turn stands and none was chosen before: only its message is to be marked.

    False, with nothing written, where there is more to do: `choose` and `settle` do it all.
    """
    if not turn.stands or tx.scalar(_CHOSEN, {"turn": turn.id}) is not None:
        return False
    tx.execute(_CHOOSE, {"take": take_id})
    tx.execute(_STAND, {"take": take_id})
    store.touch(tx, turn.session_id, now, 1)
    engagement_id = store.session(tx, turn.session_id).engagement_id
    if engagement_id is not None:
        engagement.played(tx, engagement_id, now, messages=1)
    return True


def take_back_after(tx: sa.Connection, turn: Turn, act_id: str) -> int:
    """Take back the session's later turns; how many they were."""
    later = sa.and_(turns.c.session_id == turn.session_id, turns.c.seq > turn.seq, turns.c.taken_back_by.is_(None))
    ids = list(tx.scalars(sa.select(turns.c.id).where(later)))
    tx.execute(turns.update().where(turns.c.id.in_(ids)).values(taken_back_by=act_id))
    for turn_id in ids:
        apply(tx, Verdict(turn_id, turn_stands=False, take_id=None))
    return len(ids)


def settle(tx: sa.Connection, session_id: str) -> None:
    """Make the session's derived columns equal to what stands: its count, its activity, its engagement's count."""
    store.recount(tx, session_id)
    goes_on = endings.get(tx, session_id) is None
    tx.execute(sessions.update().where(sessions.c.id == session_id).values(is_active=goes_on))
    engagement_id = store.session(tx, session_id).engagement_id
    if engagement_id is not None:
        engagement.lock(tx, engagement_id)
        engagement.set_messages(tx, engagement_id, store.standing_messages_of(tx, engagement_id))
