"""SQL of leaving: what is a person's, held while it is erased, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.db import belongings
from engine.db.events import events
from engine.images.tables import image_assets
from engine.members.tables import people
from engine.play.conversation.tables import sessions, takes, timelines, turns
from engine.play.hooks.tables import hooks
from engine.play.scenes.tables import scene_images
from engine.schema import full_metadata
from engine.story.tables import characters, releases

ERASED = "person_erased"
_BATCH = 500
_HELD = (sessions, timelines, takes, hooks, scene_images)
"""What other rows name or are written after, in the order in which a turn's own transactions hold them."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """A timeline of a person, and whose memories lie on it."""

    id: str
    character: str
    kind: str


def hold(tx: sa.Connection, person_id: str) -> None:
    """Let nothing new be written for a person until the transaction ends: whoever wants to waits, and finds nobody."""
    tx.execute(sa.select(people.c.id).where(people.c.id == person_id).with_for_update()).all()
    for table in _HELD:
        mine = table.c.user_id == person_id
        tx.execute(sa.select(table.c.id).where(mine).order_by(table.c.id).with_for_update()).all()


def unanswered(tx: sa.Connection, person_id: str) -> list[str]:
    """The person's turns that are being spoken, or wait to be."""
    speaking = sa.exists().where(takes.c.turn_id == turns.c.id, takes.c.state == "speaking")
    spoken = sa.exists().where(takes.c.turn_id == turns.c.id)
    waiting = sa.and_(turns.c.seq > 0, turns.c.taken_back_by.is_(None), ~spoken)
    here = sa.select(sessions.c.id).where(sessions.c.user_id == person_id)
    query = sa.select(turns.c.id).where(turns.c.session_id.in_(here), sa.or_(speaking, waiting))
    return list(tx.scalars(query.order_by(turns.c.accepted_at)))


def is_drawing(tx: sa.Connection, person_id: str) -> bool:
    """Whether a picture of the person's is being drawn."""
    drawing = sa.and_(scene_images.c.user_id == person_id, scene_images.c.state == "drawing")
    return tx.scalar(sa.select(scene_images.c.id).where(drawing).limit(1)) is not None


def erase(tx: sa.Connection, person_id: str) -> tuple[int, list[str]]:
    """Delete everything of a person: how many rows it was, and the storage paths of their pictures."""
    cuts = _cuts(tx, person_id)
    paths = [one.path for one in pictures(tx, person_id)]
    gone = belongings.delete(tx, full_metadata(), (person_id,))
    return gone + _remove_unplayed(tx, cuts), paths


def last_erasure(tx: sa.Connection) -> datetime | None:
    """When somebody was erased last."""
    return tx.scalar(sa.select(sa.func.max(events.c.occurred_at)).where(events.c.name == ERASED))


def personal() -> list[sa.Table]:
    """The tables that hold anything of people's."""
    return belongings.personal(full_metadata())


def rows(tx: sa.Connection, table: sa.Table, person_id: str) -> Iterator[dict[str, Any]]:
    """A person's rows of a table by its key, a batch in memory at a time."""
    mine = belongings.of_people(table, (person_id,))
    if mine is None:
        return
    query = sa.select(table).where(mine).order_by(*table.primary_key).execution_options(yield_per=_BATCH)
    for row in tx.execute(query).mappings():
        yield dict(row)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a person's, and where it lies."""

    id: str
    path: str


def pictures(tx: sa.Connection, person_id: str) -> list[Picture]:
    """A person's pictures, oldest first."""
    query = sa.select(image_assets.c.id, image_assets.c.storage_path).where(image_assets.c.user_id == person_id)
    return [Picture(*row) for row in tx.execute(query.order_by(image_assets.c.created_at, image_assets.c.id))]


def session_ids(tx: sa.Connection, person_id: str) -> list[str]:
    """A person's sessions on all their timelines, oldest first."""
    query = sa.select(sessions.c.id).where(sessions.c.user_id == person_id)
    return list(tx.scalars(query.order_by(sessions.c.started_at, sessions.c.id)))


def timelines_of(tx: sa.Connection, person_id: str) -> list[Timeline]:
    """A person's timelines with the names of their characters, oldest first."""
    named = sa.func.coalesce(characters.c.name, timelines.c.character_id)
    query = sa.select(timelines.c.id, named, timelines.c.kind).where(timelines.c.user_id == person_id)
    query = query.outerjoin(characters, characters.c.id == timelines.c.character_id)
    return [Timeline(*row) for row in tx.execute(query.order_by(timelines.c.created_at, timelines.c.id))]


def _cuts(tx: sa.Connection, person_id: str) -> list[str]:
    """The cuts without a number that the person rehearsed, held so that nobody begins to play one meanwhile."""
    theirs = sa.select(sessions.c.release_id).where(sessions.c.user_id == person_id)
    query = sa.select(releases.c.id).where(releases.c.id.in_(theirs), releases.c.number.is_(None))
    return list(tx.scalars(query.order_by(releases.c.id).with_for_update()))


def _remove_unplayed(tx: sa.Connection, cuts: Sequence[str]) -> int:
    """Remove those of these cuts that no session plays any more: how many."""
    played = sa.exists().where(sessions.c.release_id == releases.c.id)
    return tx.execute(releases.delete().where(releases.c.id.in_(cuts), ~played)).rowcount
