"""After a turn: memories, hooks, dynamic, milestones, ending and pictures, as durable work keyed by the take.

One take of a timeline at a time, in order of acceptance. The take is read again while its effects are written: a hidden
one gets nothing and stays due, and choosing it starts it. Running twice changes nothing.
"""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from engine.background import StartJob
from engine.db.desk import Desk
from engine.errors import NotFound, ProviderError
from engine.kernel.crash import crash
from engine.kernel.events import Event
from engine.members import store as people
from engine.play import ending
from engine.play.budget import extended
from engine.play.conversation import store
from engine.play.conversation.lineage import store as lineage
from engine.play.conversation.nouns import PlaySession, Turn, stage_label
from engine.play.conversation.takes import store as takes
from engine.play.conversation.timelines import store as timelines
from engine.play.dynamics import TONES, Dynamic, DynamicNote, MilestoneNote
from engine.play.dynamics import store as dynamics
from engine.play.effects import Cause
from engine.play.hooks import HookNote
from engine.play.hooks import store as hooks
from engine.play.meanings import Meanings
from engine.play.memory import MemoryNote
from engine.play.memory import store as memory
from engine.play.observation import Observation, observe_ask
from engine.play.scenes import store as scenes
from engine.play.scenes.triggers import due_triggers
from engine.play.spending import note_answer
from engine.play.standing import store as standing
from engine.play.turn import known_of
from engine.providers.llm import Actor
from engine.story.episode import EpisodeTemplate
from engine.story.release import Release
from engine.story.shelf import store as shelf

log = logging.getLogger(__name__)
TRIES_WITH_A_MODEL = 3
KNOWN_MEMORIES = 10


@dataclass(frozen=True, slots=True)
class Facts:
    """What after-work looks at, read in one transaction before any model is asked."""

    turn: Turn
    session: PlaySession
    release: Release
    episode: EpisodeTemplate
    budget: int
    ask_facts: Mapping[str, Any]
    zone: str
    seed: int
    tries: int


@dataclass(frozen=True, slots=True)
class AfterTurn:
    """After-work of this process: who judges, how pictures are started, and what embeds memories, if anything does."""

    desk: Desk
    actor: Actor
    start_job: StartJob
    meanings: Meanings | None = None
    _locks: dict[str, threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))

    def run(self, take_id: str) -> None:
        """Do all after-work of the take's timeline that is ready, in order, and start the pictures that it asks for.

        Not the take's alone: an earlier one may have become due meanwhile, and a later one may have waited for this.
        """
        try:
            with self.desk.db.read() as tx:
                timeline_id = store.take_in_session(tx, take_id)[1].timeline_id
            with self._locks[timeline_id]:
                tried = ""
                while (first := self._ready(timeline_id)) not in ("", tried):
                    for scene_id in self._one(first):
                        self.start_job("draw", scene_id, 0)
                    tried = first
            if self.meanings is not None:
                self.meanings.wake(timeline_id)
        except NotFound:
            log.info("after-work of %s is not wanted any more: its rows were erased", take_id)

    def _ready(self, timeline_id: str) -> str:
        """The take whose after-work is next, or an empty string."""
        with self.desk.db.read() as tx:
            return next(iter(takes.ready_for_after_work(tx, timeline_id)), "")

    def _one(self, take_id: str) -> tuple[str, ...]:
        facts = gather(self.desk, take_id)
        if facts is None:
            return ()
        try:
            observed = self._observe(take_id, facts)
        except ProviderError as error:
            log.warning("after-work of %s will be tried again: %s", take_id, error)
            return ()
        except Exception:
            log.exception("after-work of %s will be tried again", take_id)
            return ()
        crash("after.observed")
        return write(self.desk, take_id, facts, observed)

    def _observe(self, take_id: str, facts: Facts) -> Observation:
        """What the actor noticed; nothing at all after three failed tries, so that the chat is never held up."""
        try:
            told = self.actor.answer(observe_ask(facts.ask_facts, facts.seed))
            note_answer(self.desk, "observe", told, lambda tx: {**known_of(tx, facts.session), "take_id": take_id})
            return Observation.of(told.data)
        except Exception:
            if facts.tries + 1 < TRIES_WITH_A_MODEL:
                raise
            log.exception("nothing is noticed in %s", facts.turn.id)
            return Observation.of({})


def gather(desk: Desk, take_id: str) -> Facts | None:
    """The facts of a take whose after-work is due and which stands; else None."""
    with desk.db.read() as tx:
        take, turn, session = store.take_in_session(tx, take_id)
        if take.after != "due" or not take.chosen or not turn.stands:
            return None
        release = shelf.get(tx, session.release_id)
        episode = release.payload.episode(session.template_id)
        seen = timelines.sight(tx, turn.timeline_id).before(turn.at + 1)
        dynamic = dynamics.state(
            tx, sessions=lineage.ids(tx, session), sight=seen, opening_tension=episode.opening_tension
        )
        line = store.line_of(tx, turn.id)
        person = people.by_id(tx, session.user_id)
        budget = extended(episode.turn_budget, timelines.stays(tx, session.id))
        said = line.content if line else ""
        player = person["name"] if person else "the player"
        known = memory.search(tx, seen, said, KNOWN_MEMORIES, names=(player,))
        asked = _ask_facts(said, take.text, player, release, episode, turn, budget, dynamic)
        asked |= {"known": [one.text for one in known], "milestones": list(dynamics.reached(tx, seen))}
        zone = person["time_zone"] if person else "UTC"
        return Facts(turn, session, release, episode, budget, asked, zone, take.seed, take.after_try)


def _ask_facts(
    line: str,
    reply: str,
    player: str,
    release: Release,
    episode: EpisodeTemplate,
    turn: Turn,
    budget: int,
    now: Dynamic,
) -> dict[str, Any]:
    return {
        "line": line,
        "reply": reply,
        "player": player,
        "character": release.payload.persona.name,
        "tension": now.tension,
        "tone": now.tone,
        "turn": turn.seq,
        "budget": budget,
        "resolutions": [{"kind": one.kind, "text": one.text} for one in episode.resolutions],
        "closing": turn.seq >= ending.closing_from(budget),
        "tones": list(TONES),
    }


def write(desk: Desk, take_id: str, facts: Facts, observed: Observation) -> tuple[str, ...]:
    """Write a take's effects and mark its after-work as done, in one transaction. Ids of pictures to draw."""
    with desk.db.write() as tx:
        session = store.my_session(tx, facts.session.id, facts.session.user_id, lock=True)
        timelines.lock(tx, session.timeline_id)
        turn = store.turn(tx, facts.turn.id)
        if take_id not in takes.ready_for_after_work(tx, turn.timeline_id)[:1]:
            return ()
        cause = Cause(session.user_id, session.character_id, turn.timeline_id, session.id, turn.at, turn.id, take_id)
        known = known_of(tx, session)
        _remember(tx, desk, cause, facts, observed.memories, known)
        _plant(tx, desk, cause, facts, observed.hooks, known)
        _move(tx, desk, cause, observed.dynamic, observed.milestones, known)
        ended = ending.judge(tx, desk, cause, session, turn, facts.budget, observed.ending)
        if ended:
            standing.settle(tx, session.id)
            desk.note(tx, Event("session_ended", **known, take_id=take_id, properties={"kind": ended}))
        drawn = _ask_for_pictures(tx, desk, cause, facts, session)
        takes.after_done(tx, take_id)
        crash("after.before-commit")
    crash("after.after-commit")
    return drawn


def _remember(
    tx: sa.Connection, desk: Desk, cause: Cause, facts: Facts, notes: tuple[MemoryNote, ...], known: dict[str, str]
) -> None:
    said_at, seen = facts.turn.accepted_at, timelines.sight(tx, cause.timeline_id).before(cause.at + 1)
    made = memory.remember(
        tx,
        new_id=desk.new_id,
        cause=cause,
        notes=notes,
        said_at=said_at,
        time_zone=facts.zone,
        now=desk.now(),
        sight=seen,
    )
    for one in made:
        figures = {"kind": one.type, "importance": one.importance}
        desk.note(tx, Event("memory_made", **known, take_id=cause.take_id, properties=figures))


def _plant(
    tx: sa.Connection, desk: Desk, cause: Cause, facts: Facts, notes: tuple[HookNote, ...], known: dict[str, str]
) -> None:
    kinds = hooks.plant(
        tx,
        new_id=desk.new_id,
        cause=cause,
        notes=notes,
        said_at=facts.turn.accepted_at,
        time_zone=facts.zone,
        now=desk.now(),
        sight=timelines.sight(tx, cause.timeline_id).before(cause.at + 1),
    )
    for kind in kinds:
        desk.note(tx, Event("hook_planted", **known, take_id=cause.take_id, properties={"kind": kind}))


def _move(
    tx: sa.Connection,
    desk: Desk,
    cause: Cause,
    note: DynamicNote,
    reached: tuple[MilestoneNote, ...],
    known: dict[str, str],
) -> None:
    dynamics.add(tx, new_id=desk.new_id, cause=cause, note=note, now=desk.now())
    seen = timelines.sight(tx, cause.timeline_id).before(cause.at + 1)
    for key in dynamics.reach(tx, new_id=desk.new_id, cause=cause, notes=reached, sight=seen, now=desk.now()):
        desk.note(tx, Event("milestone_reached", **known, take_id=cause.take_id, properties={"key": key}))


def _ask_for_pictures(
    tx: sa.Connection, desk: Desk, cause: Cause, facts: Facts, session: PlaySession
) -> tuple[str, ...]:
    """Picture requests of this turn: the count of messages passed a mark, or the stage's label changed."""
    seen, count = timelines.sight(tx, cause.timeline_id), 2 * facts.turn.seq + 1
    before, after = (stage_label(store.player_lines(tx, seen.before(at))) for at in (cause.at, cause.at + 1))
    wanted = due_triggers(count - 2, count, before, after)
    made = [
        scenes.request(
            tx,
            new_id=desk.new_id,
            cause=cause,
            trigger=trigger,
            release_id=session.release_id,
            template_id=session.template_id,
            kit_id=facts.release.payload.kit.id,
            now=desk.now(),
        )
        for trigger in wanted
    ]
    return tuple(scene_id for scene_id in made if scene_id is not None)
