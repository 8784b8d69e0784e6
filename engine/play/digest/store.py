"""SQL of the digest: what stands, as a session and its timeline see it. A pure function of standing rows."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import sqlalchemy as sa

from engine.play.budget import budget_of
from engine.play.conversation.endings import store as endings
from engine.play.conversation.lineage import store as lineage
from engine.play.conversation.nouns import PlaySession, stage_label
from engine.play.conversation.store import player_lines
from engine.play.conversation.tables import endings as endings_table
from engine.play.conversation.timelines import store as timelines
from engine.play.dynamics import store as dynamics
from engine.play.dynamics.tables import dynamics as dynamics_table
from engine.play.dynamics.tables import milestones
from engine.play.effects import Sight
from engine.play.engagement.tables import engagements
from engine.play.hooks.tables import hook_uses, hooks
from engine.play.memory import store as memory
from engine.play.memory.tables import memory_events
from engine.play.scenes import store as scenes
from engine.story.shelf import store as shelf

_TOLD: tuple[tuple[sa.Table, tuple[str, ...]], ...] = (
    (memory_events, ("at", "type", "subject", "attribute", "summary", "importance_score")),
    (hooks, ("at", "type", "content", "suggested_opener", "priority")),
    (dynamics_table, ("at", "change", "tone", "beat")),
    (milestones, ("at", "key", "summary")),
    (endings_table, ("at", "kind", "content", "round")),
)
EVERY_MEMORY = 1_000_000


def told(tx: sa.Connection, session: PlaySession) -> dict[str, Any]:
    """What stands: the lines, the effects that the timeline sees, and everything that is derived from them."""
    seen = timelines.sight(tx, session.timeline_id)
    return {
        "lines": [(one.seq, one.role, one.content) for one in lineage.transcript(tx, session)],
        "takes": _chosen(tx, session),
        **{table.name: _rows(tx, table, names, seen) for table, names in _TOLD},
        "hook_uses": _uses(tx, seen),
        "scenes": _pictures(tx, session),
        "current": sorted((one.type, one.text) for one in memory.about(tx, seen, limit=EVERY_MEMORY)),
        **_derived(tx, session, seen),
    }


def digest_of(state: dict[str, Any]) -> str:
    """The SHA-256 of a state, as 64 hexadecimal characters."""
    return hashlib.sha256(json.dumps(state, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _chosen(tx: sa.Connection, session: PlaySession) -> list[tuple[str, str]]:
    return [(one.state, one.text) for one in lineage.takes_shown(tx, session) if one.chosen]


def _pictures(tx: sa.Connection, session: PlaySession) -> list[tuple[int, str, str]]:
    """A picture asked for by hand is told as that: its trigger carries an id."""
    found = scenes.of_sessions(tx, lineage.spans(tx, session))
    kinds = ("manual" if one.trigger_type.startswith("manual") else one.trigger_type for one in found)
    return sorted((one.at, kind, one.state) for one, kind in zip(found, kinds, strict=True))


def _rows(tx: sa.Connection, table: sa.Table, names: tuple[str, ...], seen: Sight) -> list[tuple[Any, ...]]:
    query = sa.select(*(table.c[name] for name in names)).where(seen.clause(table), table.c.standing)
    return sorted((tuple(row) for row in tx.execute(query)), key=repr)


def _uses(tx: sa.Connection, seen: Sight) -> list[tuple[int, str]]:
    used = sa.select(hook_uses.c.at, hooks.c.content).join(hooks, hooks.c.id == hook_uses.c.hook_id)
    return sorted((row.at, row.content) for row in tx.execute(used.where(seen.clause(hook_uses), hook_uses.c.standing)))


def _derived(tx: sa.Connection, session: PlaySession, seen: Sight) -> dict[str, Any]:
    episode = shelf.get(tx, session.release_id).payload.episode(session.template_id)
    now = dynamics.state(tx, sessions=lineage.ids(tx, session), sight=seen, opening_tension=episode.opening_tension)
    ending = endings.get(tx, session.id)
    counted = sa.select(engagements.c.total_messages).where(engagements.c.id == session.engagement_id)
    return {
        "tension": (now.tension, now.tone, now.beats),
        "reached": dynamics.reached(tx, seen),
        "stage": stage_label(player_lines(tx, seen)),
        "session": (session.is_active, session.message_count, budget_of(tx, session), ending.kind if ending else None),
        "engagement": tx.scalar(counted),
    }
