"""Memories: what a character remembers of you, as the timeline of one of your sessions sees it."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from engine.web.api.ids import AskedSession, MemoryId
from engine.web.problems import TooFast, documented
from engine.web.shell import InEngine, InShell, Me

if TYPE_CHECKING:
    from engine.play.conversation.nouns import PlaySession
    from engine.play.memory import Recalled
    from engine.web.shell import Shell
    from engine.wiring import Engine

router = APIRouter(tags=["memories"], prefix="/memories")
PAGE = 50
FARTHEST = 100_000
LONGEST_QUERY = 300


class MemoryShown(BaseModel):
    """Something remembered; or, among what was searched for, a raw line."""

    id: str
    kind: str = Field(description="fact, preference, emotion, event, relationship or goal; or line")
    text: str
    subject: str = Field(description="of whom or what it tells; for a line, who said it")
    importance: float = Field(description="0 to 1")
    said_at: datetime
    pinned: bool


class MemoryList(BaseModel):
    """What is remembered: newest first, or what answers best first."""

    memories: list[MemoryShown]
    more: bool = Field(description="whether there are more behind these")


class MemorySource(BaseModel):
    """Where a memory comes from, and what it was good for."""

    id: str
    line: str | None = Field(description="your line that it comes from; none for one put right by hand")
    by_hand: bool = Field(description="whether you put it right yourself")
    pinned: bool
    used: int = Field(description="replies that had it before their eyes")


class Pinning(BaseModel):
    """Whether it shall stay before the character's eyes."""

    pinned: bool


class Correction(BaseModel):
    """The memory as it should be."""

    text: str = Field(description="one sentence of up to 300 characters")


@router.get("", responses=documented(401, 404, 422))
def memories(
    session: AskedSession,
    engine: InEngine,
    me: Me,
    offset: Annotated[int, Query(ge=0, le=FARTHEST)] = 0,
    q: Annotated[str, Query(max_length=LONGEST_QUERY, description="what to look for, raw lines too")] = "",
) -> MemoryList:
    """What the character of a session remembers of you, fifty at a time; with `q`, the fifty that answer it best."""
    room, here = engine.runtime.memory, engine.runtime.play.which(me.id, session)
    found: tuple[Recalled, ...]
    if q.strip():
        found = room.search(me.id, here.character_id, q, PAGE, timeline_id=here.timeline_id)
    else:
        found = room.about(me.id, here.character_id, limit=PAGE + 1, offset=offset, timeline_id=here.timeline_id)
    pins = room.pins(me.id, here.character_id, timeline_id=here.timeline_id)
    return MemoryList(memories=[_shown(one, pins) for one in found[:PAGE]], more=len(found) > PAGE)


@router.get("/{memory_id}", responses=documented(401, 404, 422))
def source(memory_id: MemoryId, session: AskedSession, engine: InEngine, me: Me) -> MemorySource:
    """Where a memory comes from, and how many replies used it."""
    return _source(engine, me.id, engine.runtime.play.which(me.id, session), memory_id)


@router.post("/{memory_id}/pin", responses=documented(401, 404, 422, 429))
def pin(memory_id: MemoryId, session: AskedSession, given: Pinning, shell: InShell, me: Me) -> MemorySource:
    """Keep a memory before the character's eyes, or let it go again."""
    here = shell.engine.runtime.play.which(me.id, session)
    _count(shell, me.id, f"{memory_id} pin {given.pinned}")
    room = shell.engine.runtime.memory
    room.pin(me.id, here.character_id, memory_id, pinned=given.pinned, timeline_id=here.timeline_id)
    return _source(shell.engine, me.id, here, memory_id)


@router.put("/{memory_id}", responses=documented(401, 404, 422, 429))
def correct(memory_id: MemoryId, session: AskedSession, given: Correction, shell: InShell, me: Me) -> MemorySource:
    """Put a memory right. The answer names the new memory, which replaces the old one."""
    here = shell.engine.runtime.play.which(me.id, session)
    words = hashlib.sha256(given.text.encode("utf-8", "replace")).hexdigest()
    _count(shell, me.id, f"{memory_id} {words}")
    room = shell.engine.runtime.memory
    fresh = room.correct(me.id, here.character_id, memory_id, given.text, timeline_id=here.timeline_id)
    return _source(shell.engine, me.id, here, fresh)


@router.delete("/{memory_id}", status_code=204, responses=documented(401, 404, 422, 429))
def forget(memory_id: MemoryId, session: AskedSession, shell: InShell, me: Me) -> Response:
    """Forget a memory for good, in every telling. The transcript keeps what was said."""
    here = shell.engine.runtime.play.which(me.id, session)
    _count(shell, me.id, f"{memory_id} forget")
    shell.engine.runtime.memory.forget(me.id, here.character_id, memory_id, timeline_id=here.timeline_id)
    return Response(status_code=204)


def _source(engine: Engine, user_id: str, here: PlaySession, memory_id: str) -> MemorySource:
    found = engine.runtime.memory.source(user_id, here.character_id, memory_id, timeline_id=here.timeline_id)
    by_hand, used = found.turn_id is None, len(found.replies)
    return MemorySource(id=memory_id, line=found.line, by_hand=by_hand, pinned=found.pinned, used=used)


def _shown(one: Recalled, pins: frozenset[str]) -> MemoryShown:
    return MemoryShown(
        id=one.id,
        kind=one.type,
        text=one.text,
        subject=one.subject,
        importance=one.importance,
        said_at=one.said_at,
        pinned=one.id in pins,
    )


def _count(shell: Shell, user_id: str, thing: str) -> None:
    """Keep a person's hands from going faster than they can mean. Raises TooFast."""
    try:
        shell.pace.count(f"{user_id} memories", thing)
    except TooFast as error:
        raise TooFast("That was fast. Wait a moment, then go on.", error.retry_after) from error
