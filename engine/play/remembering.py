"""Memory: the public verbs, by person and character."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.db.desk import Desk
from engine.errors import BadInput, NotFound
from engine.kernel.events import Event
from engine.kernel.text import clean, one_line, player_line
from engine.members import store as people
from engine.play import memory, opening
from engine.play.conversation import store
from engine.play.conversation.answers import store as answers
from engine.play.conversation.answers.store import Answered
from engine.play.conversation.prompts import store as prompts
from engine.play.conversation.timelines import store as timelines
from engine.play.effects import Cause, Sight
from engine.play.hooks import Planted, Thread, state_of, went_into
from engine.play.hooks import store as hooks
from engine.play.meanings import Meanings
from engine.play.memory import Recalled
from engine.play.memory.forgetting import store as forgetting
from engine.play.memory.notes import TEXT_LIMIT

LONGEST = 4_000
NONE = "There is no such memory."


@dataclass(frozen=True, slots=True)
class Source:
    """Where a memory comes from: its turn and the player's line there, None for one put right by hand.

    `replies` are ids of the messages that had it before their eyes, oldest first.
    """

    turn_id: str | None
    line: str | None
    pinned: bool
    replies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Memory:
    """What characters remember of people; `meanings` are given where an embedder is configured."""

    desk: Desk
    meanings: Meanings | None = None

    def add(
        self,
        user_id: str,
        character_id: str,
        text: str,
        said_at: datetime,
        *,
        speaker: str = "player",
        importance: float = 0.5,
        session_id: str | None = None,
        timeline_id: str | None = None,
    ) -> str:
        """Store one raw line on a timeline (the main one, made if absent) and never merge it: its id.

        Ids of users, characters and sessions are opaque and need not exist elsewhere. Raises NotFound for a timeline
        that is not this user's with this character.
        """
        with self.desk.db.write() as tx:
            here = timeline_id or opening.main_timeline(tx, self.desk, user_id, character_id, "player")
            row = timelines.get(tx, here)
            if (row["user_id"], row["character_id"]) != (user_id, character_id):
                raise NotFound("There is no such timeline.")
            at = timelines.next_at(tx, here)
            cause = Cause(user_id, character_id, here, session_id, at)
            return memory.add_line(
                tx,
                new_id=self.desk.new_id,
                cause=cause,
                text=clean(text)[:LONGEST],
                said_at=said_at,
                speaker=speaker,
                importance=min(1.0, max(0.0, importance)),
                now=self.desk.now(),
            )

    def search(
        self,
        user_id: str,
        character_id: str,
        query: str,
        k: int = 10,
        now: datetime | None = None,
        *,
        timeline_id: str | None = None,
    ) -> tuple[Recalled, ...]:
        """The best matches on the main timeline, or on another, with their scores, by relevance alone.

        `now` changes nothing: relevance knows no clock (`memory.md`, section 2). Raises NotFound for a timeline of
        somebody else.
        """
        del now
        meaning = self.meanings.of(query) if self.meanings else None
        with self.desk.db.read() as tx:
            seen = _sight(tx, user_id, character_id, timeline_id)
            return memory.search(tx, seen, query, k, meaning=meaning) if seen else ()

    def about(
        self, user_id: str, character_id: str, *, limit: int = 50, offset: int = 0, timeline_id: str | None = None
    ) -> tuple[Recalled, ...]:
        """What a character remembers of a person now, newest first. Raises NotFound for a timeline of somebody else."""
        with self.desk.db.read() as tx:
            seen = _sight(tx, user_id, character_id, timeline_id)
            return memory.about(tx, seen, limit=limit, offset=offset) if seen else ()

    def for_prompt(
        self,
        user_id: str,
        character_id: str,
        line: str,
        now: datetime,
        *,
        previous_line: str = "",
        timeline_id: str | None = None,
    ) -> tuple[Recalled, ...]:
        """The ten memories that a prompt gets for a line: seven that answer it, two pinned, one newest.

        Raises NotFound for a timeline of somebody else.
        """
        meaning = self.meanings.of(line, previous_line) if self.meanings else None
        with self.desk.db.read() as tx:
            seen = _sight(tx, user_id, character_id, timeline_id)
            if seen is None:
                return ()
            pins = timelines.pins(tx, seen)
            return memory.for_prompt(
                tx, seen, line=line, previous_line=previous_line, now=now, pins=pins, meaning=meaning
            )

    def embed(self, user_id: str, character_id: str, *, timeline_id: str | None = None) -> int:
        """Embed memories that were added without a turn, some hundreds at most: how many; 0 when none lacks a vector.

        Nothing is done without an embedder. Raises ProviderError, or NotFound for a timeline of somebody else.
        """
        with self.desk.db.read() as tx:
            seen = _sight(tx, user_id, character_id, timeline_id)
        return self.meanings.catch_up(seen.own) if self.meanings and seen else 0

    def pin(
        self, user_id: str, character_id: str, memory_id: str, *, pinned: bool = True, timeline_id: str | None = None
    ) -> None:
        """Keep a memory before the character's eyes, or let it go again; the two newest pins have a place in a prompt.

        Doing it twice changes nothing. Raises NotFound.
        """
        with self.desk.db.write() as tx:
            seen = self._owned(tx, user_id, character_id, memory_id, timeline_id)
            if (memory_id in timelines.pins(tx, seen)) is pinned:
                return
            if pinned:
                self._act(tx, user_id, character_id, seen, "pin", memory_id)
            else:
                timelines.undo_acts(tx, seen, "pin", memory_id, self.desk.now())

    def pins(self, user_id: str, character_id: str, *, timeline_id: str | None = None) -> frozenset[str]:
        """The ids of the memories that a person pinned. Raises NotFound for a timeline of somebody else."""
        with self.desk.db.read() as tx:
            seen = _sight(tx, user_id, character_id, timeline_id)
            return frozenset(timelines.pins(tx, seen)) if seen else frozenset()

    def correct(
        self, user_id: str, character_id: str, memory_id: str, text: str, *, timeline_id: str | None = None
    ) -> str:
        """Put a memory right: a new one that replaces it, with its kind, importance and pin. The new one's id.

        Raises NotFound, or BadInput for a text that is blank or longer than 300 characters.
        """
        said = one_line(player_line(text), TEXT_LIMIT + 1)
        if len(said) > TEXT_LIMIT:
            raise BadInput(f"A memory is one sentence of at most {TEXT_LIMIT} characters.")
        with self.desk.db.write() as tx:
            seen = self._owned(tx, user_id, character_id, memory_id, timeline_id)
            old = memory.current(tx, seen, memory_id)
            if old is None:
                raise NotFound(NONE)
            cause = self._act(tx, user_id, character_id, seen, "correct", memory_id)
            fresh = memory.correct(
                tx, new_id=self.desk.new_id, cause=cause, old=old, text=said, now=self.desk.now(), sight=seen
            )
            if memory_id in timelines.pins(tx, seen):
                self._act(tx, user_id, character_id, seen, "pin", fresh)
            return fresh

    def forget(self, user_id: str, character_id: str, memory_id: str, *, timeline_id: str | None = None) -> None:
        """Forget a memory for good, on all timelines: its words, what repeats it, its lines and threads in recall.

        The transcript keeps what was said; in stored prompts a mark stands for the words. Raises NotFound.
        """
        with self.desk.db.write() as tx:
            seen = self._owned(tx, user_id, character_id, memory_id, timeline_id)
            gone = forgetting.forget(tx, user_id, character_id, memory_id)
            threads = hooks.forget(tx, gone.turn_ids, gone.texts)
            prompts.unsay(tx, user_id, (*gone.ids, *threads), gone.texts)
            self._act(tx, user_id, character_id, seen, "forget", memory_id)

    def source(self, user_id: str, character_id: str, memory_id: str, *, timeline_id: str | None = None) -> Source:
        """Where a memory comes from, and the replies that had it before their eyes. Raises NotFound."""
        with self.desk.db.read() as tx:
            seen = self._owned(tx, user_id, character_id, memory_id, timeline_id)
            found = memory.current(tx, seen, memory_id)
            line = store.line_of(tx, found.turn_id) if found and found.turn_id else None
            used = prompts.replies_that_had(tx, user_id, memory_id)
            pinned = memory_id in timelines.pins(tx, seen)
            return Source(found.turn_id if found else None, line.content if line else None, pinned, tuple(used))

    def threads(
        self, user_id: str, character_id: str, *, now: datetime, timeline_id: str | None = None
    ) -> tuple[Thread, ...]:
        """The threads to pick up with a person, in order of planting: planted, ripe, used or answered by `now`.

        Read from the rows that stand; what was called off or moved is left out. Raises NotFound for a timeline of
        somebody else.
        """
        with self.desk.db.read() as tx:
            seen = _sight(tx, user_id, character_id, timeline_id)
            if seen is None:
                return ()
            found = hooks.threads(tx, seen)
            told = answers.after(tx, [one.used_by_take for one in found if one.used_by_take])
            person = people.by_id(tx, user_id)
        names = (person["name"],) if person else ()
        return tuple(_thread(one, told.get(one.used_by_take or ""), now, names) for one in found)

    def _owned(
        self, tx: sa.Connection, user_id: str, character_id: str, memory_id: str, timeline_id: str | None
    ) -> Sight:
        """What the timeline sees, where it sees that memory now. Raises NotFound."""
        seen = _sight(tx, user_id, character_id, timeline_id)
        if seen is None or memory.current(tx, seen, memory_id) is None:
            raise NotFound(NONE)
        return seen

    def _act(self, tx: sa.Connection, user_id: str, character_id: str, seen: Sight, kind: str, memory_id: str) -> Cause:
        """Write what a person did by hand to a memory, with its event."""
        row, now = timelines.get(tx, seen.own), self.desk.now()
        cause = Cause(user_id, character_id, seen.own, None, row["last_at"], act_id=self.desk.new_id())
        timelines.add_act(tx, cause, kind, memory_id, None, now)
        known = {"user_id": user_id, "character_id": character_id, "timeline_id": seen.own}
        self.desk.note(tx, Event("memory_handled", **known, audience=row["audience"], properties={"kind": kind}))
        return cause


def _thread(hook: Planted, told: Answered | None, now: datetime, names: tuple[str, ...]) -> Thread:
    """A hook as a thread in its state, with the reply that used it and what the player said to that."""
    state = state_of(hook, now)
    if told and told.line is not None and went_into(told.line, hook, told.reply, names):
        state = "answered"
    return Thread(hook.content, hook.opener, hook.trigger_after, state, hook.turn_id, told.message_id if told else None)


def _sight(tx: sa.Connection, user_id: str, character_id: str, timeline_id: str | None) -> Sight | None:
    """What the wanted timeline sees, or the main one; None where there is none yet. Raises NotFound."""
    here = timeline_id or timelines.main(tx, user_id, character_id)
    if here is None:
        return None
    row = timelines.get(tx, here)
    if (row["user_id"], row["character_id"]) != (user_id, character_id):
        raise NotFound("There is no such timeline.")
    return timelines.sight(tx, here)
