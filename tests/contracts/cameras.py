"""The cameras under contract, and a provider that means harm."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

from PIL import Image, ImageDraw

from engine.providers.images import Camera, Order, PictureRequest, Reference
from engine.providers.images.flux import read_instead
from engine.providers.images.offline import OfflinePainter
from engine.providers.images.replicate import Patience, ReplicateCamera
from engine.providers.prices import read_prices
from tests.stubs import Stubs

CONTENT = Path(__file__).parents[2] / "data"
PATIENT = Patience(total=20.0, call=10.0, fetch=10.0, first_pause=0.02, longest_pause=0.1)
"""As a test waits for what comes."""
HURRIED = Patience(total=2.0, call=2.0, fetch=2.0, first_pause=0.02, longest_pause=0.1)
"""As a test waits for what never comes."""


def replicate(stubs: Stubs, key: str = "", patience: Patience = PATIENT) -> ReplicateCamera:
    """The camera, led to its stub."""
    told, prices = read_instead(CONTENT), read_prices(CONTENT)
    return ReplicateCamera(key or stubs.key, stubs.replicate, prices=prices, instead=told, patience=patience)


MAKERS: Mapping[str, Callable[[Stubs], Camera]] = {
    "offline-painter": lambda _stubs: OfflinePainter(CONTENT / "painter"),
    "replicate": replicate,
}


def encoded(kind: str, side: int = 192) -> bytes:
    """A small picture of somebody, as a file of this kind."""
    picture = Image.new("RGB", (side, side), (226, 218, 204))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((side // 3, side // 6, side * 2 // 3, side // 2), fill=(214, 170, 140))
    pen.rectangle((side // 4, side // 2, side * 3 // 4, side), fill=(52, 74, 60))
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


@cache
def shown(kind: str = "PNG") -> Reference:
    """A reference picture."""
    return Reference(encoded(kind))


HINTS = {"appearance": "short black hair", "gender_tag": "1girl", "environment": "archive", "time_of_day": "night"}
WORDS = PictureRequest("solo, a woman with short black hair lifts a lamp, in a locked archive", seed=11, hints=HINTS)
ANCHORED = PictureRequest(
    "The same woman as in the reference image, lifts a lamp. Keep the same face.", references=(shown(),), seed=11
)


@dataclass
class Book:
    """Where names of drawings are kept, and what the caller wants."""

    kept: list[str] = field(default_factory=list[str])
    asked: int = 0
    wants: Callable[[int], bool] = lambda _asked: True

    def order(self, begun: str = "") -> Order:
        """An order that is kept here."""
        return Order(begun, self.kept.append, self._wanted)

    def _wanted(self) -> bool:
        self.asked += 1
        return self.wants(self.asked)


@dataclass
class Rogue:
    """A provider of one drawing that tells what it is given to tell, and what it was asked."""

    url: str = ""
    told: dict[str, Any] = field(default_factory=dict[str, Any])
    files: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict[str, Any])
    refuses: int = 0
    takes: float = 0.0
    asked: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    headers: list[dict[str, str]] = field(default_factory=list[dict[str, str]])

    def answer(self, method: str, path: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body."""
        self.asked.append((method, path))
        if path.endswith("/models/black-forest-labs/flux-schnell/predictions"):
            time.sleep(self.takes)
        if path in self.files:
            return self.files[path]
        if self.refuses:
            return self.refuses, {}, b"[]"
        drawing = {"id": "one", "model": "m", "version": "v", "status": "succeeded", "urls": {}} | self.told
        return 201 if method == "POST" else 200, {}, json.dumps(drawing).encode()

    @property
    def orders(self) -> int:
        """How many drawings were ordered."""
        return sum(method == "POST" and path.endswith("/predictions") for method, path in self.asked)


class _Handler(BaseHTTPRequestHandler):
    rogue: Rogue

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.rogue.headers.append({name.lower(): value for name, value in self.headers.items()})
        status, headers, body = self.rogue.answer(self.command, self.path)
        self.send_response(status)
        for name, value in ({"content-length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the library's own name)
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False


@contextmanager
def rogue() -> Generator[Rogue]:
    """A provider that means harm, on a port of its own."""
    made = Rogue()
    server = _Server(("127.0.0.1", 0), cast("type[_Handler]", type("Handler", (_Handler,), {"rogue": made})))
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
