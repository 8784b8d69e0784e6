"""A troupe for tests of the stage: an actor who takes cues, players who wait until all is quiet, and a digest."""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.play.conversation.tables import endings, messages, sessions
from engine.play.dynamics.tables import dynamics, milestones
from engine.play.engagement.tables import engagements
from engine.play.hooks.tables import hook_uses, hooks
from engine.play.memory.tables import memory_events
from engine.play.scenes.tables import scene_images
from engine.providers.images import Capabilities, Picture, PictureRequest
from engine.providers.llm import Answer, Ask, Finished, Prompt, Usage

if TYPE_CHECKING:
    from engine.play.play import KeptPrompt
    from engine.play.view import SessionView, TurnView
    from engine.providers.llm.offline.actor import OfflineActor
    from engine.wiring import Engine
    from tests.steady import Clock

Piece = str | Finished
Cue = Callable[[Prompt, int], Iterator[Piece]]
WHOLE = Finished("stop", "puppet-1", Usage(10, 5, 0, 0.0))
NOTHING_SEEN: Mapping[str, Any] = {"memories": [], "hooks": [], "tension_change": 0, "tone": "", "beat": ""}
PATIENCE = 60.0


@dataclass
class Puppet:
    """An actor that does what it was told at a line, and acts as the one behind it at all others."""

    behind: OfflineActor
    name: str = "puppet"
    model: str = "puppet-1"
    cues: dict[str, Cue] = field(default_factory=dict[str, Cue])
    sights: dict[str, Callable[[], Mapping[str, Any]]] = field(
        default_factory=dict[str, Callable[[], Mapping[str, Any]]]
    )

    notice: Callable[[str], Mapping[str, Any]] | None = None

    def at(self, line: str, cue: Cue) -> None:
        """From now on, answer this player's line so."""
        self.cues[line] = cue

    def answers(self, line: str, *replies: str) -> None:
        """Answer this line with these replies, one for each take; the last one again and again."""
        left = list(replies)
        self.at(line, lambda _prompt, _seed: iter([left.pop(0) if len(left) > 1 else left[0], WHOLE]))

    def sees(self, reply: str, **what: object) -> None:
        """Notice this in an exchange with that reply."""
        self.sights[reply] = lambda: {**NOTHING_SEEN, **what}

    def forget(self) -> None:
        """Forget every cue."""
        self.cues.clear()
        self.sights.clear()
        self.notice = None

    def stream(self, prompt: Prompt, *, seed: int, max_tokens: int) -> Iterator[Piece]:
        """The reply."""
        cue = self.cues.get(prompt.lines[-1].content)
        yield from cue(prompt, seed) if cue else self.behind.stream(prompt, seed=seed, max_tokens=max_tokens)

    def answer(self, ask: Ask) -> Answer:
        """What was noticed."""
        reply = str(ask.facts.get("reply"))
        seen = self.sights.get(reply) if ask.task == "observe" else None
        if seen is None and self.notice is not None and ask.task == "observe":
            return Answer(self.notice(reply), self.model, Usage())
        return Answer(seen(), self.model, Usage()) if seen else self.behind.answer(ask)


@dataclass
class Gate:
    """A reply of two halves; the second comes when the gate is opened."""

    first: str = "One half is said. "
    second: str = "The other half follows."
    reached: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)

    def __call__(self, _prompt: Prompt, _seed: int) -> Iterator[Piece]:
        """Speak."""
        yield self.first
        self.reached.set()
        self.opened.wait(PATIENCE)
        yield self.second
        yield WHOLE


@dataclass(frozen=True)
class Snapshot:
    """A camera that gives the same small picture at once: these tests are not about pictures."""

    png: bytes
    name: str = "snapshot"
    model: str = "snapshot-1"
    can: Capabilities = Capabilities(references_max=1, negative_prompt=True)  # noqa: RUF009  (frozen)

    def draw(self, request: PictureRequest) -> Picture:
        """The picture, whatever was asked for."""
        del request
        return Picture(self.png, None, self.model, 0.0, 0)


@dataclass
class Player:
    """Someone in a session, who waits until everything is quiet."""

    engine: Engine
    clock: Clock
    user_id: str
    session_id: str

    def send(self, text: str, client_id: str = "") -> str:
        """Send a line and do not wait: the turn's id."""
        sent = self.engine.play.say(self.user_id, self.session_id, client_id or secrets.token_hex(8), text)
        return sent.turn.id

    def say(self, text: str, client_id: str = "") -> TurnView:
        """Send a line and wait until all that it brings is done."""
        self.clock.move(seconds=20)
        turn_id = self.send(text, client_id)
        self.quiet()
        return self.turn(turn_id)

    def regenerate(self, turn_id: str, client_id: str = "") -> TurnView:
        """Ask for another take and wait."""
        self.engine.play.regenerate(self.user_id, turn_id, client_id or secrets.token_hex(8))
        self.quiet()
        return self.turn(turn_id)

    def choose(self, turn_id: str, number: int) -> TurnView:
        """Leaf to a take by its number and wait."""
        take = self.turn(turn_id).takes[number - 1]
        self.engine.play.choose(self.user_id, turn_id, take.id)
        self.quiet()
        return self.turn(turn_id)

    def quiet(self) -> None:
        """Wait until nothing is spoken, remembered or drawn."""
        assert self.engine.work.drain(PATIENCE)

    def view(self) -> SessionView:
        """The session as it stands."""
        return self.engine.play.session(self.user_id, self.session_id)

    def turn(self, turn_id: str) -> TurnView:
        """One of its standing turns."""
        return next(one for one in self.view().turns if one.turn.id == turn_id)

    def states(self) -> list[str]:
        """The states of its standing turns, the opening aside."""
        return [one.state for one in self.view().turns[1:]]

    def prompt(self, turn_id: str) -> KeptPrompt:
        """The prompt behind a turn's chosen reply."""
        reply = self.turn(turn_id).reply
        assert reply is not None
        return self.engine.play.prompt(reply.id, self.user_id)

    def remembered(self) -> list[str]:
        """What the character remembers of the player."""
        about = self.engine.memory.about(self.user_id, self.view().session.character_id)
        return [one.text for one in about]

    def digest(self) -> dict[str, Any]:
        """Everything that stands on the session's timeline."""
        return standing(self.engine, self.view().session.timeline_id)


_TOLD: tuple[tuple[sa.Table, tuple[str, ...]], ...] = (
    (messages, ("at", "role", "content", "seq")),
    (memory_events, ("at", "type", "subject", "attribute", "summary", "importance_score")),
    (hooks, ("at", "type", "content", "suggested_opener")),
    (dynamics, ("at", "change", "tone", "beat")),
    (milestones, ("at", "key", "summary")),
    (endings, ("at", "kind", "content", "round")),
    (scene_images, ("at", "trigger_type", "state")),
)


def standing(engine: Engine, timeline_id: str) -> dict[str, Any]:
    """What stands on a timeline, by table, without ids, clock times and cost."""
    with engine.play.desk.db.read() as tx:
        told = {
            table.name: sorted(
                tuple(row)
                for row in tx.execute(
                    sa.select(*(table.c[name] for name in names)).where(
                        table.c.timeline_id == timeline_id, table.c.standing
                    )
                )
            )
            for table, names in _TOLD
        }
        used = sa.select(hook_uses.c.at, hooks.c.content).join(hooks, hooks.c.id == hook_uses.c.hook_id)
        told["hook_uses"] = sorted(
            tuple(row) for row in tx.execute(used.where(hook_uses.c.timeline_id == timeline_id, hook_uses.c.standing))
        )
        counted = sa.select(sessions.c.is_active, sessions.c.message_count).where(sessions.c.timeline_id == timeline_id)
        told["sessions"] = [tuple(row) for row in tx.execute(counted.order_by(sessions.c.started_at, sessions.c.id))]
        met = sa.select(engagements.c.total_sessions, engagements.c.total_messages)
        told["engagement"] = [tuple(row) for row in tx.execute(met.where(engagements.c.timeline_id == timeline_id))]
    return told


def every_row(engine: Engine) -> str:
    """A hash of every row of every table of the stage, to see that nothing changed."""
    from engine.schema import full_metadata  # noqa: PLC0415  (the whole schema is only wanted here)

    whole = hashlib.sha256()
    with engine.play.desk.db.read() as tx:
        for table in full_metadata().sorted_tables:
            if table.name != "slots":  # leases are renewed by themselves
                rows = sorted(json.dumps([str(one) for one in row]) for row in tx.execute(sa.select(table)))
                whole.update(json.dumps([table.name, rows]).encode())
    return whole.hexdigest()


def broken(engine: Engine) -> dict[str, tuple[str, ...]]:
    """The invariants that do not hold, with the rows that break them."""
    return {found.invariant.code: found.ids for found in engine.check() if found.ids}
