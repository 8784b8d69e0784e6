"""What a reply is composed from: everything that stood before its turn, read in one transaction."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from engine.db.desk import Desk
from engine.members import store as people
from engine.play.budget import extended
from engine.play.conversation import compose, store
from engine.play.conversation.compose import Material
from engine.play.conversation.lineage import store as lineage
from engine.play.conversation.nouns import Message, PlaySession, stage_label
from engine.play.conversation.takes import store as takes
from engine.play.conversation.takes.store import Kept
from engine.play.conversation.timelines import store as timelines
from engine.play.dynamics import store as dynamics
from engine.play.effects import Sight
from engine.play.hooks import Due, used_in
from engine.play.hooks import render as render_hooks
from engine.play.hooks import store as hooks
from engine.play.meanings import Meanings
from engine.play.memory import Meaning, Recalled
from engine.play.memory import render as render_memories
from engine.play.memory import store as memory
from engine.play.memory.forgetting import store as forgetting
from engine.providers.llm import Prompt
from engine.story.shelf import store as shelf

FIRST_PAUSE = 0.02
"""Seconds until the second look for after-work; each further pause is twice as long."""
SILENCE = "…"


@dataclass(frozen=True, slots=True)
class Gathered:
    """A composed prompt with what it offered."""

    prompt: Prompt
    seed: int
    session: PlaySession
    memory_ids: tuple[str, ...]
    hooks: tuple[Due, ...]
    names: tuple[str, str]
    acted_by: str
    """The voice that the release names, or an empty string."""


def gather(desk: Desk, take_id: str, meanings: Meanings | None = None) -> Gathered:
    """Read what stood before a take's turn and compose its prompt; `meanings` tells beforehand what its line means."""
    now, meaning = desk.now(), meanings.of(*_asked(desk, take_id)) if meanings else None
    with desk.db.read() as tx:
        take, turn, session = store.take_in_session(tx, take_id)
        seen = timelines.sight(tx, turn.timeline_id).before(turn.at)
        recent = lineage.recent(tx, session, 2 * turn.seq)
        player = people.name_of(tx, session.user_id)
        release = shelf.get(tx, session.release_id)
        names = (player, release.payload.persona.name)
        remembered = _remembered(tx, seen, recent, names, now, meaning)
        due = hooks.due(tx, seen, session_id=session.id, now=now)
        episode = release.payload.episode(session.template_id)
        dynamic = dynamics.state(
            tx, sessions=lineage.ids(tx, session), sight=seen, opening_tension=episode.opening_tension
        )
        material = Material(
            payload=release.payload,
            episode=episode,
            player=player,
            place=session.scene,
            memories=render_memories(remembered, now),
            hooks=render_hooks(due),
            stage=stage_label(store.player_lines(tx, seen)),
            tension=dynamic.tension,
            beats=dynamic.beats,
            milestones=dynamics.reached(tx, seen),
            turn=turn.seq,
            budget=extended(episode.turn_budget, timelines.stays(tx, session.id)),
            lines=compose.as_lines(_said(tx, recent)),
            begun=take.text if take.kind == "continue" else "",
        )
    told = tuple(one.id for one in remembered)
    acted_by = release.payload.persona.acted_by
    return Gathered(compose.compose(material), take.seed, session, told, due, names, acted_by)


def _said(tx: sa.Connection, recent: list[Message]) -> list[tuple[str, str]]:
    """Who said what; for what a person had forgotten since, a silence, but the line to be answered stays."""
    hushed = forgetting.hushed(tx, {one.turn_id for one in recent[:-1]})
    last = recent[-1].id
    return [(one.role, SILENCE if one.id in hushed and one.id != last else one.content) for one in recent]


def _asked(desk: Desk, take_id: str) -> tuple[str, str]:
    """The line that a take answers, and the character's line before it."""
    with desk.db.read() as tx:
        _, turn, session = store.take_in_session(tx, take_id)
        recent = lineage.recent(tx, session, 2 * turn.seq)
    return recent[-1].content, _last_reply(recent)


def _last_reply(recent: list[Message]) -> str:
    return next((one.content for one in reversed(recent) if one.role == "assistant"), "")


def _remembered(
    tx: sa.Connection,
    seen: Sight,
    recent: list[Message],
    names: tuple[str, str],
    now: datetime,
    meaning: Meaning | None,
) -> tuple[Recalled, ...]:
    """The memories that answer the last line; those that only repeat what the prompt shows anyway are left out."""
    return memory.for_prompt(
        tx,
        seen,
        line=recent[-1].content,
        previous_line=_last_reply(recent),
        now=now,
        names=names,
        exclude_sources={one.id for one in recent},
        pins=timelines.pins(tx, seen),
        meaning=meaning,
    )


def keep(scene: Gathered, *, after_pending: bool) -> Kept:
    """The prompt as it is stored."""
    sections, digest = compose.pack(scene.prompt)
    offered = tuple(hook.id for hook in scene.hooks)
    return Kept(sections, digest, compose.tokens_of(scene.prompt), scene.memory_ids, offered, (), after_pending)


def with_used_hooks(kept: Kept, scene: Gathered, reply: str) -> Kept:
    """The same, with the hooks that the reply picked up."""
    return replace(kept, used_hooks=used_in(reply, scene.hooks, scene.names))


def wait_for_after_work(desk: Desk, turn_id: str, patience: float) -> bool:
    """Wait at most `patience` seconds until the timeline's earlier after-work is done. False when it is not."""
    until, pause = time.monotonic() + patience, FIRST_PAUSE
    while True:
        with desk.db.read() as tx:
            pending = takes.earlier_due(tx, store.turn(tx, turn_id))
        if not pending:
            return True
        left = until - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(pause, left))
        pause *= 2
