"""SQL of releases. A payload is never changed once written; only its number and dates are set, each once."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa

from engine.errors import NotFound
from engine.story.episode import EpisodeTemplate
from engine.story.release import Payload, Release, from_json, to_json
from engine.story.tables import characters, releases

_BY_ID = sa.select(releases).where(releases.c.id == sa.bindparam("release_id"))


@lru_cache(maxsize=256)
def _parsed(text: str) -> Payload:
    return from_json(text)


def _release(row: sa.RowMapping) -> Release:
    return Release(
        id=row["id"],
        character_id=row["character_id"],
        number=row["number"],
        sha256=row["sha256"],
        payload=_parsed(row["payload"]),
    )


def add(tx: sa.Connection, release: Release, now: datetime) -> None:
    """Write a cut."""
    values = {"id": release.id, "character_id": release.character_id, "number": None, "sha256": release.sha256}
    tx.execute(releases.insert(), values | {"payload": to_json(release.payload), "created_at": now})


def get(tx: sa.Connection, release_id: str) -> Release:
    """A release by id. Raises NotFound."""
    row = tx.execute(_BY_ID, {"release_id": release_id}).mappings().first()
    if row is None:
        raise NotFound("There is no such release.")
    return _release(row)


def same_cut(tx: sa.Connection, character_id: str, sha256: str) -> Release | None:
    """A release with exactly this content, numbered or only cut, if one is stored."""
    query = sa.select(releases).where(releases.c.character_id == character_id, releases.c.sha256 == sha256)
    row = tx.execute(query.where(releases.c.withdrawn_at.is_(None)).order_by(releases.c.created_at)).mappings().first()
    return _release(row) if row else None


def next_number(tx: sa.Connection, character_id: str) -> int:
    """The number that the next published release gets; locks the character until the transaction ends."""
    tx.execute(sa.select(characters.c.id).where(characters.c.id == character_id).with_for_update())
    return (
        tx.scalar(sa.select(sa.func.max(releases.c.number)).where(releases.c.character_id == character_id)) or 0
    ) + 1


def publish(tx: sa.Connection, release_id: str, number: int, now: datetime) -> None:
    """Give a cut its number and make it live."""
    mine = releases.c.id == release_id
    tx.execute(releases.update().where(mine, releases.c.number.is_(None)), {"number": number, "published_at": now})
    character_id = sa.select(releases.c.character_id).where(mine).scalar_subquery()
    tx.execute(characters.update().where(characters.c.id == character_id), {"live_release_id": release_id})


def set_live(tx: sa.Connection, character_id: str, release_id: str | None) -> None:
    """Point a character at the release that new sessions get, or at none."""
    tx.execute(characters.update().where(characters.c.id == character_id), {"live_release_id": release_id})


def withdraw(tx: sa.Connection, release_id: str, now: datetime) -> None:
    """Mark a release as withdrawn, and clear it where it is live."""
    tx.execute(releases.update().where(releases.c.id == release_id), {"withdrawn_at": now})
    tx.execute(characters.update().where(characters.c.live_release_id == release_id), {"live_release_id": None})


def is_withdrawn(tx: sa.Connection, release_id: str) -> bool:
    """Whether a release was taken away."""
    return tx.scalar(sa.select(releases.c.withdrawn_at).where(releases.c.id == release_id)) is not None


def published(tx: sa.Connection, character_id: str) -> list[sa.RowMapping]:
    """A character's numbered releases without their payloads, newest first."""
    columns = [column for column in releases.c if column.name != "payload"]
    query = sa.select(*columns).where(releases.c.character_id == character_id, releases.c.number.is_not(None))
    return list(tx.execute(query.order_by(releases.c.number.desc())).mappings())


def live(tx: sa.Connection) -> list[Release]:
    """What new sessions get: each character's live release, by the character's slug."""
    query = sa.select(releases).join(characters, characters.c.live_release_id == releases.c.id)
    query = query.where(releases.c.withdrawn_at.is_(None)).order_by(characters.c.slug)
    return [_release(row) for row in tx.execute(query).mappings()]


def numbered(tx: sa.Connection, character_id: str, number: int) -> Release:
    """A character's release by its number. Raises NotFound."""
    query = sa.select(releases).where(releases.c.character_id == character_id, releases.c.number == number)
    row = tx.execute(query).mappings().first()
    if row is None:
        raise NotFound(f"There is no release number {number} of this character.")
    return _release(row)


def find_live(tx: sa.Connection, ref: str) -> tuple[Release, EpisodeTemplate]:
    """The live release and episode meant by an id, a slug or `character/slug`. Raises NotFound."""
    hits = [
        (release, episode)
        for release in live(tx)
        for episode in release.payload.episodes
        if ref in (episode.id, episode.slug, f"{release.payload.persona.slug}/{episode.slug}")
    ]
    if not hits:
        raise NotFound(f"There is no published episode called {ref[:80]!r}.")
    if len(hits) > 1:
        names = ", ".join(f"{release.payload.persona.slug}/{episode.slug}" for release, episode in hits[:5])
        raise NotFound(f"Several episodes are called {ref[:80]!r}: say which one ({names}).")
    return hits[0]
