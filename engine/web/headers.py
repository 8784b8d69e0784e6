"""Headers that every answer carries. Plain ASGI, so that a stream passes untouched."""

from __future__ import annotations

from collections.abc import Mapping

from engine.web.asgi import App, Message, Receive, Scope, Send, below

_NOTHING_ELSE = "form-action 'self'; base-uri 'self'; object-src 'none'; frame-src 'none'; frame-ancestors 'none'"
OURS = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; font-src 'self'; "
    + _NOTHING_ELSE.replace("base-uri 'self'", "base-uri 'none'")
)
"""What our own pages may load: files of this server, no script or style written into a page."""

STUDIO = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; script-src 'self' blob:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; " + _NOTHING_ELSE
)
"""What Streamlit needs to work."""

PLAY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; font-src 'self' data:; connect-src 'self'; "
    "worker-src 'self' blob:; " + _NOTHING_ELSE
)
"""What Gradio needs to work: its page starts from a script written into it and compiles templates."""

POLICIES: Mapping[str, str] = {"/studio": STUDIO, "/play": PLAY}
EVERYWHERE: Mapping[str, str] = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Headers:
    """Sets the headers of every HTTP answer, in place of what an app below set."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and set the headers of its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        ours = _encoded(self._wanted(scope["path"]))

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(key, value) for key, value in message.get("headers", ()) if key.lower() not in ours]
                message["headers"] = [*kept, *ours.items()]
            await send(message)

        await self._app(scope, receive, with_headers)

    def _wanted(self, path: str) -> dict[str, str]:
        policy = next((POLICIES[mount] for mount in POLICIES if below(path, (mount,))), OURS)
        wanted = {**EVERYWHERE, "content-security-policy": policy}
        if path.startswith("/api"):
            wanted["cache-control"] = "no-store"
        return wanted


def _encoded(headers: Mapping[str, str]) -> dict[bytes, bytes]:
    return {key.encode("latin-1"): value.encode("latin-1") for key, value in headers.items()}
