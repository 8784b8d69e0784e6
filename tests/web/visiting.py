"""A real server on a free port, visitors who keep their cookies, and the events of a reply."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi.responses import HTMLResponse

from engine.web.app import build_app
from engine.web.server import Server, listen, url_of
from engine.web.shell import Shell
from engine.wiring import Engine
from tests import tiny

SOON = 10.0


@dataclass(frozen=True, slots=True)
class Site:
    """A running server."""

    url: str
    engine: Engine
    shell: Shell
    server: Server

    def visitor(
        self,
        *,
        headers: dict[str, str] | None = None,
        cookies: httpx.Cookies | None = None,
        follow_redirects: bool = False,
    ) -> httpx.Client:
        """Somebody's browser, not yet introduced."""
        return httpx.Client(
            base_url=self.url, timeout=SOON, headers=headers, cookies=cookies, follow_redirects=follow_redirects
        )

    def joined(self, name: str = "Ana") -> httpx.Client:
        """Somebody's browser, introduced."""
        visitor = self.visitor()
        assert visitor.post("/api/v1/people", json={"name": name}).status_code == 201
        return visitor


@contextlib.contextmanager
def running(engine: Engine, *, lines_a_minute: int = 500, faces: bool = False) -> Generator[Site]:
    """The whole application on a free port of this machine, until the block ends.

    Without `faces` a still page stands behind each app's door, which saves seconds of imports.
    """
    if faces:
        _forget_the_last_studio()
    held = listen("127.0.0.1", 0)
    app = build_app(engine, lines_a_minute=lines_a_minute, faces=faces)
    if not faces:
        for path in ("/studio", "/play"):
            app.mount(path, HTMLResponse(f"<!doctype html><title>Coldopen</title>{path}"))
    up = threading.Event()
    server = Server(app, app.state.shell.closing, up.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [held]}, daemon=True)
    thread.start()
    assert up.wait(SOON)
    try:
        yield Site(url_of(held), engine, app.state.shell, server)
    finally:
        server.should_exit = True
        thread.join(SOON)
        assert not thread.is_alive()


def _forget_the_last_studio() -> None:
    """Streamlit allows one runtime in a process, and keeps that of a server which has ended."""
    from streamlit.runtime import Runtime  # noqa: PLC0415  (takes a second, and only who serves the apps needs it)

    Runtime._instance = None  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def started(visitor: httpx.Client, episode: str = tiny.FIRST) -> dict[str, Any]:
    """The session of an episode, new or resumed."""
    answer = visitor.post("/api/v1/chat/sessions", json={"episode": episode})
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def said(visitor: httpx.Client, session_id: str, text: str, client_id: str) -> str:
    """Say a line and wait for the reply: the turn's id."""
    answer = visitor.post(f"/api/v1/chat/sessions/{session_id}/lines", json={"client_id": client_id, "text": text})
    assert answer.status_code == 202, answer.text
    assert list(events(visitor, answer.json()["follow"]))[-1][0] == "done"
    return answer.json()["turn_id"]


def seen(visitor: httpx.Client, session_id: str) -> dict[str, Any]:
    """The session as it stands."""
    return visitor.get(f"/api/v1/chat/sessions/{session_id}").json()


def events(visitor: httpx.Client, url: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The named events of a stream, each with its data."""
    with visitor.stream("GET", url) as answer:
        assert answer.status_code == 200, answer.read()
        name = ""
        for line in answer.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield name, json.loads(line.removeprefix("data: "))


def ready_scene(visitor: httpx.Client, session_id: str) -> dict[str, Any]:
    """The session's first picture, once it is drawn."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        for scene in visitor.get("/api/v1/scenes", params={"session": session_id}).json()["scenes"]:
            if scene["state"] == "ready":
                return scene
        time.sleep(0.1)
    raise AssertionError("no picture came")
