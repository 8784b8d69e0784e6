"""`coldopen bench load`: many people at once against a served `coldopen`, and what the database says afterwards.

Every client is a person of its own who says a line at the same moment as all others and follows the reply as
server-sent events. One in five drops the connection at the first words and follows again; one in five posts each line
twice. Afterwards the server is stopped and its rows are counted against what the clients were told. The baseline is a
bare Starlette event stream under the same clients, in the same run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from engine.bench.ground import ground
from engine.bench.rows import quiet, row, spread
from engine.bench.stream import START, Client
from engine.bench.turn import prepare
from engine.wiring import open_engine

if TYPE_CHECKING:
    from engine.settings import Settings

LEVELS = (10, 50, 100, 200)
ONE_IN = 5
AWAY = 0.3
"""Seconds until a client that dropped follows again."""
PAUSE = 0.03
"""Seconds before each piece of the bare stream."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What one client was told about one line: `first` and `whole` are seconds after it was sent."""

    client_id: str
    turn_id: str
    text: str
    first: float
    whole: float


@dataclass(slots=True)
class Guest:
    """One person at a browser of their own, and all that they heard."""

    client: Client
    number: int
    heard: list[Heard] = field(default_factory=list[Heard])
    failed: list[str] = field(default_factory=list[str])

    @property
    def drops(self) -> bool:
        """Whether this one loses the connection at the first words of each reply."""
        return self.number % ONE_IN == 0

    @property
    def repeats(self) -> bool:
        """Whether this one posts each line twice."""
        return self.number % ONE_IN == 1


def measure(levels: Sequence[int], waves: int, server: str = "") -> Iterator[str]:
    """Rows of JSON: the noise, first words at each number of clients, what was lost, and the noise again."""
    with ground(server) as here:
        settings = here.new("load")
        prepare(settings)
        yield quiet("load")
        with _served(settings) as host, _bare() as bare:
            guests = [_arrived(host, number) for number in range(max(levels))]
            for level in levels:
                yield from _wave(guests[:level], bare, waves)
        yield row("load", "counted in the database", **_counted(settings, guests))
        yield quiet("load")


def _wave(guests: list[Guest], bare: str, waves: int) -> Iterator[str]:
    """So many lines of each guest, all at once, and as many replies of the bare stream."""
    plain = [Guest(Client(bare), one.number) for one in guests]
    before = [len(one.heard) for one in guests]
    for wave in range(waves):
        _together([lambda one=one: _bare_reply(one) for one in plain])
        _together([lambda one=one, wave=wave: _turn(one, f"{len(guests)}-{wave}") for one in guests])
    ours = [heard for one, known in zip(guests, before, strict=True) for heard in one.heard[known:]]
    base = [heard for one in plain for heard in one.heard]
    known = {"clients": len(guests), "waves": waves}
    for name, heard in (("bare event stream", base), ("coldopen", ours)):
        first, whole = spread([1000 * one.first for one in heard], 0), spread([1000 * one.whole for one in heard], 0)
        yield row("load", name, **known, first_words_ms=first, whole_reply_ms=whole)


def _together(acts: Sequence[Callable[[], None]]) -> None:
    """Every act in a thread of its own, begun at the same moment."""
    gate = threading.Barrier(len(acts))

    def begin(act: Callable[[], None]) -> None:
        gate.wait()
        act()

    threads = [threading.Thread(target=begin, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _arrived(host: str, number: int) -> Guest:
    client = Client(host, number=number)
    client.told("POST", "/api/v1/people", {"name": f"Guest {number}"})
    client.session = client.told("POST", "/api/v1/chat/sessions", {"episode": "bench"})["id"]
    return Guest(client, number)


def _turn(guest: Guest, name: str) -> None:
    """Say a line and follow its reply to the end. What goes wrong is kept, and the wave goes on."""
    client, client_id = guest.client, f"{guest.number}-{name}"
    body = {"client_id": client_id, "text": "What did you see from the pier that night?"}
    path = f"/api/v1/chat/sessions/{client.session}/lines"
    began = time.perf_counter()
    try:
        accepted = [client.told("POST", path, body) for _ in range(2 if guest.repeats else 1)]
        if len({one["turn_id"] for one in accepted}) > 1:
            guest.failed.append(f"{client_id} became two turns")
        first, text = _follow(guest, accepted[0]["follow"], until_words=guest.drops)
        if guest.drops:
            time.sleep(AWAY)
            _, text = _follow(guest, accepted[0]["follow"], until_words=False)
    except (OSError, ValueError, KeyError) as error:
        guest.failed.append(f"{client_id}: {error!r}")
        return
    now = time.perf_counter() - began
    guest.heard.append(Heard(client_id, accepted[0]["turn_id"], text, first - began, now))


def _follow(guest: Guest, path: str, *, until_words: bool) -> tuple[float, str]:
    """When the first words were there, and the last text. The connection is dropped then, or read to its end."""
    answer, first, text, final = guest.client.send("GET", path), 0.0, "", False
    with answer:
        for line in answer:
            if line.startswith(b"event: done"):
                final = True
            if line.startswith(b"data: "):
                text = json.loads(line[6:]).get("text", text)
                first = first or (time.perf_counter() if text else 0.0)
            if until_words and text:
                return first, text
    if not final:
        raise ValueError(f"the stream ended before the reply did, HTTP {answer.status}")
    return first, text


def _bare_reply(guest: Guest) -> None:
    began, first = time.perf_counter(), 0.0
    for line in guest.client.send("GET", "/reply"):
        if not first and line.startswith(b"data: "):
            first = time.perf_counter()
    guest.heard.append(Heard("", "", "", first - began, time.perf_counter() - began))


def _counted(settings: Settings, guests: Sequence[Guest]) -> dict[str, object]:
    """What stands in the database against what the guests were told, asked once the server is gone."""
    lost = doubled = truncated = 0
    with open_engine(settings) as engine:
        engine.work.drain(START)
        for guest in guests:
            person = engine.play.player_of(guest.client.session).user_id
            turns = engine.play.session(person, guest.client.session).turns[1:]
            said = {one.client_id: one for one in guest.heard}
            found = [one.turn.client_id for one in turns]
            lost += len(said.keys() - {*found}) + sum(one.reply is None for one in turns)
            doubled += len(found) - len({*found}) + sum(len(one.takes) > 1 for one in turns)
            replies = {one.turn.client_id: one.reply.content for one in turns if one.reply is not None}
            truncated += sum(one.text != replies.get(one.client_id, one.text) for one in said.values())
        broken = [one.invariant.code for one in engine.check() if one.ids]
    failed = [words for one in guests for words in one.failed]
    counts: dict[str, object] = {"lines": sum(len(one.heard) for one in guests), "lost": lost, "doubled": doubled}
    return counts | {"truncated": truncated, "failed": len(failed), "reasons": failed[:3], "broken_promises": broken}


@contextmanager
def _served(settings: Settings) -> Generator[str]:
    """`coldopen --api-only` on a home, as a process of its own: its host and port."""
    given = {
        "COLDOPEN_HOME": str(settings.home),
        "COLDOPEN_CONTENT": str(settings.content.resolve()),
        "COLDOPEN_DATABASE_URL": settings.database_url.get_secret_value(),
        "COLDOPEN_PICTURES_PER_SESSION": "0",
        "COLDOPEN_PORT": "0",
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("COLDOPEN_")}
    path = {"PYTHONPATH": str(Path(__file__).resolve().parents[2]), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "engine.cli", "--api-only"]
    with _process(command, inherited | path | given, settings.home) as host:
        yield host


@contextmanager
def _bare() -> Generator[str]:
    with _process([sys.executable, "-m", "engine.bench.contestants", "bare", str(PAUSE)], None, None) as host:
        yield host


@contextmanager
def _process(command: Sequence[str], env: dict[str, str] | None, cwd: Path | None) -> Generator[str]:
    """A server that prints its address in its first line with one; it is told to stop at the end."""
    server = subprocess.Popen(command, env=env, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)  # noqa: S603  (our own modules)
    watch = threading.Timer(START, server.kill)
    watch.start()
    try:
        words = (word for line in server.stdout or () for word in line.split())
        url = next((word for word in words if word.startswith("http://")), "")
        watch.cancel()
        if not url:
            raise RuntimeError("A server did not start; run `coldopen doctor`.")
        yield urlsplit(url).netloc
    finally:
        watch.cancel()
        server.terminate()
        server.wait(START)
