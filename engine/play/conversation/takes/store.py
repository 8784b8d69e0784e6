"""SQL of takes in the making: beginning, saving, finishing, and what is due after them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.db.upsert import insert_if_new
from engine.play.conversation.nouns import TakeState, Turn
from engine.play.conversation.tables import prompts, takes, turns
from engine.providers.llm import Usage

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
    return tx.scalar(sa.select(sa.func.count()).where(takes.c.turn_id == turn_id)) or 0


def add(tx: sa.Connection, turn: Turn, values: dict[str, Any]) -> None:
    """Write a new take of a turn."""
    mine = {"session_id": turn.session_id, "timeline_id": turn.timeline_id, "user_id": turn.user_id}
    tx.execute(takes.insert(), mine | {"turn_id": turn.id} | values)


def save_progress(tx: sa.Connection, take_id: str, slot: str, text: str, now: datetime) -> sa.RowMapping | None:
    """Save what a speaking take has said and renew its lease: its (stop_wanted, session_id), or None if it was lost."""
    saved = takes.update().where(_still(take_id, slot)).values(text=text, lease_at=now)
    return tx.execute(saved.returning(takes.c.stop_wanted, takes.c.session_id)).mappings().first()


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
        "tokens_in": spoken.usage.tokens_in,
        "tokens_out": spoken.usage.tokens_out,
        "cost": spoken.usage.cost,
        "first_token_ms": spoken.first_token_ms,
        "latency_ms": spoken.latency_ms,
        "finished_at": now,
        "lease_at": None,
    }
    return tx.execute(takes.update().where(_still(take_id, slot)).values(**values)).rowcount == 1


def _still(take_id: str, slot: str) -> sa.ColumnElement[bool]:
    return sa.and_(takes.c.id == take_id, takes.c.state == "speaking", takes.c.slot == slot)


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
        tx.execute(prompts.update().where(prompts.c.take_id == take_id).values(tokens_billed=billed))


def prompt_row(tx: sa.Connection, take_id: str) -> sa.RowMapping | None:
    """The kept prompt of a take, or None."""
    return tx.execute(sa.select(prompts).where(prompts.c.take_id == take_id)).mappings().first()


def want_stop(tx: sa.Connection, *, turn_id: str = "", session_id: str = "") -> str | None:
    """Ask whoever speaks a turn, or in a session, to stop: the speaking take's id, or None."""
    mine = takes.c.turn_id == turn_id if turn_id else takes.c.session_id == session_id
    asked = takes.update().where(mine, takes.c.state == "speaking").values(stop_wanted=True)
    return tx.scalar(asked.returning(takes.c.id))


def speaking_since(tx: sa.Connection, renewed_before: datetime) -> list[tuple[str, str, str, str]]:
    """Speaking takes whose lease is older, as (turn, id, slot, text so far)."""
    dead = sa.and_(takes.c.state == "speaking", takes.c.lease_at <= renewed_before)
    query = sa.select(takes.c.turn_id, takes.c.id, takes.c.slot, takes.c.text).where(dead).order_by(takes.c.lease_at)
    return [(row.turn_id, row.id, row.slot, row.text) for row in tx.execute(query)]


def unanswered(tx: sa.Connection, accepted_before: datetime, limit: int) -> list[str]:
    """Accepted, standing turns that have no take yet, oldest first."""
    without = sa.and_(turns.c.seq > 0, _STANDS, ~sa.exists().where(takes.c.turn_id == turns.c.id))
    query = sa.select(turns.c.id).where(without, turns.c.accepted_at <= accepted_before)
    return list(tx.scalars(query.order_by(turns.c.accepted_at).limit(limit)))


def earlier_due(tx: sa.Connection, turn: Turn) -> list[str]:
    """The chosen, standing takes before a turn whose after-work is still due, in order of acceptance."""
    query = (
        sa.select(takes.c.id)
        .join(turns, turns.c.id == takes.c.turn_id)
        .where(takes.c.timeline_id == turn.timeline_id, _DUE, _STANDS, turns.c.at < turn.at)
    )
    return list(tx.scalars(query.order_by(turns.c.at)))


def ready_for_after_work(tx: sa.Connection, timeline_id: str) -> list[str]:
    """The timeline's due takes in order of acceptance, up to the first turn whose reply is still to come."""
    due = sa.select(takes.c.id, turns.c.at).join(turns, turns.c.id == takes.c.turn_id)
    found = tx.execute(due.where(takes.c.timeline_id == timeline_id, _DUE, _STANDS).order_by(turns.c.at)).all()
    first_open = tx.scalar(_FIRST_OPEN, {"timeline": timeline_id}) if found else None
    return [row.id for row in found if first_open is None or row.at < first_open]


def after_done(tx: sa.Connection, take_id: str) -> None:
    """A take's after-work is written."""
    tx.execute(takes.update().where(takes.c.id == take_id).values(after="done"))


def after_again(tx: sa.Connection, take_id: str, now: datetime) -> int | None:
    """A further try of a take's after-work, if it is due: the number of that try."""
    again = takes.update().where(takes.c.id == take_id, takes.c.after == "due")
    tried = again.values(after_since=now, after_try=takes.c.after_try + 1)
    return tx.scalar(tried.returning(takes.c.after_try))


def nobody_started(tx: sa.Connection, take_id: str) -> None:
    """A take's after-work is due and nobody has started it."""
    tx.execute(takes.update().where(takes.c.id == take_id, takes.c.after == "due").values(after_since=None))


def start_due(tx: sa.Connection, started_before: datetime, now: datetime, limit: int) -> list[tuple[str, int]]:
    """Due after-work that nobody started, or that was started too long ago: marked as started, as (take, try)."""
    old = sa.or_(takes.c.after_since.is_(None), takes.c.after_since <= started_before)
    ids = sa.select(takes.c.id).where(_DUE, old, _OF_STANDING_TURN).limit(limit)
    tried = takes.update().where(takes.c.id.in_(ids), _DUE, old)
    again = tried.values(after_since=now, after_try=takes.c.after_try + 1).returning(takes.c.id, takes.c.after_try)
    return [(row.id, row.after_try) for row in tx.execute(again)]


def count_unfinished(tx: sa.Connection, session_id: str | None) -> int:
    """How many replies and after-works are not finished, anywhere or in one session."""
    takes_here = takes.c.session_id == session_id if session_id else sa.true()
    turns_here = turns.c.session_id == session_id if session_id else sa.true()
    of_takes = sa.or_(takes.c.state == "speaking", sa.and_(_DUE, _OF_STANDING_TURN))
    counted = sa.select(sa.func.count()).select_from(takes).where(takes_here, of_takes)
    waiting = (
        sa.select(sa.func.count())
        .select_from(turns)
        .where(turns_here, turns.c.seq > 0, _STANDS, ~sa.exists().where(takes.c.turn_id == turns.c.id))
    )
    return (tx.scalar(counted) or 0) + (tx.scalar(waiting) or 0)
