"""SQL of scene images: from the wish (due) over drawing to ready or failed.

A scene is an effect: it stands with its cause. Work is done for standing rows only; a picture that was begun before its
turn was taken back is still written, because it was paid for, and shows again when its turn stands again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine.errors import NotFound
from engine.images.tables import image_assets
from engine.kernel.ids import Ids, seed_from
from engine.play.effects import Cause, Verdict
from engine.play.scenes.nouns import SceneRow, State
from engine.play.scenes.tables import scene_images as table
from engine.play.scenes.triggers import manual

LEASE = timedelta(seconds=40)
"""A drawing whose lease was not renewed for so long is taken over."""

_OPEN = ("due", "drawing")
_NONE = "There is no such scene."
_COLUMNS = ("id", "user_id", "character_id", "timeline_id", "session_id", "turn_id", "take_id", "act_id", "at",
            "standing", "created_at", "release_id", "template_id", "avatar_kit_id", "image_id", "repeats", "anchor_id",
            "anchor_sha256", "trigger_type", "state", "mode", "caption", "is_memory", "layers", "prompt", "avoid",
            "lint", "seed", "error", "prediction", "slot", "lease_at", "attempts", "updated_at")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What a finished drawing adds to its row. `repeats` names the hidden scene whose picture is shown again."""

    image_id: str
    mode: str
    caption: str
    layers: Mapping[str, str]
    prompt: str
    avoid: str = ""
    anchor_id: str | None = None
    anchor_sha256: str | None = None
    lint: tuple[Mapping[str, Any], ...] = ()
    repeats: str | None = None


def request(
    tx: sa.Connection,
    *,
    new_id: Ids,
    cause: Cause,
    trigger: str,
    release_id: str,
    template_id: str,
    kit_id: str,
    now: datetime,
) -> str | None:
    """Wish for a picture. The new scene's id, or None when a standing one of that session and trigger exists."""
    scene_id = new_id()
    last = sa.select(sa.func.coalesce(sa.func.max(table.c.sequence_index), 0) + 1).where(
        table.c.session_id == cause.session_id
    )
    pinned = {"release_id": release_id, "template_id": template_id, "avatar_kit_id": kit_id}
    row: dict[str, Any] = cause.columns() | pinned
    row |= {"id": scene_id, "standing": True, "created_at": now, "updated_at": now, "trigger_type": trigger}
    row |= {"sequence_index": last.scalar_subquery(), "state": "due", "seed": seed_from("scene", scene_id)}
    row |= {"layers": {}, "lint": []}
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    written = tx.execute(insert(table).values(row).on_conflict_do_nothing().returning(table.c.id))
    return written.scalar()


def claim(tx: sa.Connection, scene_id: str, slot: str, now: datetime, lease: timedelta = LEASE) -> SceneRow | None:
    """Begin to draw a standing scene that is due, or whose drawing was not renewed for `lease`. None when it is not."""
    dead = sa.and_(table.c.state == "drawing", table.c.lease_at <= now - lease)
    free = sa.and_(table.c.id == scene_id, table.c.standing, sa.or_(table.c.state == "due", dead))
    values = {"state": "drawing", "slot": slot, "lease_at": now, "updated_at": now, "error": None}
    taken = tx.execute(table.update().where(free).values(**values))
    return _by(tx, table.c.id == scene_id) if taken.rowcount else None


def renew(tx: sa.Connection, scene_id: str, slot: str, now: datetime) -> bool:
    """Keep a drawing. False when somebody else took it over."""
    return _move(tx, scene_id, slot, {"lease_at": now})


def begun(tx: sa.Connection, scene_id: str, slot: str, prediction: str) -> bool:
    """Keep what the provider calls the drawing that it was paid for. False when somebody else took it over."""
    return _move(tx, scene_id, slot, {"prediction": prediction})


def wanted(tx: sa.Connection, scene_id: str, slot: str) -> bool | None:
    """Whether a picture that is drawn here is still wanted: its moment stands. None when somebody else took it over."""
    mine = sa.and_(table.c.id == scene_id, table.c.state == "drawing", table.c.slot == slot)
    return tx.scalar(sa.select(table.c.standing).where(mine))


def done(tx: sa.Connection, scene_id: str, slot: str, drawn: Drawn, now: datetime) -> bool:
    """The picture is stored. False, and nothing written, when the drawing was taken over meanwhile."""
    told = {name: getattr(drawn, name) for name in ("image_id", "mode", "caption", "prompt", "avoid", "repeats")}
    anchor = {"anchor_id": drawn.anchor_id, "anchor_sha256": drawn.anchor_sha256}
    kept = {"layers": dict(drawn.layers), "lint": [dict(each) for each in drawn.lint]}
    return _move(tx, scene_id, slot, told | anchor | kept | _ended("ready", now))


def failed(tx: sa.Connection, scene_id: str, slot: str, error: str, now: datetime) -> bool:
    """There will be no picture; `error` is a sentence. False when the drawing was taken over meanwhile."""
    return _move(tx, scene_id, slot, {"error": error} | _ended("failed", now))


def wish_again(tx: sa.Connection, scene_id: str, now: datetime) -> int | None:
    """A standing scene that failed is due once more: as its so-manieth try, or None where it did not fail."""
    lost = sa.and_(table.c.id == scene_id, table.c.state == "failed", table.c.standing)
    values = {**_ended("due", now), "error": None, "attempts": table.c.attempts + 1}
    return tx.scalar(table.update().where(lost).values(**values).returning(table.c.attempts))


def put_back(tx: sa.Connection, scene_id: str, slot: str, now: datetime) -> bool:
    """Give a drawing up for now: it is due again. False when it was taken over meanwhile."""
    return _move(tx, scene_id, slot, _ended("due", now))


def due(tx: sa.Connection, limit: int, now: datetime) -> list[str]:
    """Ids of standing scenes that are due and were wished for by `now`, oldest first."""
    waiting = sa.and_(table.c.state == "due", table.c.standing, table.c.updated_at <= now)
    return list(tx.scalars(sa.select(table.c.id).where(waiting).order_by(table.c.created_at, table.c.id).limit(limit)))


def expired(tx: sa.Connection, older_than: datetime) -> list[str]:
    """Ids of scenes whose drawing was last renewed at `older_than` or before."""
    dead = sa.and_(table.c.state == "drawing", table.c.lease_at <= older_than)
    return list(tx.scalars(sa.select(table.c.id).where(dead).order_by(table.c.lease_at, table.c.id)))


def start_due(tx: sa.Connection, started_before: datetime, now: datetime, limit: int) -> list[tuple[str, int]]:
    """Standing scenes that nobody started or renewed since `started_before`: (id, attempt), marked as started now.

    A drawing is put back to due when its lease is as old, so that whoever starts it can claim it. `attempts` counts
    these starts; a scene that was drawn at once has none.
    """
    dead = sa.and_(table.c.state == "drawing", table.c.lease_at <= started_before)
    late = sa.and_(table.c.state == "due", table.c.updated_at <= started_before)
    idle = sa.and_(table.c.standing, sa.or_(late, dead))
    query = sa.select(table.c.id).where(idle).order_by(table.c.created_at, table.c.id).limit(limit)
    started: list[tuple[str, int]] = []
    for scene_id in list(tx.scalars(query)):
        again = table.update().where(table.c.id == scene_id, idle)
        values = {**_ended("due", now), "attempts": table.c.attempts + 1}
        attempt = tx.scalar(again.values(**values).returning(table.c.attempts))
        started += [(scene_id, attempt)] if attempt is not None else []
    return started


def nobody_started(tx: sa.Connection, scene_id: str, long_ago: datetime) -> None:
    """A scene is due and nobody has started it: as if it had waited since `long_ago`."""
    tx.execute(table.update().where(table.c.id == scene_id, table.c.state == "due").values(updated_at=long_ago))


def count_unfinished(tx: sa.Connection, session_id: str | None) -> int:
    """Standing scenes that are due or being drawn, anywhere or in one session, for whoever waits for quiet."""
    here = table.c.session_id == session_id if session_id else sa.true()
    return _count(tx, sa.and_(here, table.c.standing, table.c.state.in_(_OPEN)))


def count_drawn(tx: sa.Connection, session_id: str) -> int:
    """Pictures drawn for a session, hidden ones included, repeats not: what its picture budget counts."""
    return _count(tx, sa.and_(table.c.session_id == session_id, table.c.state == "ready", table.c.repeats.is_(None)))


def of_sessions(tx: sa.Connection, seen: Sequence[tuple[str, int]]) -> list[SceneRow]:
    """The standing scenes of sessions, each up to an `at`, in order; positions are counted here, so without gaps."""
    mine = sa.or_(*(sa.and_(table.c.session_id == one, table.c.at <= until) for one, until in seen))
    query = _rows().where(mine, table.c.standing).order_by(table.c.at, table.c.sequence_index, table.c.id)
    return [SceneRow(**row, position=at) for at, row in enumerate(tx.execute(query).mappings(), 1)]


def get(tx: sa.Connection, scene_id: str, user_id: str) -> SceneRow:
    """A person's own scene, standing or not. Raises NotFound, also for another person's."""
    row = _by(tx, sa.and_(table.c.id == scene_id, table.c.user_id == user_id))
    if row is None:
        raise NotFound(_NONE)
    return row


def asked_by(tx: sa.Connection, act_id: str) -> str:
    """The scene that a person asked for by that act. Raises NotFound."""
    scene_id = tx.scalar(sa.select(table.c.id).where(table.c.trigger_type == manual(act_id)))
    if scene_id is None:
        raise NotFound(_NONE)
    return scene_id


def hidden_like(tx: sa.Connection, session_id: str, trigger: str) -> list[SceneRow]:
    """Drawn scenes of that session and trigger that do not stand, newest first: one may be shown again."""
    drawn = sa.and_(table.c.state == "ready", table.c.image_id.is_not(None), table.c.standing.is_(False))
    mine = sa.and_(table.c.session_id == session_id, table.c.trigger_type == trigger, drawn)
    query = _rows().where(mine).order_by(table.c.sequence_index.desc(), table.c.id.desc())
    return [SceneRow(**row) for row in tx.execute(query).mappings()]


def keep(tx: sa.Connection, scene_id: str, user_id: str, *, kept: bool) -> None:
    """Put a scene into its owner's gallery, or take it out. Raises NotFound."""
    mine = sa.and_(table.c.id == scene_id, table.c.user_id == user_id)
    if not tx.execute(table.update().where(mine).values(is_memory=kept)).rowcount:
        raise NotFound(_NONE)


def kept_of(tx: sa.Connection, user_id: str) -> list[SceneRow]:
    """A person's gallery, newest first, scenes of discarded moments (not standing) included."""
    mine = sa.and_(table.c.user_id == user_id, table.c.is_memory, table.c.state == "ready")
    query = _rows().where(mine).order_by(table.c.created_at.desc(), table.c.id.desc())
    return [SceneRow(**row) for row in tx.execute(query).mappings()]


def restand(tx: sa.Connection, verdict: Verdict) -> None:
    """Mark a turn's scenes: those of its standing take stand. The others are hidden first: a trigger may be in both."""
    mine = sa.and_(table.c.turn_id == verdict.turn_id, table.c.take_id.is_not(None))
    chosen = table.c.take_id == (verdict.take_id or "")
    tx.execute(table.update().where(mine, ~chosen).values(standing=False))
    tx.execute(table.update().where(mine, chosen).values(standing=True))


def _rows() -> sa.Select[Any]:
    """All columns of a scene, and where its picture lies."""
    columns = (*(table.c[name] for name in _COLUMNS), image_assets.c.storage_path)
    return sa.select(*columns).select_from(table.outerjoin(image_assets, image_assets.c.id == table.c.image_id))


def _by(tx: sa.Connection, which: sa.ColumnElement[bool]) -> SceneRow | None:
    row = tx.execute(_rows().where(which)).mappings().first()
    return SceneRow(**row) if row is not None else None


def _count(tx: sa.Connection, which: sa.ColumnElement[bool]) -> int:
    return tx.scalar(sa.select(sa.func.count()).select_from(table).where(which)) or 0


def _move(tx: sa.Connection, scene_id: str, slot: str, values: Mapping[str, Any]) -> bool:
    """Write only where the drawing is still this slot's."""
    mine = sa.and_(table.c.id == scene_id, table.c.state == "drawing", table.c.slot == slot)
    return tx.execute(table.update().where(mine).values(**values)).rowcount == 1


def _ended(state: State, now: datetime) -> dict[str, Any]:
    return {"state": state, "slot": None, "lease_at": None, "updated_at": now}
