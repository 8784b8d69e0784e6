"""Event streams: merged, kept open, and over when the server stops."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from engine.errors import ColdopenError, Conflict, ProviderBusy, ProviderDown
from engine.play.follow import Frame
from engine.settings import Settings
from engine.web.api.replies import unhurried
from engine.web.pace import Pace
from engine.web.problems import Catch, TooFast, answer
from engine.wiring import open_engine
from tests.conftest import quiet
from tests.web.visiting import events, running, seen, started

ROOT = Path(__file__).resolve().parents[2]
SERVED = """
import sys
from pathlib import Path
from engine.settings import load_settings
from engine.web.app import serve
from engine.wiring import open_engine
home, url = Path(sys.argv[1]), sys.argv[2]
with open_engine(load_settings(home=home, database_url=url, actor_delay=1.0), serving=True) as engine:
    serve(engine, "127.0.0.1", 0, ready=lambda url: print(url, flush=True), faces=False)
print("closed", flush=True)
"""


async def _frames(pauses: list[float]) -> AsyncIterator[Frame]:
    text = ""
    for number, pause in enumerate(pauses):
        await asyncio.sleep(pause)
        text += f"{number} "
        yield Frame("turn", "take", "speaking", text)
    yield Frame("turn", "take", "complete", text)


async def _told(pauses: list[float], merged: float, beat: float, closing: asyncio.Event) -> list[Frame | None]:
    return [one async for one in unhurried(_frames(pauses), closing, merged, beat)]


def test_the_last_frame_always_comes() -> None:
    told = asyncio.run(_told([0.0] * 20, 0.001, 5, asyncio.Event()))
    assert told[-1] == Frame("turn", "take", "complete", "".join(f"{n} " for n in range(20)))


def test_silence_is_filled_with_beats() -> None:
    told = asyncio.run(_told([0.2], 0.0, 0.05, asyncio.Event()))
    assert told[0] is None
    assert told[-1] is not None


def test_a_stream_ends_when_the_house_closes() -> None:
    async def closed_soon() -> float:
        closing = asyncio.Event()
        asyncio.get_running_loop().call_later(0.05, closing.set)
        began = time.monotonic()
        await _told([30.0], 0.0, 10, closing)
        return time.monotonic() - began

    assert asyncio.run(closed_soon()) < 15


def test_the_server_stops_within_seconds_while_a_reply_is_followed(house: Settings) -> None:
    slow = quiet(house.home, house.database_url.get_secret_value(), actor_delay=1.0)
    with open_engine(slow) as engine, ThreadPoolExecutor(1) as one:
        with running(engine) as site:
            ana = site.joined()
            session = started(ana)
            url = f"/api/v1/chat/sessions/{session['id']}/lines"
            follow = ana.post(url, json={"client_id": "1", "text": "Speak slowly."}).json()["follow"]
            told = one.submit(lambda: list(events(ana, follow)))
            time.sleep(1.5)
            began = time.monotonic()
        assert time.monotonic() - began < 12
        names = [name for name, _ in told.result(15)]
        assert names
        assert "done" not in names


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_a_served_engine_is_closed_in_order_when_told_to_stop(house: Settings, told: signal.Signals) -> None:
    given = [sys.executable, "-c", SERVED, str(house.home), house.database_url.get_secret_value()]
    with subprocess.Popen(given, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603  (our own Python)
        assert server.stdout is not None
        with httpx.Client(base_url=server.stdout.readline().strip(), timeout=10) as ana, ThreadPoolExecutor(1) as one:
            ana.post("/api/v1/people", json={"name": "Ana"})
            url = f"/api/v1/chat/sessions/{started(ana)['id']}/lines"
            follow = ana.post(url, json={"client_id": "1", "text": "Speak slowly."}).json()["follow"]
            following = one.submit(lambda: list(events(ana, follow)))
            time.sleep(1)
            server.send_signal(told)
            began = time.monotonic()
            assert server.stdout.read() == "closed\n"
            assert server.wait(10) == 0
            assert time.monotonic() - began < 12
            assert following.result(15)


def test_stopping_a_slow_reply_keeps_what_was_said(house: Settings) -> None:
    slow = quiet(house.home, house.database_url.get_secret_value(), actor_delay=0.3)
    with open_engine(slow) as engine, running(engine) as site:
        ana = site.joined()
        session = started(ana)
        url = f"/api/v1/chat/sessions/{session['id']}/lines"
        sent = ana.post(url, json={"client_id": "1", "text": "Tell me everything."}).json()
        stopped, last = False, {}
        for _, last in events(ana, sent["follow"]):
            if last["text"] and not stopped:
                stopped = ana.post(f"/api/v1/chat/turns/{sent['turn_id']}/stop").json()["was_speaking"]
        assert (stopped, last["state"]) == (True, "stopped")
        assert seen(ana, session["id"])["turns"][1]["reply"]["text"] == last["text"]


def test_a_fault_of_ours_is_one_sentence_and_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("the secret is 1234")

    transport = httpx.ASGITransport(Catch(broken))  # pyright: ignore[reportArgumentType]

    async def asked() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.get("/")

    told = asyncio.run(asked())
    assert (told.status_code, told.json()["kind"]) == (500, "Fault")
    assert "1234" not in told.text
    assert "1234" in caplog.text


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Conflict("x"), 409),
        (ProviderDown("x"), 502),
        (ProviderBusy("x", retry_after=3), 503),
        (ColdopenError("x"), 500),
    ],
)
def test_each_refusal_has_its_status(error: ColdopenError, status: int) -> None:
    assert answer(error).status_code == status


def test_the_pace_slides() -> None:
    now = [0.0]
    pace = Pace(2, "Slower, please.", clock=lambda: now[0])
    pace.count("ana", "a")
    now[0] = 30
    pace.count("ana", "b")
    pace.count("ana", "b")
    with pytest.raises(TooFast) as refused:
        pace.count("ana", "c")
    assert refused.value.retry_after == 30
    pace.count("ben", "c")
    now[0] = 60.5
    pace.count("ana", "c")
