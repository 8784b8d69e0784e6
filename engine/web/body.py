"""The size of what is sent to us: a body is read whole and small, or refused while it is being read."""

from __future__ import annotations

import asyncio

from engine.errors import BadInput
from engine.web.asgi import SAFE_METHODS, App, Message, Receive, Scope, Send, below
from engine.web.problems import TooLarge

LIMIT = 64 * 1024
"""Bytes of a JSON body: four times what the longest line can need."""
DRAINED = 4 * 1024 * 1024
"""Bytes that are still read and thrown away, so that whoever sent them hears why they were refused."""
PATIENCE = 15.0
"""Seconds that a body may take to arrive."""


class SmallBodies:
    """Holds back a request until its body is there, and refuses a large one; the apps at `mounts` see to their own."""

    def __init__(self, app: App, mounts: tuple[str, ...], patience: float = PATIENCE) -> None:
        self._app = app
        self._mounts = mounts
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold back a request until its body is there. Raises TooLarge or BadInput."""
        ours = scope["type"] == "http" and not below(scope["path"], self._mounts)
        if not ours or scope["method"] in SAFE_METHODS:
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._patience):
                body = await _read(receive)
        except TimeoutError as error:
            raise BadInput("The body of this request never came to an end.") from error
        if body is not None:
            await self._app(scope, _replay(body, receive), send)


async def _read(receive: Receive) -> bytes | None:
    """The whole body; None when whoever sent it has gone. Raises TooLarge."""
    pieces, size, more = list[bytes](), 0, True
    while more and size <= DRAINED:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        piece: bytes = message.get("body", b"")
        size += len(piece)
        if size <= LIMIT:
            pieces.append(piece)
        more = message.get("more_body", False)
    if size > LIMIT:
        raise TooLarge(f"That is too much at once: at most {LIMIT // 1024} KB, please.")
    return b"".join(pieces)


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed
