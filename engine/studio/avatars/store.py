"""SQL of anchor candidates: from the wish (waiting) over drawing to ready, failed or cancelled.

A candidate that is drawn names the hand that draws it, and a lease: whoever finds that the lease ran out takes it over,
with the name of the drawing that was begun for it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.kernel.ids import Ids
from engine.providers.images import PictureRequest
from engine.studio.avatars.jobs import Candidate, Job, Sitting, State, Wish
from engine.studio.avatars.tables import anchor_candidates as table

LEASE = timedelta(seconds=40)
"""A candidate whose lease was not renewed for so long is taken over."""
REST = timedelta(seconds=5)
"""How long a candidate waits after a provider asked for a pause."""
KEPT = timedelta(hours=1)
"""How long a provider keeps what it has drawn. What is older is never begun anew by itself: it was paid for once."""

_OPEN = table.c.state.in_(("waiting", "drawing"))
_SITTING = ("id", "character_id", "kit_id", "seed", "words", "avoid", "hints", "camera", "prediction", "begun_at",
            "pauses")  # fmt: skip


def add(tx: sa.Connection, wish: Wish, new_id: Ids, now: datetime) -> list[str]:
    """Wish for candidates: their ids. One that failed after it was begun goes on where it was left, where it is wished
    for again in the same words; what else has come to an end for this character is forgotten.
    """
    begun = {request.seed: _begun_before(tx, wish, request, now) for request in wish.requests}
    _forget(tx, wish, now)
    job = new_id()
    shared = {"character_id": wish.character_id, "kit_id": wish.kit_id, "camera": wish.camera, "job": job}
    shared |= {"state": "waiting", "wanted": True, "created_at": now, "updated_at": now}
    rows = [
        shared
        | {"id": new_id(), "place": place, "seed": one.seed, "words": one.words, "avoid": one.avoid}
        | {"hints": dict(one.hints)}
        | begun[one.seed]
        for place, one in enumerate(wish.requests)
    ]
    tx.execute(table.insert(), rows)
    return [str(row["id"]) for row in rows]


def latest(tx: sa.Connection, character_id: str) -> Job | None:
    """The job of a character that runs, else the last one; None where there was none."""
    query = sa.select(table).where(table.c.character_id == character_id)
    rows = tx.execute(query.order_by(table.c.created_at, table.c.job, table.c.place)).mappings().all()
    running = next((row["job"] for row in rows if row["state"] in ("waiting", "drawing")), None)
    job = running or (rows[-1]["job"] if rows else None)
    mine = [row for row in rows if row["job"] == job]
    return Job(tuple(_candidate(row) for row in mine)) if mine else None


def one(tx: sa.Connection, candidate_id: str) -> Candidate | None:
    """A candidate as it is now; None where it is forgotten."""
    row = tx.execute(sa.select(table).where(table.c.id == candidate_id)).mappings().first()
    return _candidate(row) if row is not None else None


def under_way(tx: sa.Connection, wish: Wish, request: PictureRequest) -> str | None:
    """The id of a candidate that is waiting or drawn already and is just this one."""
    return tx.scalar(sa.select(table.c.id).where(_same(wish, request), _OPEN, table.c.wanted).limit(1))


def any_due(tx: sa.Connection, now: datetime) -> bool:
    """Whether anything can be taken to the easel."""
    return tx.scalar(sa.select(sa.literal(1)).where(_due(now)).limit(1)) is not None


def claim_next(tx: sa.Connection, hand: str, now: datetime) -> Sitting | None:
    """Take the oldest candidate that is due, or whose lease ran out, to the easel. None where there is none."""
    oldest = sa.select(table.c.id).where(_due(now)).order_by(table.c.created_at, table.c.job, table.c.place).limit(1)
    candidate_id = tx.scalar(oldest.with_for_update(skip_locked=True))
    return claim(tx, candidate_id, hand, now) if candidate_id is not None else None


def claim(tx: sa.Connection, candidate_id: str, hand: str, now: datetime) -> Sitting | None:
    """Take a candidate to the easel. None where it is not due, or somebody else draws it."""
    mine = sa.and_(table.c.id == candidate_id, _due(now))
    row = tx.execute(sa.select(table).where(mine).with_for_update(skip_locked=True)).mappings().first()
    values = {"state": "drawing", "hand": hand, "lease_at": now, "updated_at": now}
    if row is None or not tx.execute(table.update().where(mine).values(**values)).rowcount:
        return None
    return Sitting(**{name: row[name] for name in _SITTING}, hand=hand)


def renew(tx: sa.Connection, hands: Collection[str], now: datetime) -> None:
    """Keep what these hands draw."""
    tx.execute(table.update().where(table.c.state == "drawing", table.c.hand.in_(hands)).values(lease_at=now))


def begun(tx: sa.Connection, candidate_id: str, hand: str, prediction: str, now: datetime) -> bool:
    """Keep what the provider calls the drawing that it was paid for. False when somebody else took it over."""
    return _move(tx, candidate_id, hand, {"prediction": prediction, "begun_at": now})


def wanted(tx: sa.Connection, candidate_id: str, hand: str) -> bool | None:
    """Whether a candidate that this hand draws is still wanted. None when somebody else took it over."""
    return tx.scalar(sa.select(table.c.wanted).where(_held(candidate_id, hand)))


def is_begun(tx: sa.Connection, candidate_id: str) -> bool:
    """Whether a provider has begun to draw a candidate."""
    return tx.scalar(sa.select(table.c.prediction).where(table.c.id == candidate_id)) is not None


def ready(tx: sa.Connection, candidate_id: str, hand: str, asset_id: str, now: datetime) -> bool:
    """The picture is stored. False, and nothing written, when it was taken over meanwhile."""
    return _move(tx, candidate_id, hand, {"asset_id": asset_id, **_left("ready", now)})


def failed(tx: sa.Connection, candidate_id: str, hand: str, error: str, now: datetime) -> bool:
    """There will be no picture; `error` is a sentence. False when it was taken over meanwhile."""
    return _move(tx, candidate_id, hand, {"error": error, **_left("failed", now)})


def cancelled(tx: sa.Connection, candidate_id: str, hand: str, now: datetime) -> bool:
    """It was called off. False when it was taken over meanwhile."""
    return _move(tx, candidate_id, hand, _left("cancelled", now))


def rests(tx: sa.Connection, candidate_id: str, hand: str, now: datetime) -> bool:
    """Give a candidate up for a moment: it is due again. False when it was taken over meanwhile."""
    return _move(tx, candidate_id, hand, {"pauses": table.c.pauses + 1, **_left("waiting", now)})


def lay_down(tx: sa.Connection, hands: Collection[str] | None) -> None:
    """What these hands draw is due again, for whoever comes next; without hands, whatever anybody draws."""
    whose = table.c.hand.in_(hands) if hands is not None else sa.true()
    values = {"state": "waiting", "hand": None, "lease_at": None}
    tx.execute(table.update().where(table.c.state == "drawing", whose).values(**values))


def cancel(tx: sa.Connection, character_id: str, now: datetime) -> None:
    """Nobody wants a character's candidates any more. One that was begun ends when its drawing is called off."""
    mine = sa.and_(table.c.character_id == character_id, _OPEN)
    nothing_paid = sa.and_(table.c.state == "waiting", table.c.prediction.is_(None))
    tx.execute(table.update().where(mine, nothing_paid).values(**_left("cancelled", now)))
    tx.execute(table.update().where(mine).values(wanted=False))


def _begun_before(tx: sa.Connection, wish: Wish, request: PictureRequest, now: datetime) -> dict[str, Any]:
    """What a provider began for the same wish, and has not brought, while it may still be there."""
    query = sa.select(table.c.prediction, table.c.begun_at).where(_same(wish, request), _fetchable(now))
    row = tx.execute(query.order_by(table.c.begun_at.desc()).limit(1)).mappings().first()
    return dict(row) if row is not None else {"prediction": None, "begun_at": None}


def _forget(tx: sa.Connection, wish: Wish, now: datetime) -> None:
    """Delete what has come to an end for a character, but for what may still be fetched under another seed."""
    mine = table.c.character_id == wish.character_id
    running = sa.select(table.c.job).where(mine, _OPEN)
    wished = sa.and_(table.c.kit_id == wish.kit_id, table.c.seed.in_([one.seed for one in wish.requests]))
    tx.execute(table.delete().where(mine, ~_OPEN, table.c.job.not_in(running), sa.or_(wished, ~_fetchable(now))))


def _same(wish: Wish, request: PictureRequest) -> sa.ColumnElement[bool]:
    whose = sa.and_(table.c.kit_id == wish.kit_id, table.c.camera == wish.camera, table.c.seed == request.seed)
    return sa.and_(whose, table.c.words == request.words, table.c.avoid == request.avoid)


def _fetchable(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.state == "failed", table.c.prediction.is_not(None), table.c.begun_at > now - KEPT)


def _due(now: datetime) -> sa.ColumnElement[bool]:
    rested = sa.or_(table.c.pauses == 0, table.c.updated_at <= now - REST)
    dead = sa.and_(table.c.state == "drawing", table.c.lease_at <= now - LEASE)
    return sa.or_(sa.and_(table.c.state == "waiting", rested), dead)


def _held(candidate_id: str, hand: str) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.id == candidate_id, table.c.state == "drawing", table.c.hand == hand)


def _move(tx: sa.Connection, candidate_id: str, hand: str, values: Mapping[str, Any]) -> bool:
    """Write only where this hand still draws it."""
    return tx.execute(table.update().where(_held(candidate_id, hand)).values(**values)).rowcount == 1


def _left(state: State, now: datetime) -> dict[str, Any]:
    return {"state": state, "hand": None, "lease_at": None, "updated_at": now}


def _candidate(row: sa.RowMapping) -> Candidate:
    return Candidate(row["seed"], row["state"], row["asset_id"], row["error"])
