"""The server: it reads a call, finds its provider, and sends the reply piece by piece, or breaks off."""

from __future__ import annotations

import json
import math
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.stubs import claude, gemini, openai, replicate
from tests.stubs.faults import PAGES, STATUSES
from tests.stubs.state import Stubs
from tests.stubs.wire import Call, Cut, Piece, Refused, Reply, Status, Wait, encoded, plain

GLANCE = 0.05
"""Seconds between two looks whether the other side has left."""


class _Provider(NamedTuple):
    answer: Callable[[Stubs, Call, str], Reply]
    error: Callable[[Call, Status], Reply]


PROVIDERS = {
    "claude": _Provider(claude.answer, claude.error),
    "gemini": _Provider(gemini.answer, gemini.error),
    "openai": _Provider(openai.answer, openai.error),
    "replicate": _Provider(replicate.answer, replicate.error),
}


class _Left(Exception):
    """The other side is gone, or the server closes."""


def respond(stubs: Stubs, call: Call) -> Reply:
    """The reply to a call, with the fault that was ordered for it."""
    provider, fault = PROVIDERS[call.provider], stubs.take(call)
    if fault in PAGES:
        return PAGES[fault]
    if fault in STATUSES:
        return provider.error(call, STATUSES[fault])
    try:
        return provider.answer(stubs, call, fault)
    except Refused as refused:
        return provider.error(call, refused.status)


def ordered(stubs: Stubs, path: str, query: dict[str, str]) -> Reply:
    """What is ordered by hand: a fault, a clean state, or the list of calls (without keys and texts)."""
    _, what, *rest = path.split("/")
    if what == "_clear":
        stubs.clear()
        return plain(b"cleared\n", kind="text/plain")
    if what == "_calls":
        told = [{"at": round(one.at, 3), "provider": one.provider, "method": one.method, "path": one.path,
                 "fault": one.fault} for one in list(stubs.calls)]  # fmt: skip
        return plain(b"\n".join(encoded(one) for one in told) + b"\n", kind="application/jsonl")
    if what != "_fault" or len(rest) != 2:
        return plain(b"Not found\n", 404, "text/plain")
    try:
        provider, name = rest
        times = query.get("times", "1")
        stubs.fault(provider, name, None if times == "always" else int(times))
    except ValueError as problem:
        return plain(f"{problem}\n".encode(), 400, "text/plain; charset=utf-8")
    return plain(f"{provider} will meet {name}\n".encode(), kind="text/plain")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "stubs"
    disable_nagle_algorithm = True
    stubs: Stubs

    def _answer(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        address = urlsplit(self.path)
        query = dict(parse_qsl(address.query, keep_blank_values=True))
        provider, _, path = address.path.removeprefix("/").partition("/")
        with suppress(_Left, OSError):
            if provider.startswith("_"):
                self._send(ordered(self.stubs, address.path, query))
            elif provider not in PROVIDERS:
                self._send(plain(b"Not found\n", 404, "text/plain"))
            else:
                headers = {name.lower(): value for name, value in self.headers.items()}
                told = (provider, self.command, unquote(f"/{path}"), _parsed(raw), headers)
                self._send(respond(self.stubs, Call(*told, at=time.time(), query=query)))
            return
        self.close_connection = True

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _send(self, reply: Reply) -> None:
        if reply.stall:
            self._wait(math.inf)
        self.send_response(reply.status)
        self.send_header("content-type", reply.kind)
        for name, value in reply.headers:
            self.send_header(name, value)
        chunked = reply.size is None
        self.send_header(*(("transfer-encoding", "chunked") if chunked else ("content-length", str(reply.size))))
        self.end_headers()
        for piece in reply.pieces:
            self._piece(piece, chunked=chunked)
        if chunked:
            self.wfile.write(b"0\r\n\r\n")

    def _piece(self, piece: Piece, *, chunked: bool) -> None:
        if isinstance(piece, Wait):
            self._wait(piece.seconds)
        elif isinstance(piece, Cut):
            if piece.reset:  # to linger for no time at all is to reset
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
            raise _Left
        elif piece:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self.stubs.closing.wait(min(left, GLANCE)) or self._alone():
                raise _Left

    def _alone(self) -> bool:
        try:
            return not self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the library's own name)
        """Say nothing."""


def _parsed(raw: bytes) -> Any:  # noqa: ANN401
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return raw.decode(errors="replace")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, handler: type[_Handler]) -> None:
        super().__init__(("127.0.0.1", port), handler)
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401
        self._open.discard(request)
        with suppress(OSError):  # it may have been reset
            super().shutdown_request(request)

    def hang_up(self) -> None:
        """End every connection that is still open."""
        for one in list(self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Say nothing of a client that left, but tell mistakes of our own."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


@contextmanager
def serving(port: int = 0) -> Generator[Stubs]:
    """The stubs on a port of their own, for as long as the block lasts; what hangs is let go at its end."""
    stubs = Stubs()
    server = _Server(port, cast("type[_Handler]", type("Handler", (_Handler,), {"stubs": stubs})))
    stubs.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield stubs
    finally:
        stubs.closing.set()
        server.shutdown()
        server.server_close()
        server.hang_up()
        thread.join()
