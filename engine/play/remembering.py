"""Memory: the public verbs, by person and character."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.db.desk import Desk
from engine.errors import NotFound
from engine.kernel.text import clean
from engine.play import memory, opening
from engine.play.conversation.timelines import store as timelines
from engine.play.effects import Cause
from engine.play.memory import Recalled

LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class Memory:
    """What characters remember of people."""

    desk: Desk

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

    def search(self, user_id: str, character_id: str, query: str, k: int = 10) -> tuple[Recalled, ...]:
        """The best matches on the main timeline, by relevance alone."""
        with self.desk.db.read() as tx:
            here = timelines.main(tx, user_id, character_id)
            return memory.search(tx, timelines.sight(tx, here), query, k) if here else ()

    def about(self, user_id: str, character_id: str, *, limit: int = 50, offset: int = 0) -> tuple[Recalled, ...]:
        """What a character remembers of a person now, newest first."""
        with self.desk.db.read() as tx:
            here = timelines.main(tx, user_id, character_id)
            return memory.about(tx, timelines.sight(tx, here), limit=limit, offset=offset) if here else ()
