"""The server: takes its port before anything else starts, and lets go of everybody within seconds when told to stop."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import socket
import threading
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

import uvicorn

from engine.errors import SettingsProblem
from engine.web.hosts import ANY_ADDRESS, is_loopback

if TYPE_CHECKING:
    import asyncio

    from fastapi import FastAPI

    from engine.settings import Settings

GRACE = 3
"""Seconds that a running answer gets when the server is told to stop."""
BACKLOG = 256


def must_be_safe(settings: Settings, host: str) -> None:
    """Refuse to be reachable by others without an access key. Raises SettingsProblem."""
    reachable = settings.reachable_by_others or not is_loopback(host)
    if reachable and not settings.access_key.get_secret_value():
        raise SettingsProblem(
            f"COLDOPEN_HOST={host} lets other machines in: set COLDOPEN_ACCESS_KEY to a secret of yours first "
            "(playing needs no key, everything else does), or leave COLDOPEN_HOST at 127.0.0.1."
        )


def listen(host: str, port: int) -> socket.socket:
    """A socket that holds the port. Raises SettingsProblem when it cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise SettingsProblem(f"COLDOPEN_HOST: {host!r} is not an address that can be listened on.") from error
    held = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(address)
        held.listen(BACKLOG)
    except OSError as error:
        held.close()
        raise SettingsProblem(_why_not(error, host, port)) from error
    return held


def url_of(held: socket.socket) -> str:
    """The address to open in a browser."""
    host, port = held.getsockname()[:2]
    shown = "127.0.0.1" if host in ANY_ADDRESS else host
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


class Server(uvicorn.Server):
    """Says when it is ready, and tells open streams to end as soon as it stops."""

    def __init__(self, app: FastAPI, closing: asyncio.Event, ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=GRACE)
        )
        self._closing = closing
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop answering."""
        self._closing.set()
        await super().shutdown(sockets)


@contextlib.contextmanager
def signals_end_here() -> Generator[None]:
    """Let a signal to stop only stop the server within.

    Uvicorn raises it again afterwards, when whoever called us still has an engine to close.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: signal.signal(each, lambda *_: None) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program. Stop it, or set COLDOPEN_PORT to another one (0 = any free)."
    if error.errno == errno.EACCES:
        return f"Port {port} may not be used by you. Set COLDOPEN_PORT to one above 1023 (0 = any free)."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"COLDOPEN_HOST: {host} is not an address of this machine."
    return f"Cannot listen on {host} port {port} ({error.strerror}). Set COLDOPEN_HOST and COLDOPEN_PORT."
