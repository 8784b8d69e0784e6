"""A server on this machine that speaks OpenAI's `POST /v1/embeddings`, and breaks as it is told.

Its vectors are counts of hashed stems, and a few words that mean the same count as one: enough to be found by meaning.
"""

from __future__ import annotations

import json
import threading
import zlib
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from engine.kernel.stems import STOP_WORDS, stem, words

KEY = "sk-quite-secret-0123456789"
SIZE = 96
SAME = {"dog": "hound", "puppy": "hound", "physician": "doctor", "automobile": "car", "ocean": "sea", "ill": "sick"}


@dataclass(frozen=True)
class Reply:
    """What is sent; with a pause the body, or from its first line on all of it, is sent byte for byte."""

    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    slowly: float = 0.0
    from_the_start: bool = False


Fault = Callable[[Sequence[str]], Reply]


@dataclass
class Asked:
    """A request."""

    texts: list[str]
    model: str
    key: str | None
    path: str


@dataclass
class EmbeddingServer:
    """The running server: its address, what it was asked, and what is wrong with it."""

    url: str = ""
    size: int = SIZE
    asked: list[Asked] = field(default_factory=list[Asked])
    fault: Fault | None = None
    connections: int = 0
    during: Callable[[], object] = lambda: None
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def texts(self) -> list[str]:
        """Every text that was sent."""
        return [text for one in self.asked for text in one.texts]

    def answer(self, told: Asked) -> Reply:
        """Remember a request and answer it."""
        self.asked.append(told)
        self.during()
        if self.fault is not None:
            return self.fault(told.texts)
        return vectors([bag(text, told.model, self.size) for text in told.texts])


def bag(text: str, model: str = "bags", size: int = SIZE) -> list[float]:
    """A text's vector; another model puts every word elsewhere."""
    counts = [0.0] * size
    counts[0] = 0.1  # so that no text points nowhere
    for word in (word for word in words(text) if word not in STOP_WORDS):
        counts[1 + zlib.crc32(f"{model} {stem(SAME.get(word, word))}".encode()) % (size - 1)] += 1.0
    return counts


def vectors(found: Sequence[Sequence[float]], order: Sequence[int] | None = None) -> Reply:
    """An answer with these vectors, told in another order where one is given."""
    data = [
        {"object": "embedding", "index": place, "embedding": list(found[place])} for place in order or range(len(found))
    ]
    return Reply(json.dumps({"object": "list", "data": data, "model": "bags", "usage": {"prompt_tokens": 1}}).encode())


def status(code: int, *headers: tuple[str, str]) -> Fault:
    """An error that repeats the key, as some servers do."""
    return lambda _: Reply(json.dumps({"error": {"message": f"Incorrect API key: {KEY}"}}).encode(), code, headers)


def spoilt(change: Callable[[list[Any]], object]) -> Fault:
    """A right answer, after something was done to its vectors."""

    def fault(texts: Sequence[str]) -> Reply:
        found: list[Any] = [bag(text) for text in texts]
        change(found)
        return vectors(found)

    return fault


def slow(texts: Sequence[str]) -> Reply:
    """A right answer that trickles, and would take minutes."""
    return Reply(vectors([bag(text) for text in texts]).body, slowly=0.05)


def _each(value: object) -> Callable[[list[Any]], object]:
    return lambda found: found[-1].__setitem__(3, value)


FAULTS: dict[str, Fault] = {
    "500": status(500),
    "401": status(401),
    "404": status(404),
    "a redirection": status(307, ("Location", "/elsewhere/embeddings")),
    "429": status(429, ("Retry-After", "7")),
    "503": status(503),
    "trickling": slow,
    "one vector too few": spoilt(lambda found: found.pop()),
    "one vector too many": spoilt(lambda found: found.append(found[0])),
    "not a number": spoilt(_each(float("nan"))),
    "endless numbers": spoilt(_each(float("inf"))),
    "words for numbers": spoilt(_each("0.5")),
    "nothing for a number": spoilt(_each(None)),
    "no direction": spoilt(lambda found: found.__setitem__(-1, [0.0] * SIZE)),
    "no numbers": spoilt(lambda found: found.__setitem__(-1, [])),
    "another length": spoilt(lambda found: found.__setitem__(-1, found[-1][:-1])),
    "broken JSON": lambda _: Reply(b'{"data": [{"embedding": [0.1, '),
    "other JSON": lambda _: Reply(b'["hello"]'),
    "a web page": lambda _: Reply(b"<html>It works!</html>"),
    "nothing": lambda _: Reply(b""),
    "one number twice": lambda texts: Reply(
        json.dumps({"data": [{"index": 5, "embedding": bag(text)} for text in texts]}).encode()
    ),
}
"""Everything that can be wrong with an answer."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    speaker: EmbeddingServer

    def setup(self) -> None:
        super().setup()
        self.speaker.connections += 1

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        reply = self.speaker.answer(Asked(told["input"], told["model"], self.headers["Authorization"], self.path))
        try:
            self._send(reply)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _send(self, reply: Reply) -> None:
        if reply.from_the_start:
            self._trickle(
                b"HTTP/1.1 200 OK\r\nX-Slow: %b\r\nContent-Length: 2\r\n\r\n{}" % (b"." * 3_000), reply.slowly
            )
            return
        self.send_response(reply.status)
        for name, value in (("Content-Length", str(len(reply.body))), *reply.headers):
            self.send_header(name, value)
        self.end_headers()
        if reply.slowly:
            self._trickle(reply.body, reply.slowly)
        else:
            self.wfile.write(reply.body)

    def _trickle(self, data: bytes, pause: float) -> None:
        for place in range(len(data)):
            self.wfile.write(data[place : place + 1])
            if self.speaker.closing.wait(pause):
                return

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the library's own name)
        """Say nothing."""


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that left."""


@contextmanager
def serving() -> Generator[EmbeddingServer]:
    """A server for as long as the block lasts."""
    told = EmbeddingServer()
    server = _Quiet(("127.0.0.1", 0), type("Handler", (_Handler,), {"speaker": told}))
    told.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        told.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
