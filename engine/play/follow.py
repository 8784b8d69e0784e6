"""Following a reply: frames from the speaker's channel, or from the turn's row when another process speaks it.

Each frame holds the whole text so far, so a lost one does no harm; whoever drops off simply follows again.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from engine.db.desk import Desk
from engine.play.conversation import store
from engine.play.conversation.nouns import FINAL
from engine.play.speaker import Channel, Speakers

POLL = 0.2
"""Seconds between two looks at the row while another process speaks, or while the turn waits."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One look at a turn: `state` is accepted, speaking or final; `text` all that was said so far."""

    turn_id: str
    take_id: str | None
    state: str
    text: str
    care: str | None = None
    error: str | None = None

    @property
    def final(self) -> bool:
        """Whether nothing more will come."""
        return self.state in FINAL or self.state == "taken_back"


@dataclass(frozen=True, slots=True)
class Follower:
    """Follows turns of this process and of others."""

    desk: Desk
    speakers: Speakers

    def look(self, user_id: str, turn_id: str) -> Frame:
        """The turn as it is now. Raises NotFound."""
        channel = self.speakers.channel_of(turn_id)
        with self.desk.db.read() as tx:
            turn = store.my_turn(tx, turn_id, user_id)
            found = store.takes_of(tx, [turn_id])
        if not turn.stands:
            return Frame(turn_id, None, "taken_back", "", turn.care)
        speaking = next((one for one in found if one.state == "speaking"), None)
        shown = speaking or next((one for one in found if one.chosen), None) or (found[-1] if found else None)
        if shown is None:
            return Frame(turn_id, None, "accepted", "", turn.care)
        live = channel is not None and channel.take_id == shown.id and shown.state == "speaking"
        text = channel.said if live and channel is not None else shown.text
        return Frame(turn_id, shown.id, shown.state, text, turn.care, shown.error)

    def follow(self, user_id: str, turn_id: str) -> Iterator[Frame]:
        """Frames until the turn is final, blocking in between. Raises NotFound."""
        news = threading.Event()
        last: Frame | None = None
        stop = self.speakers.listeners.add(turn_id, news.set)
        try:
            while last is None or not last.final:
                news.clear()
                frame = _live(self.speakers.channel_of(turn_id), last) or self.look(user_id, turn_id)
                if frame != last:
                    yield frame
                    last = frame
                if not frame.final:
                    news.wait(POLL)
        finally:
            stop()

    async def follow_async(self, user_id: str, turn_id: str) -> AsyncIterator[Frame]:
        """The same for an event loop; the database is looked at in a thread."""
        loop, news = asyncio.get_running_loop(), asyncio.Event()
        last: Frame | None = None
        stop = self.speakers.listeners.add(turn_id, lambda: _wake(loop, news))
        try:
            while last is None or not last.final:
                news.clear()
                channel = self.speakers.channel_of(turn_id)
                frame = _live(channel, last) or await asyncio.to_thread(self.look, user_id, turn_id)
                if frame != last:
                    yield frame
                    last = frame
                if not frame.final:
                    await _wait(news, POLL)
        finally:
            stop()


def _live(channel: Channel | None, last: Frame | None) -> Frame | None:
    """The next frame straight from the channel, once the first look has shown that the turn is one's own."""
    if channel is None or channel.final or last is None or last.take_id not in (None, channel.take_id):
        return None
    return Frame(channel.turn_id, channel.take_id, "speaking", channel.said, last.care)


def _wake(loop: asyncio.AbstractEventLoop, news: asyncio.Event) -> None:
    """Set an event from another thread. Raises RuntimeError when its loop was closed."""
    loop.call_soon_threadsafe(news.set)


async def _wait(news: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(news.wait(), seconds)
    except TimeoutError:
        return
