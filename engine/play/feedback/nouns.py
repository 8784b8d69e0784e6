"""Nouns of feedback, and what a person may say in one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from engine.errors import BadInput
from engine.kernel.text import clean, one_line

Thumb = Literal["up", "down"]
NOTE_LIMIT = 1_000
TAG_LIMIT = 40
MOST_TAGS = 10
_LOOKED_AT = 4
"""How many times longer than its limit a text may come, before it is cleaned."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a person thinks of a reply: a thumb, a note, or both."""

    thumb: Thumb | None
    note: str
    tags: tuple[str, ...] = ()

    @property
    def is_nothing(self) -> bool:
        """Whether neither a thumb nor a note is there."""
        return self.thumb is None and not self.note


@dataclass(frozen=True, slots=True)
class InboxItem:
    """A feedback as the team reads it: who gave it, on which reply, in which episode of which release.

    `line` is what the player had said (None for an opening), `reply` the take's own text, whether or not it `standing`
    still is. `release_number` is None for a rehearsal's cut. `updated_at` is when its words last changed.
    """

    id: str
    thumb: Thumb | None
    note: str
    tags: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    settled_at: datetime | None
    player: str
    audience: str
    character_id: str
    character_name: str
    episode_title: str
    release_number: int | None
    session_id: str
    turn_id: str
    take_id: str
    line: str | None
    reply: str
    standing: bool

    @property
    def cursor(self) -> str:
        """Where the list goes on after this one: `before` of the next page."""
        return f"{self.updated_at.isoformat()} {self.id}"


def given(thumb: Thumb | None, note: str, tags: Sequence[str]) -> Given:
    """What was given, made safe to keep. Raises BadInput for a long note, many or long tags, or an odd thumb."""
    if thumb not in ("up", "down", None):
        raise BadInput("A thumb goes up or down, or is taken away.")
    safe = clean(note) if len(note) <= _LOOKED_AT * NOTE_LIMIT else note
    if len(safe) > NOTE_LIMIT:
        raise BadInput(f"That note has {len(safe):,} characters; at most {NOTE_LIMIT:,}, please.")
    return Given(thumb, safe, _tags(tags))


def _tags(tags: Sequence[str]) -> tuple[str, ...]:
    if len(tags) > MOST_TAGS or any(len(tag) > _LOOKED_AT * TAG_LIMIT for tag in tags):
        raise BadInput(f"At most {MOST_TAGS} tags of at most {TAG_LIMIT} characters, please.")
    return tuple(_once(one_line(tag, TAG_LIMIT) for tag in tags))


def _once(tags: Iterable[str]) -> dict[str, None]:
    return dict.fromkeys(tag for tag in tags if tag)


def place(cursor: str) -> tuple[datetime, str]:
    """The instant and id of a cursor. Raises BadInput."""
    at, _, feedback_id = cursor.partition(" ")
    try:
        instant = datetime.fromisoformat(at)
    except ValueError as error:
        raise BadInput("This list cannot be continued from there. Open it again.") from error
    if instant.tzinfo is None or not feedback_id.isalnum():
        raise BadInput("This list cannot be continued from there. Open it again.")
    return instant, feedback_id
