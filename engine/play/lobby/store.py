"""SQL of the lobby: one look at all of a person's sessions, however many episodes are on offer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from engine.play.budget import extended
from engine.play.conversation.tables import acts, endings, sessions, timelines, turns
from engine.play.lobby.nouns import Progress
from engine.story.shelf import store as shelf

MOST_SESSIONS = 500
LIVED = ("player", "tester")
"""The audiences whose play is the person's own story; rehearsals and the like are not."""


def progress(tx: sa.Connection, user_id: str) -> dict[str, Progress]:
    """A person's progress by episode template, among their sessions last played."""
    rows = _latest(tx, user_id)
    ids = [row["id"] for row in rows.values()]
    played, stays = _played(tx, ids), _stays(tx, ids)
    ended = _endings(tx, ids)
    releases = {one: shelf.get(tx, one).payload for one in {row["release_id"] for row in rows.values()}}
    budgets = {key: releases[row["release_id"]].episode(key).turn_budget for key, row in rows.items()}
    return {
        template_id: Progress(
            session_id=row["id"],
            character_id=row["character_id"],
            is_active=row["is_active"],
            played=played.get(row["id"], 0),
            budget=extended(budgets[template_id], stays.get(row["id"], 0)),
            last_at=row["last_at"],
            ending=None if row["is_active"] else ended.get((row["id"], stays.get(row["id"], 0))),
        )
        for template_id, row in rows.items()
    }


def _latest(tx: sa.Connection, user_id: str) -> dict[str, sa.RowMapping]:
    """The session of each episode that counts: the running one, else the last played."""
    query = (
        sa.select(sessions)
        .join(timelines, timelines.c.id == sessions.c.timeline_id)
        .where(sessions.c.user_id == user_id, timelines.c.audience.in_(LIVED))
        .order_by(sessions.c.is_active.desc(), sessions.c.last_at.desc(), sessions.c.id.desc())
        .limit(MOST_SESSIONS)
    )
    found: dict[str, sa.RowMapping] = {}
    for row in tx.execute(query).mappings():
        found.setdefault(row["template_id"], row)
    return found


def _played(tx: sa.Connection, ids: Sequence[str]) -> dict[str, int]:
    standing = sa.and_(turns.c.session_id.in_(ids), turns.c.seq > 0, turns.c.taken_back_by.is_(None))
    return _counted(tx, turns.c.session_id, standing)


def _stays(tx: sa.Connection, ids: Sequence[str]) -> dict[str, int]:
    return _counted(tx, acts.c.on, sa.and_(acts.c.kind == "stay", acts.c.on.in_(ids), acts.c.undone_at.is_(None)))


def _counted(tx: sa.Connection, of: sa.Column[Any], where: sa.ColumnElement[bool]) -> dict[str, int]:
    counted = sa.select(of, sa.func.count()).where(where).group_by(of)
    return {row[0]: row[1] for row in tx.execute(counted)}


def _endings(tx: sa.Connection, ids: Sequence[str]) -> dict[tuple[str, int], str]:
    """The kind of each standing ending, by session and round."""
    query = sa.select(endings.c.session_id, endings.c.round, endings.c.kind)
    rows = tx.execute(query.where(endings.c.session_id.in_(ids), endings.c.standing))
    return {(row.session_id, row.round): row.kind for row in rows}
