"""The public verbs of feedback: a player gives it, the team reads and settles it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.kernel.events import Event
from engine.play.conversation import store as conversation
from engine.play.feedback import store
from engine.play.feedback.nouns import Given, InboxItem, Thumb, given, place
from engine.play.turn import known_of
from engine.story.shelf import store as shelf

if TYPE_CHECKING:
    from engine.db.desk import Desk
    from engine.story.release import Release

MOST = 1_000
"""How many the inbox tells at once."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What players think of replies."""

    desk: Desk

    def give(self, user_id: str, take_id: str, thumb: Thumb | None, note: str = "", tags: Sequence[str] = ()) -> None:
        """Say what one thinks of a reply in a session of one's own; giving again changes it, nothing takes it away.

        Other words open it again for the team; the same ones change nothing. Raises BadInput or NotFound.
        """
        wanted = given(thumb, note, tags)
        with self.desk.db.write() as tx:
            turn_id, session_id = store.session_of_my_take(tx, take_id, user_id)
            row = store.of_take(tx, take_id, user_id)
            standing = _given(row) if row else Given(None, "")
            if wanted == standing or (wanted.is_nothing and standing.is_nothing):
                return
            session = conversation.session(tx, session_id)
            ids = {"take_id": take_id, "turn_id": turn_id, "session_id": session_id, "user_id": user_id}
            self._write(tx, row, ids | {"release_id": session.release_id}, wanted)
            told = {"thumb": "withdrawn" if wanted.is_nothing else wanted.thumb or "none"}
            self.desk.note(tx, Event("feedback_given", **known_of(tx, session), take_id=take_id, properties=told))

    def of_session(self, user_id: str, session_id: str) -> Mapping[str, Given]:
        """What a person gave in a session of their own, by take. Raises NotFound."""
        with self.desk.db.read() as tx:
            conversation.my_session(tx, session_id, user_id)
            return {row["take_id"]: _given(row) for row in store.of_session(tx, session_id, user_id)}

    def inbox(
        self,
        *,
        open_only: bool = True,
        character_id: str | None = None,
        limit: int = 200,
        before: str | None = None,
    ) -> list[InboxItem]:
        """Everybody's feedback, newest first, for the team. `before` is the `cursor` of the last one already read.

        Raises BadInput for an odd cursor.
        """
        after = place(before) if before is not None else None
        most = max(1, min(limit, MOST))
        with self.desk.db.read() as tx:
            rows = store.inbox(tx, open_only=open_only, character_id=character_id, limit=most, before=after)
            releases = {release_id: shelf.get(tx, release_id) for release_id in {row["release_id"] for row in rows}}
        return [_item(row, releases[row["release_id"]]) for row in rows]

    def count_open(self) -> int:
        """How many wait to be settled."""
        with self.desk.db.read() as tx:
            return store.count_open(tx)

    def settle(self, feedback_id: str) -> None:
        """The team has seen to it; settling twice is settling once. Raises NotFound."""
        with self.desk.db.write() as tx:
            store.set_settled(tx, feedback_id, self.desk.now())

    def reopen(self, feedback_id: str) -> None:
        """It waits for the team again. Raises NotFound."""
        with self.desk.db.write() as tx:
            store.set_settled(tx, feedback_id, None)

    def _write(self, tx: sa.Connection, row: sa.RowMapping | None, ids: dict[str, Any], wanted: Given) -> None:
        now = self.desk.now()
        words = {"thumb": wanted.thumb, "note": wanted.note, "tags": list(wanted.tags), "updated_at": now}
        if row is None:
            store.add(tx, ids | words | {"id": self.desk.new_id(), "created_at": now, "settled_at": None})
        elif wanted.is_nothing:
            store.remove(tx, row["id"])
        else:
            store.change(tx, row["id"], words | {"settled_at": None})


def _given(row: sa.RowMapping) -> Given:
    return Given(row["thumb"], row["note"], tuple(row["tags"]))


def _item(row: sa.RowMapping, release: Release) -> InboxItem:
    return InboxItem(
        id=row["id"],
        thumb=row["thumb"],
        note=row["note"],
        tags=tuple(row["tags"]),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        settled_at=row["settled_at"],
        player=row["player"],
        audience=row["audience"],
        character_id=row["character_id"],
        character_name=release.payload.persona.name,
        episode_title=release.payload.episode(row["template_id"]).title,
        release_number=release.number,
        session_id=row["session_id"],
        turn_id=row["turn_id"],
        take_id=row["take_id"],
        line=row["line"],
        reply=row["reply"],
        standing=bool(row["standing"]),
    )
