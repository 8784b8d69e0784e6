"""`coldopen bench stream`: Play's own stream beside Gradio's chat and a bare route, in the same run.

First delta: from sending a line until the first words of its reply have arrived, one client, a model that speaks a
piece every 30 ms. Throughput: whole replies a second with many clients at once, a model without latency. Each client
is a thread over plain HTTP that reads its reply to the end; the servers are processes of their own.
"""

from __future__ import annotations

import http.client
import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from engine.bench.contestants import NAMES
from engine.bench.rows import quiet, row

SPEAKING = 0.03
START = 90.0
JSON = {"content-type": "application/json"}
Turn = Callable[["Client", str], float]


@dataclass(slots=True)
class Client:
    """One browser: its connection, its cookie, its session. `number` tells its clients' ids apart."""

    host: str
    cookie: str = ""
    session: str = ""
    number: int = 0

    def send(self, method: str, path: str, body: object = None) -> http.client.HTTPResponse:
        """One request, answered up to its headers."""
        connection = http.client.HTTPConnection(self.host, timeout=60)
        headers = JSON | ({"cookie": self.cookie} if self.cookie else {})
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        return connection.getresponse()

    def told(self, method: str, path: str, body: object) -> dict[str, str]:
        """One request and its JSON; the cookie is kept."""
        answer = self.send(method, path, body)
        given = answer.getheader("set-cookie")
        self.cookie = given.partition(";")[0] if given else self.cookie
        return json.loads(answer.read())


def measure(rounds: int, clients: int, turns: int) -> Iterator[str]:
    """Rows of JSON: the noise, then medians over the rounds for each contestant, and their ratios to the bare route."""
    yield quiet("stream")
    first = _rounds(SPEAKING, rounds, lambda name, host: _first_delta(name, host, turns))
    yield from _told("first delta, one client", "ms", first)
    many = _rounds(0.0, rounds, lambda name, host: _throughput(name, host, clients, turns))
    yield from _told(f"replies, {clients} clients", "replies_a_second", many)
    yield quiet("stream")


def _rounds(pause: float, rounds: int, one: Callable[[str, str], float]) -> dict[str, list[float]]:
    """Every contestant in every round, one after the other."""
    figures: dict[str, list[float]] = {name: [] for name in NAMES}
    with _served(pause) as hosts:
        for name in NAMES:
            one(name, hosts[name])  # the first replies of a process pay for its imports
        for _ in range(rounds):
            for name in NAMES:
                figures[name].append(one(name, hosts[name]))
    return figures


def _told(what: str, unit: str, figures: dict[str, list[float]]) -> Iterator[str]:
    base = figures["bare"]
    for name, values in figures.items():
        ratio = statistics.median(value / floor for value, floor in zip(values, base, strict=True))
        spoken = {unit: round(statistics.median(values), 2), "worst": round(_worst(values, unit), 2)}
        yield row("stream", what, contestant=name, **spoken, ratio_to_bare=round(ratio, 2), rounds=len(values))


def _worst(values: list[float], unit: str) -> float:
    return max(values) if unit == "ms" else min(values)


@contextmanager
def _served(pause: float) -> Generator[dict[str, str]]:
    """Every contestant, served: host and port by name."""
    command = [sys.executable, "-m", "engine.bench.contestants"]
    servers = {
        name: subprocess.Popen([*command, name, str(pause)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603  (our own module)
        for name in NAMES
    }
    try:
        yield {name: _host(server) for name, server in servers.items()}
    finally:
        for server in servers.values():
            server.terminate()
        for server in servers.values():
            server.wait(10)


def _host(server: subprocess.Popen[bytes]) -> str:
    watch = threading.Timer(START, server.kill)
    watch.start()
    assert server.stdout is not None  # noqa: S101  (asked for as a pipe above)
    line = server.stdout.readline().decode().strip()
    watch.cancel()
    if not line:
        raise RuntimeError("A contestant did not start; run `coldopen doctor`.")
    return urlsplit(line).netloc


def _first_delta(name: str, host: str, turns: int) -> float:
    """Median milliseconds to the first words, over the turns of one client."""
    client = _client(name, host, 0)
    return statistics.median(_TURNS[name](client, f"{time.monotonic_ns()}") * 1000 for _ in range(turns))


def _throughput(name: str, host: str, clients: int, turns: int) -> float:
    """Whole replies a second."""
    crowd = [_client(name, host, number) for number in range(clients)]
    threads = [threading.Thread(target=_some_turns, args=(name, one, turns)) for one in crowd]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return clients * turns / (time.perf_counter() - began)


def _some_turns(name: str, client: Client, turns: int) -> None:
    for _ in range(turns):
        _TURNS[name](client, f"{client.number}-{time.monotonic_ns()}")


def _client(name: str, host: str, number: int) -> Client:
    """A client; for Play introduced, and with an episode begun."""
    client = Client(host, number=number)
    if name == "play":
        client.told("POST", "/api/v1/people", {"name": f"Bench {number}"})
        client.session = client.told("POST", "/api/v1/chat/sessions", {"episode": "bench"})["id"]
    return client


def _play(client: Client, line_id: str) -> float:
    began = time.perf_counter()
    path = f"/api/v1/chat/sessions/{client.session}/lines"
    accepted = client.told("POST", path, {"client_id": line_id, "text": "Go on."})
    return _read(client.send("GET", accepted["follow"]), began)


def _bare(client: Client, line_id: str) -> float:
    del line_id
    began = time.perf_counter()
    return _read(client.send("GET", "/reply"), began)


def _chat(client: Client, line_id: str) -> float:
    del line_id
    began = time.perf_counter()
    event = client.told("POST", "/chat/gradio_api/call/chat", {"data": ["Go on."]})["event_id"]
    return _read(client.send("GET", f"/chat/gradio_api/call/chat/{event}"), began)


_TURNS: dict[str, Turn] = {"bare": _bare, "play": _play, "chat": _chat, "chat_unlimited": _chat}


def _read(answer: http.client.HTTPResponse, began: float) -> float:
    """Seconds until the first words; the reply is read to its end."""
    first = 0.0
    for line in answer:
        if not first and line.startswith(b"data:") and b"looked up" in line:
            first = time.perf_counter() - began
    if not first:
        raise RuntimeError(f"A reply had no words: HTTP {answer.status}.")
    return first
