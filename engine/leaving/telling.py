"""What a person has here, told for reading: a play-through as a script, memories as a list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from engine.kernel.text import one_line

if TYPE_CHECKING:
    from engine.play.memory import Recalled
    from engine.play.scenes.nouns import SceneRow
    from engine.play.view import SessionView
    from engine.words import Words

PICTURES = "pictures"
_ODD = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the name that lines are told under, the zone of their clock, and the words of the house."""

    name: str
    zone: str
    words: Words

    def when(self, at: datetime) -> str:
        """An instant on the reader's own clock."""
        return f"{at.astimezone(ZoneInfo(self.zone)):%Y-%m-%d %H:%M}"


def script(view: SessionView, reader: Reader) -> Iterator[str]:
    """A play-through as it stands, line by line; pictures stand where they were drawn, by the name of their file."""
    persona = view.release.payload.persona.name
    begun = reader.when(view.started_at)
    yield reader.words.say("leaving.session_head", title=view.episode.title, character=persona, at=begun)
    yield f"\n[{view.episode.episode_frame}]\n"
    for one in view.turns:
        if one.line is not None:
            yield f"{reader.name}: {one.line.content}\n"
        if one.reply is not None:
            yield f"{persona}: {one.reply.content}\n"
        yield from (_picture(scene) for scene in view.scenes if scene.turn_id == one.turn.id and scene.image_id)
    if view.ending is not None:
        yield f"[{one_line(view.ending.text, 1_000)}]\n"


def remembered(character: str, memories: Iterable[Recalled], reader: Reader) -> Iterator[str]:
    """What a character remembers, newest first, each with the day on which it was said."""
    yield reader.words.say("leaving.memories_head", character=character)
    yield ""
    for one in memories:
        yield f"- {one.text} ({one.type}, {reader.when(one.said_at)})"


def plain(text: str, most: int = 40) -> str:
    """A text as part of a file's name on any system."""
    return _ODD.sub("-", text)[:most].strip("-").lower() or "untitled"


def picture_name(image_id: str) -> str:
    """Where a picture lies in the archive."""
    return f"{PICTURES}/{plain(image_id, 64)}.webp"


def _picture(scene: SceneRow) -> str:
    return f"[{one_line(scene.caption, 1_000)} ({picture_name(scene.image_id or '')})]\n"
