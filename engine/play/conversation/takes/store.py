"""SQL of takes in the making: beginning, saving, finishing, and what is due after them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.db.upsert import insert_if_new
from engine.play.conversation.nouns import TakeState, Turn
from engine.play.conversation.tables import prompts, takes, turns
from engine.providers.llm import Usage

AHEAD = timedelta(minutes=5)
"""What was written so far in the future was written before the clock went back; nobody waits for it to come true."""
_STANDS = turns.c.taken_back_by.is_(None)
_OF_STANDING_TURN = sa.exists().where(turns.c.id == takes.c.turn_id, _STANDS)
_DUE = sa.and_(takes.c.after == "due", takes.c.chosen)
_LATEST = (
    sa.select(turns.c.id, turns.c.at)
    .where(turns.c.timeline_id == sa.bindparam("timeline"), turns.c.seq > 0, _STANDS)
    .order_by(turns.c.at.desc())
    .limit(100)
    .subquery()
)
_OF_LATEST = sa.select(sa.literal(1)).where(takes.c.turn_id == _LATEST.c.id).correlate(_LATEST)
_FIRST_OPEN = sa.select(sa.func.min(_LATEST.c.at)).where(
    sa.or_(~_OF_LATEST.exists(), _OF_LATEST.where(takes.c.state == "speaking").exists())
)
"""Only the latest turns can wait for a reply or be spoken: a turn that a later one stands on is never spoken again."""
_MINE = takes.c.id == sa.bindparam("take")
_STILL = sa.and_(_MINE, takes.c.state == "speaking", takes.c.slot == sa.bindparam("speaker"))
_COUNT = sa.select(sa.func.count()).where(takes.c.turn_id == sa.bindparam("turn"))
_ADD = takes.insert()
_SAVED = takes.update().where(_STILL).returning(takes.c.stop_wanted, takes.c.session_id)
_FINISH = takes.update().where(_STILL)
"""Both set the columns that are named among the values."""
_BILL = prompts.update().where(prompts.c.take_id == sa.bindparam("take")).values(tokens_billed=sa.bindparam("billed"))
_PROMPT = sa.select(prompts).where(prompts.c.take_id == sa.bindparam("take"))
_DUE_HERE = (
    sa.select(takes.c.id, turns.c.at)
    .join(turns, turns.c.id == takes.c.turn_id)
    .where(takes.c.timeline_id == sa.bindparam("timeline"), _DUE, _STANDS)
    .order_by(turns.c.at)
)
_EARLIER_DUE = _DUE_HERE.where(turns.c.at < sa.bindparam("at"))
_STILL_DUE = sa.and_(_MINE, takes.c.after == "due")
_AFTER_DONE = takes.update().where(_MINE).values(after="done")
_AFTER_AGAIN = (
    takes.update()
    .where(_STILL_DUE)
    .values(after_since=sa.bindparam("now"), after_try=takes.c.after_try + 1)
    .returning(takes.c.after_try)
)
_NOBODY_STARTED = takes.update().where(_STILL_DUE).values(after_since=None)
_UNANSWERED = sa.and_(turns.c.seq > 0, _STANDS, ~sa.exists().where(takes.c.turn_id == turns.c.id))
_UNFINISHED = sa.or_(takes.c.state == "speaking", sa.and_(_DUE, _OF_STANDING_TURN))


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a speaker has to record when it is done, in whatever state."""

    state: TakeState
    text: str
    finish_reason: str | None = None
    model: str | None = None
    usage: Usage = field(default_factory=Usage)
    first_token_ms: int | None = None
    latency_ms: int | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """The composed prompt as it is stored, with what it offered."""

    sections: bytes
    hash: str
    tokens_estimated: int
    memory_ids: tuple[str, ...]
    hook_ids: tuple[str, ...]
    used_hooks: tuple[str, ...]
    after_pending: bool


def count(tx: sa.Connection, turn_id: str) -> int:
    """How many takes a turn has."""
    return tx.scalar(_COUNT, {"turn": turn_id}) or 0


def add(tx: sa.Connection, turn: Turn, values: dict[str, Any]) -> None:
    """Write a new take of a turn."""
    mine = {"session_id": turn.session_id, "timeline_id": turn.timeline_id, "user_id": turn.user_id}
    tx.execute(_ADD, mine | {"turn_id": turn.id} | values)


def used_since(tx: sa.Connection, user_id: str, since: datetime) -> tuple[int, float]:
    """Tokens and US dollars that a person's takes used since a moment; takes that cost nothing are left out."""
    used = sa.func.coalesce(sa.func.sum(takes.c.tokens_in + takes.c.tokens_out), 0)
    paid = sa.func.coalesce(sa.func.sum(takes.c.cost), 0.0)
    costs = sa.or_(takes.c.cost.is_(None), takes.c.cost > 0)
    mine = sa.and_(takes.c.user_id == user_id, takes.c.created_at >= since, costs)
    tokens, cost = tx.execute(sa.select(used, paid).where(mine)).one()
    return int(tokens), float(cost)


def save_progress(tx: sa.Connection, take_id: str, slot: str, text: str, now: datetime) -> sa.RowMapping | None:
    """Save what a speaking take has said and renew its lease: its (stop_wanted, session_id), or None if it was lost.

    Nothing said yet leaves the row's words: a reply that is carried on begins with them.
    """
    values = {"lease_at": now} | ({"text": text} if text else {})
    return tx.execute(_SAVED, values | {"take": take_id, "speaker": slot}).mappings().first()


def finish(
    tx: sa.Connection, take_id: str, slot: str, spoken: Spoken, *, spoke: bool, own: bool, now: datetime
) -> bool:
    """Give a take its final state. False where it is no longer speaking for this slot.

    `spoke` says that there are words, so after-work is due; `own`, that this process starts it.
    """
    values = {
        "state": spoken.state,
        "text": spoken.text,
        "after": "due" if spoke else "none",
        "after_since": now if own else None,
        "finish_reason": spoken.finish_reason,
        "model": spoken.model,
        "error": spoken.error,
        "tokens_in": spoken.usage.tokens_in or None,
        "tokens_out": spoken.usage.tokens_out or None,
        "tokens_cached": spoken.usage.tokens_cached or None,
        "cost": spoken.usage.cost,
        "first_token_ms": spoken.first_token_ms,
        "latency_ms": spoken.latency_ms,
        "finished_at": now,
        "lease_at": None,
    }
    return tx.execute(_FINISH, values | {"take": take_id, "speaker": slot}).rowcount == 1


def keep_prompt(tx: sa.Connection, take_id: str, user_id: str, release_id: str, kept: Kept, billed: int | None) -> None:
    """Store a take's exact prompt, once; what was billed may come later."""
    values = {
        "take_id": take_id,
        "user_id": user_id,
        "release_id": release_id,
        "sections": kept.sections,
        "hash": kept.hash,
        "tokens_estimated": kept.tokens_estimated,
        "tokens_billed": billed,
        "memory_ids": list(kept.memory_ids),
        "hook_ids": list(kept.hook_ids),
        "after_pending": kept.after_pending,
    }
    if not insert_if_new(tx, prompts, values) and billed is not None:
        tx.execute(_BILL, {"take": take_id, "billed": billed})


def prompt_row(tx: sa.Connection, take_id: str) -> sa.RowMapping | None:
    """The kept prompt of a take, or None."""
    return tx.execute(_PROMPT, {"take": take_id}).mappings().first()


def want_stop(tx: sa.Connection, *, turn_id: str = "", session_id: str = "") -> str | None:
    """Ask whoever speaks a turn, or in a session, to stop: the speaking take's id, or None."""
    mine = takes.c.turn_id == turn_id if turn_id else takes.c.session_id == session_id
    asked = takes.update().where(mine, takes.c.state == "speaking").values(stop_wanted=True)
    return tx.scalar(asked.returning(takes.c.id))


def speaking_since(tx: sa.Connection, renewed_before: datetime) -> list[tuple[str, str, str, str]]:
    """Speaking takes whose lease is older, or was written before the clock went back; (turn, id, slot, text so far)."""
    old = sa.or_(takes.c.lease_at <= renewed_before, takes.c.lease_at > renewed_before + AHEAD)
    dead = sa.and_(takes.c.state == "speaking", old)
    query = sa.select(takes.c.turn_id, takes.c.id, takes.c.slot, takes.c.text).where(dead).order_by(takes.c.lease_at)
    return [(row.turn_id, row.id, row.slot, row.text) for row in tx.execute(query)]


def unanswered(tx: sa.Connection, accepted_before: datetime, limit: int) -> list[str]:
    """Accepted, standing turns that have no take yet, oldest first."""
    query = sa.select(turns.c.id).where(_UNANSWERED, turns.c.accepted_at <= accepted_before)
    return list(tx.scalars(query.order_by(turns.c.accepted_at).limit(limit)))


def earlier_due(tx: sa.Connection, turn: Turn) -> list[str]:
    """The chosen, standing takes before a turn whose after-work is still due, in order of acceptance."""
    return list(tx.scalars(_EARLIER_DUE, {"timeline": turn.timeline_id, "at": turn.at}))


def ready_for_after_work(tx: sa.Connection, timeline_id: str) -> list[str]:
    """The timeline's due takes in order of acceptance, up to the first turn whose reply is still to come."""
    found = tx.execute(_DUE_HERE, {"timeline": timeline_id}).all()
    first_open = tx.scalar(_FIRST_OPEN, {"timeline": timeline_id}) if found else None
    return [row.id for row in found if first_open is None or row.at < first_open]


def after_done(tx: sa.Connection, take_id: str) -> None:
    """A take's after-work is written."""
    tx.execute(_AFTER_DONE, {"take": take_id})


def after_again(tx: sa.Connection, take_id: str, now: datetime) -> int | None:
    """A further try of a take's after-work, if it is due: the number of that try."""
    return tx.scalar(_AFTER_AGAIN, {"take": take_id, "now": now})


def nobody_started(tx: sa.Connection, take_id: str) -> None:
    """A take's after-work is due and nobody has started it."""
    tx.execute(_NOBODY_STARTED, {"take": take_id})


def start_due(tx: sa.Connection, started_before: datetime, now: datetime, limit: int) -> list[tuple[str, int]]:
    """Due after-work that nobody started, or that was started too long ago: marked as started, as (take, try)."""
    ahead = takes.c.after_since > now + AHEAD
    old = sa.or_(takes.c.after_since.is_(None), takes.c.after_since <= started_before, ahead)
    ids = sa.select(takes.c.id).where(_DUE, old, _OF_STANDING_TURN).limit(limit)
    tried = takes.update().where(takes.c.id.in_(ids), _DUE, old)
    again = tried.values(after_since=now, after_try=takes.c.after_try + 1).returning(takes.c.id, takes.c.after_try)
    return [(row.id, row.after_try) for row in tx.execute(again)]


def count_unfinished(tx: sa.Connection, session_id: str | None) -> int:
    """How many replies and after-works are not finished, anywhere or in one session."""
    takes_here = takes.c.session_id == session_id if session_id else sa.true()
    turns_here = turns.c.session_id == session_id if session_id else sa.true()
    counted = sa.select(sa.func.count()).select_from(takes).where(takes_here, _UNFINISHED)
    waiting = sa.select(sa.func.count()).select_from(turns).where(turns_here, _UNANSWERED)
    return (tx.scalar(counted) or 0) + (tx.scalar(waiting) or 0)
