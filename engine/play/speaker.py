"""Speaking: a thread drives the actor into a channel; screens only tail it, and a pulse saves the text each second."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.errors import ColdopenError, ProviderError
from engine.kernel.crash import crash
from engine.kernel.text import clean
from engine.play import context, turn
from engine.play.conversation.nouns import TakeState
from engine.play.conversation.takes.store import Kept, Spoken
from engine.providers.llm import Finished, Speaking, Usage

if TYPE_CHECKING:
    from engine.background import StartJob
    from engine.db.desk import Desk
    from engine.play.meanings import Meanings
    from engine.providers.llm import Actor

log = logging.getLogger(__name__)
AFTER_WORK_PATIENCE = 0.3
"""Seconds that the next line waits for the after-work of the turn before."""
QUEUE_PAUSE = 0.25
"""Seconds between two tries to begin a waiting turn while nobody in this process has finished a reply."""
LAST_WORD = 1.0
"""Seconds that all speakers together get to come to the end of a word when the engine closes."""
INTERRUPTED = "The reply was interrupted. Continue from here, or try again."
SILENT = "The character said nothing. Try again."
STOPPED_EARLY = "The reply was stopped before a word was said. Try again when you like."


@dataclass(slots=True)
class Channel:
    """A reply on its way: the text so far, and whether somebody wants it to stop."""

    take_id: str
    turn_id: str
    text: str = ""
    final: bool = False
    stop: threading.Event = field(default_factory=threading.Event)
    by_person: bool = False
    kept: Kept | None = None

    @property
    def said(self) -> str:
        """The text so far, made safe to keep and to show."""
        return clean(self.text)


@dataclass(slots=True)
class Listeners:
    """Who wants to know when something is said in a turn; they are called from the speaker's thread."""

    _by_turn: dict[str, list[Callable[[], None]]] = field(default_factory=dict[str, list[Callable[[], None]]])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, turn_id: str, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` at each change of a turn, begun or not. Returns how to stop listening."""
        with self._lock:
            self._by_turn.setdefault(turn_id, []).append(listener)
        return lambda: self._remove(turn_id, listener)

    def tell(self, turn_id: str) -> None:
        """Something changed. A listener that is gone, as when its event loop was closed, hears no more."""
        with self._lock:
            listeners = list(self._by_turn.get(turn_id, ()))
        for listener in listeners:
            try:
                listener()
            except RuntimeError:
                self._remove(turn_id, listener)

    def _remove(self, turn_id: str, listener: Callable[[], None]) -> None:
        with self._lock:
            left = [one for one in self._by_turn.get(turn_id, ()) if one is not listener]
            if left:
                self._by_turn[turn_id] = left
            else:
                self._by_turn.pop(turn_id, None)


@dataclass(slots=True)
class Speakers:
    """The speaking threads of this process, and the pulse that saves what they have said so far."""

    desk: Desk
    actor_of: Callable[[str], Actor]
    """Who acts a release that names this voice, or none (an empty string)."""
    slot: str
    reply_tokens: int
    start_job: StartJob
    starts_after_work: bool
    meanings: Meanings | None = None
    listeners: Listeners = field(default_factory=Listeners)
    channels: dict[str, Channel] = field(default_factory=dict[str, Channel])
    waiting: set[str] = field(default_factory=set[str])
    closing: threading.Event = field(default_factory=threading.Event)
    _finished: int = 0
    _moved: threading.Condition = field(default_factory=threading.Condition)
    _threads: set[threading.Thread] = field(default_factory=set[threading.Thread])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, turn_id: str) -> None:
        """Speak an accepted turn when it is its turn; does nothing if that is under way here."""
        with self._lock:
            if turn_id in self.waiting or self.closing.is_set():
                return
            self.waiting.add(turn_id)
        self._run(lambda: self._queue_up(turn_id), f"turn {turn_id}")

    def speak(self, turn_id: str, take_id: str) -> None:
        """Speak a take that was begun already."""
        channel = self._open(turn_id, take_id)
        self._run(lambda: self._drive(channel), f"take {take_id}")

    def channel_of(self, turn_id: str) -> Channel | None:
        """The channel of a turn's speaking take, if this process speaks it."""
        return self.channels.get(turn_id)

    def speaks(self, turn_id: str, take_id: str) -> bool:
        """Whether this process speaks that take, or is about to speak one of that turn."""
        with self._lock:
            about_to = turn_id in self.waiting
        return about_to or any(channel.take_id == take_id for channel in list(self.channels.values()))

    @contextlib.contextmanager
    def about_to_speak(self, turn_id: str) -> Generator[None]:
        """Until the block ends, nobody here takes a take of that turn for dead: its speaker is on the way."""
        with self._lock:
            self.waiting.add(turn_id)
        try:
            yield
        finally:
            with self._lock:
                self.waiting.discard(turn_id)

    def stop(self, turn_id: str) -> None:
        """A person wants this turn's reply to stop at the next word."""
        channel = self.channels.get(turn_id)
        if channel is not None:
            channel.by_person = True
            channel.stop.set()

    def pulse(self) -> None:
        """Save what each speaking take has said so far, and renew its lease: once a second, words or none."""
        for channel in list(self.channels.values()):
            try:
                if turn.save_progress(self.desk, channel.take_id, self.slot, channel.said, channel.kept):
                    self.stop(channel.turn_id)
            except Exception:
                log.exception("take %s was not saved; the next pulse tries again", channel.take_id)

    def close(self, seconds: float) -> None:
        """Let what speaks finish for so long, then stop it where it is; what was said is kept."""
        self.closing.set()
        with self._moved:
            self._moved.notify_all()
        until = time.monotonic() + seconds
        for thread in list(self._threads):
            thread.join(max(0.0, until - time.monotonic()))
        for channel in list(self.channels.values()):
            channel.stop.set()
        until = time.monotonic() + LAST_WORD
        for thread in list(self._threads):
            thread.join(max(0.0, until - time.monotonic()))

    def _run(self, work: Callable[[], None], name: str) -> None:
        def guarded() -> None:
            try:
                work()
            except Exception:
                log.exception("%s broke off; the sweeper will finish it", name)
            finally:
                self._threads.discard(threading.current_thread())

        thread = threading.Thread(target=guarded, name=name, daemon=True)
        self._threads.add(thread)
        thread.start()

    def _queue_up(self, turn_id: str) -> None:
        try:
            known = self._finished
            while (outcome := turn.claim(self.desk, turn_id, self.slot)) == turn.WAIT:
                known = self._wait_for_another(known)
                if self.closing.is_set():
                    return
            channel = None if outcome == turn.GONE else self._open(turn_id, outcome)
        finally:
            with self._lock:
                self.waiting.discard(turn_id)
        if channel is not None:
            self._drive(channel)

    def _wait_for_another(self, known: int) -> int:
        """Wait a little for a reply to be finished here after so many were: how many are finished now."""
        with self._moved:
            self._moved.wait_for(lambda: self._finished != known or self.closing.is_set(), QUEUE_PAUSE)
            return self._finished

    def _open(self, turn_id: str, take_id: str) -> Channel:
        channel = Channel(take_id, turn_id)
        self.channels[turn_id] = channel
        self.listeners.tell(turn_id)
        return channel

    def _drive(self, channel: Channel) -> None:
        try:
            recorded = self._speak_and_record(channel)
        finally:
            self._close(channel)
        if recorded and not self.closing.is_set():
            self.start_job("after", channel.take_id, 0)

    def _close(self, channel: Channel) -> None:
        """Nothing more comes from a channel; another take of its turn may have one of its own by now."""
        if self.channels.get(channel.turn_id) is channel:
            del self.channels[channel.turn_id]
        channel.final = True
        self.listeners.tell(channel.turn_id)
        with self._moved:
            self._finished += 1
            self._moved.notify_all()

    def _speak_and_record(self, channel: Channel) -> bool:
        began = time.monotonic()
        try:
            pending = not context.wait_for_after_work(self.desk, channel.turn_id, AFTER_WORK_PATIENCE)
            scene = context.gather(self.desk, channel.take_id, self.meanings)
            channel.kept = context.keep(scene, after_pending=pending)
            spoken = self._listen_to_actor(channel, scene, began)
            kept = context.with_used_hooks(channel.kept, scene, spoken.text)
        except ColdopenError as error:
            spoken, kept = Spoken("failed", "", error=str(error)), channel.kept
        after = self.starts_after_work and not self.closing.is_set()  # else the next sweep, anywhere, starts it
        return turn.record(self.desk, channel.take_id, self.slot, spoken, kept, own_after=after)

    def _listen_to_actor(self, channel: Channel, scene: context.Gathered, began: float) -> Spoken:
        channel.text = begun = scene.prompt.begun
        actor = self.actor_of(scene.acted_by)
        heard, problem = _Heard(actor.model), None
        stream = actor.stream(scene.prompt, seed=scene.seed, max_tokens=self.reply_tokens)
        try:
            for piece in stream:
                if isinstance(piece, Finished):
                    heard.finished = piece
                    break
                if isinstance(piece, Speaking):
                    heard.model = piece.model
                elif piece:
                    self._hear(channel, heard, piece, began)
                if channel.stop.is_set():
                    break
        except ProviderError as error:
            log.warning("take %s broke off: %s %s", channel.take_id, error, error.detail)
            problem = str(error)
        except Exception:
            log.exception("take %s broke off", channel.take_id)
            problem = INTERRUPTED
        finally:
            _close(stream)
        return self._spoken(channel, heard, problem, begun, began)

    def _hear(self, channel: Channel, heard: _Heard, piece: str, began: float) -> None:
        heard.first_ms = heard.first_ms if heard.first_ms is not None else _ms_since(began)
        channel.text += piece
        crash("speak.first-piece")
        self.listeners.tell(channel.turn_id)

    def _spoken(self, channel: Channel, heard: _Heard, problem: str | None, begun: str, began: float) -> Spoken:
        """What became of a reply. What a reply that was broken off used, nobody told: it is unknown, not nothing."""
        finished = heard.finished
        said = channel.said if channel.text != begun else ""
        state = _state(said, whole=finished is not None and problem is None, stopped=channel.by_person)
        return Spoken(
            state,
            said,
            finish_reason=finished.reason if finished else None,
            model=finished.model if finished else heard.model,
            usage=finished.usage if finished else Usage(),
            first_token_ms=heard.first_ms,
            latency_ms=_ms_since(began),
            error=problem or _problem(state, whole=finished is not None, stopped=channel.by_person),
        )


@dataclass(slots=True)
class _Heard:
    """What was heard of a reply beside its words: who speaks, when the first word came, and how it ended."""

    model: str
    first_ms: int | None = None
    finished: Finished | None = None


def _close(stream: object) -> None:
    """Nobody listens any more: whoever speaks is told at once, so that it stops and costs no more."""
    close = getattr(stream, "close", None)
    if close is not None:
        with contextlib.suppress(Exception):
            close()


def _state(said: str, *, whole: bool, stopped: bool) -> TakeState:
    """Complete needs words and a terminal event; words without one are partial; nothing said is failed."""
    if not said:
        return "failed"
    if whole:
        return "complete"
    return "stopped" if stopped else "partial"


def _problem(state: TakeState, *, whole: bool, stopped: bool) -> str | None:
    """A sentence where the actor gave none: for a reply without words, or one that was cut off."""
    if state == "failed":
        return SILENT if whole else STOPPED_EARLY if stopped else INTERRUPTED
    return INTERRUPTED if state == "partial" else None


def _ms_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
