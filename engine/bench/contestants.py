"""What `coldopen bench stream` measures, each in a process of its own: Play's stream, a bare route, Gradio's chat.

All three speak the same reply: `PIECES` pieces of about six tokens, with the same pause before each.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import uvicorn

from engine.bench.ground import ground
from engine.bench.turn import prepare
from engine.providers.llm import Answer, Ask, Finished, Prompt, Usage
from engine.web.server import listen, url_of

if TYPE_CHECKING:
    import socket

PIECES = 12
PIECE = "and then she looked up again, "
NAMES = ("bare", "play", "chat", "chat_unlimited")
ANY_NUMBER = 1_000_000


@dataclass(frozen=True, slots=True)
class Script:
    """An actor that speaks the reply and notices nothing."""

    pause: float
    name: str = "bench"
    model: str = "bench"

    def stream(self, prompt: Prompt, *, seed: int, max_tokens: int) -> Iterator[str | Finished]:
        """The reply, piece by piece."""
        del prompt, seed, max_tokens
        for _ in range(PIECES):
            time.sleep(self.pause)
            yield PIECE
        yield Finished("stop", self.model, Usage())

    def answer(self, ask: Ask) -> Answer:
        """Nothing was noticed."""
        del ask
        nothing: dict[str, Any] = {"memories": [], "hooks": [], "tension_change": 0, "tone": "", "beat": ""}
        return Answer(nothing, self.model, Usage())


def play(held: socket.socket, pause: float) -> None:
    """The whole application as it is served, with one long episode."""
    from engine.web.app import build_app  # noqa: PLC0415  (only this contestant needs it)
    from engine.wiring import open_engine  # noqa: PLC0415

    with ground() as here:
        settings = here.new("play")
        prepare(settings)
        with open_engine(settings, actor=Script(pause)) as engine:
            _run(build_app(engine, lines_a_minute=ANY_NUMBER), held)


def bare(held: socket.socket, pause: float) -> None:
    """The least that can stream: one Starlette route, no database, no identity."""
    from starlette.applications import Starlette  # noqa: PLC0415
    from starlette.requests import Request  # noqa: PLC0415
    from starlette.responses import StreamingResponse  # noqa: PLC0415
    from starlette.routing import Route  # noqa: PLC0415

    async def pieces() -> AsyncIterator[str]:
        said = ""
        for _ in range(PIECES):
            await asyncio.sleep(pause)
            said += PIECE
            yield f"data: {json.dumps({'text': said})}\n\n"

    async def reply(_: Request) -> StreamingResponse:
        return StreamingResponse(pieces(), media_type="text/event-stream")

    _run(Starlette(routes=[Route("/reply", reply)]), held)


def chat(held: socket.socket, pause: float, limit: int | None = 1) -> None:
    """Gradio's ChatInterface: as it comes (one reply at a time), or without that limit."""
    import gradio as gr  # noqa: PLC0415
    from fastapi import FastAPI  # noqa: PLC0415

    def reply(message: str, history: object) -> Iterator[str]:
        del message, history
        said = ""
        for _ in range(PIECES):
            time.sleep(pause)
            said += PIECE
            yield said

    app = FastAPI()
    gr.mount_gradio_app(app, gr.ChatInterface(reply, concurrency_limit=limit, api_name="chat"), path="/chat")
    _run(app, held)


def _run(app: Any, held: socket.socket) -> None:  # noqa: ANN401  (any ASGI application)
    """Answer until told to stop."""
    sys.stdout.write(url_of(held) + "\n")
    sys.stdout.flush()
    uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1)).run(sockets=[held])


def main(name: str, pause: float) -> None:
    """Serve one contestant on a free port; its address is the first line printed."""
    held = listen("127.0.0.1", 0)
    if name == "play":
        play(held, pause)
    elif name == "bare":
        bare(held, pause)
    else:
        chat(held, pause, None if name == "chat_unlimited" else 1)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
