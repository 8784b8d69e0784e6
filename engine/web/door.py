"""The front door: hosts and origins are checked, the access key is taken, and what is the team's stays the team's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse, RedirectResponse

from engine.errors import Forbidden
from engine.web.asgi import App, Receive, Scope, Send, below, header
from engine.web.front.pages import Pages
from engine.web.hosts import check_host, check_origin
from engine.web.identity import KEY_HEADER, AccessKey, is_https

INTRODUCED = ("/studio", "/play")
"""Pages that want to know who one is: whoever opens one without a name says it first."""
TEAM_ONLY = ("/studio", "/api/v1/docs", "/api/v1/openapi.json")
_NEEDED = f"This needs the access key: open this address once with ?key=… behind it, or send it as {KEY_HEADER}."


Knows = Callable[[Scope], bool]
"""Whether a request comes from somebody who is known here."""


class Door:
    """Lets in what may come in."""

    def __init__(self, app: App, key: AccessKey, pages: Pages, knows: Knows, listening_on: str) -> None:
        self._app = app
        self._key = key
        self._pages = pages
        self._knows = knows
        self._listening_on = listening_on

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it here. Raises Forbidden or TooFast."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        check_host(scope, self._listening_on)
        check_origin(scope)
        response = await self._answer(scope) if scope["type"] == "http" else None
        if response is not None:
            await response(scope, receive, send)
            return
        if below(scope["path"], TEAM_ONLY) and not self._key.is_team(scope):
            raise Forbidden(_NEEDED)
        if scope["type"] == "http" and scope["path"] in INTRODUCED:
            await RedirectResponse(_address(scope), 307)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _answer(self, scope: Scope) -> App | None:
        """What the door itself says: the way on with a key, a page for whoever reads one, the question for a name."""
        entering = self._key.entering(scope, https=is_https(scope)) if scope["method"] == "GET" else None
        if entering is not None:
            return entering
        path = scope["path"]
        if scope["method"] != "GET" or "text/html" not in header(scope, "accept"):
            return None
        if below(path, TEAM_ONLY) and not self._key.is_team(scope):
            return HTMLResponse(self._pages.sentence(_NEEDED), 403)
        if below(path, INTRODUCED) and not await asyncio.to_thread(self._knows, scope):
            return RedirectResponse(f"/hello?{urlencode({'next': _address(scope)})}", 303)
        return None


def _address(scope: Scope) -> str:
    """Where the request was going; an app's own address ends with a slash."""
    path = scope["path"] + ("/" if scope["path"] in INTRODUCED else "")
    query = scope.get("query_string", b"").decode("latin-1")
    return f"/{path.lstrip('/')}?{query}" if query else f"/{path.lstrip('/')}"
