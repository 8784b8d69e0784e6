"""Replies: a look, and following one as it is spoken, as server-sent events.

Each event holds the whole text so far. A lost one, or a dropped connection, does no harm: whoever comes back gets the
present text at once, and whoever leaves disturbs nothing.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from typing import TYPE_CHECKING, cast

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from engine.play.follow import Frame
from engine.web.api.ids import TurnId
from engine.web.api.shapes import CareCard, care_of
from engine.web.problems import documented
from engine.web.shell import InShell, Me, Team

if TYPE_CHECKING:
    from engine.web.shell import Shell
    from engine.words import Words

log = logging.getLogger(__name__)
router = APIRouter(tags=["chat"], prefix="/chat/turns")
MERGED = 0.03
"""Seconds of a reply that one event holds, once the first words are out."""
BEAT = 10.0
"""Seconds of silence after which a comment keeps the connection open."""
_STREAM = "events: `care` (at most once), `reply` (the whole text so far), `done` (the same, final)"


class ReplySoFar(BaseModel):
    """A turn as it is now."""

    turn_id: str
    take_id: str | None
    state: str = Field(description="accepted, speaking, complete, partial, stopped, failed or taken_back")
    text: str = Field(description="everything that was said so far")
    care: CareCard | None
    problem: str | None = Field(description="what went wrong, when the reply broke off")


@router.get("/{turn_id}", responses=documented(401, 404))
def look(turn_id: TurnId, shell: InShell, me: Me, team: Team) -> ReplySoFar:
    """A turn as it is now."""
    runtime = shell.engine.runtime
    frame = runtime.play.look(me.id, turn_id)
    return ReplySoFar(
        turn_id=frame.turn_id,
        take_id=frame.take_id,
        state=frame.state,
        text=frame.text,
        care=care_of(runtime.words, frame.care),
        problem=_problem(frame, runtime.words, team=team),
    )


@router.get(
    "/{turn_id}/follow",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": _STREAM}, **documented(401, 404)},
)
def follow(turn_id: TurnId, shell: InShell, me: Me) -> StreamingResponse:
    """Follow a reply as it is spoken, from wherever it is now."""
    play = shell.engine.runtime.play
    play.look(me.id, turn_id)
    told = _told(play.follow_async(me.id, turn_id), shell)
    return StreamingResponse(told, media_type="text/event-stream", headers={"x-accel-buffering": "no"})


async def _told(frames: AsyncIterator[Frame], shell: Shell) -> AsyncIterator[str]:
    """The events of a reply, as text."""
    yield "retry: 1000\n\n"
    cared = False
    async for frame in unhurried(frames, shell.closing, MERGED, BEAT):
        if frame is None:
            yield ": still here\n\n"
            continue
        card = None if cared else care_of(shell.engine.runtime.words, frame.care)
        if card is not None:
            cared = True
            yield _event("care", card.model_dump())
        said = {"turn_id": frame.turn_id, "take_id": frame.take_id, "state": frame.state, "text": frame.text}
        yield _event("reply", said) + (_event("done", said) if frame.final else "")


async def unhurried(
    frames: AsyncIterator[Frame], closing: asyncio.Event, merged: float, beat: float
) -> AsyncIterator[Frame | None]:
    """Frames as they come, those of `merged` seconds as one; None after `beat` silent seconds; none once `closing`.

    They are pulled by a task of their own: a client that leaves cancels only whoever writes to it.
    """
    queue = asyncio.Queue[Frame | None]()
    pull = asyncio.create_task(_pull(frames, queue, merged))
    shut = asyncio.create_task(_end_when(closing, queue))
    try:
        while True:
            try:
                async with asyncio.timeout(beat):
                    frame = await queue.get()
            except TimeoutError:
                yield None
                continue
            if frame is None:
                return
            yield frame
    finally:
        pull.cancel()
        shut.cancel()


async def _pull(frames: AsyncIterator[Frame], queue: asyncio.Queue[Frame | None], merged: float) -> None:
    """Frames into the queue, and None behind the last one. Frames grow, so what is skipped is in the next one."""
    try:
        async for frame in frames:
            queue.put_nowait(frame)
            if frame.text and not frame.final:
                await asyncio.sleep(merged)
    except Exception:
        log.exception("following a reply broke off; the reply goes on")
    finally:
        queue.put_nowait(None)
        if isinstance(frames, AsyncGenerator):
            await cast("AsyncGenerator[Frame]", frames).aclose()


async def _end_when(closing: asyncio.Event, queue: asyncio.Queue[Frame | None]) -> None:
    await closing.wait()
    queue.put_nowait(None)


def _event(name: str, data: object) -> str:
    return f"event: {name}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"


def _problem(frame: Frame, words: Words, *, team: bool) -> str | None:
    """For a player one sentence; for the team what the provider said."""
    if frame.state not in ("partial", "failed"):
        return None
    return frame.error if team and frame.error else words.say("play.interrupted")
