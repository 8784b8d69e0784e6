"""The front door: hosts and origins are checked, the access key is taken, and what is the team's stays the team's."""

from __future__ import annotations

from fastapi.responses import HTMLResponse

from engine.errors import Forbidden
from engine.web.asgi import App, Receive, Scope, Send, below, header
from engine.web.front.pages import Pages
from engine.web.hosts import check_host, check_origin
from engine.web.identity import KEY_HEADER, AccessKey, is_https

TEAM_ONLY = ("/studio", "/api/v1/docs", "/api/v1/openapi.json")
WITHOUT_SLASH = ("/studio", "/play")
"""Where the apps are mounted: opened without the last slash they answer all the same."""
_NEEDED = f"This needs the access key: open this address once with ?key=… behind it, or send it as {KEY_HEADER}."


class Door:
    """Lets in what may come in."""

    def __init__(self, app: App, key: AccessKey, pages: Pages, listening_on: str) -> None:
        self._app = app
        self._key = key
        self._pages = pages
        self._listening_on = listening_on

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it here. Raises Forbidden or TooFast."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        check_host(scope, self._listening_on)
        check_origin(scope)
        response = self._answer(scope) if scope["type"] == "http" else None
        if response is not None:
            await response(scope, receive, send)
            return
        if below(scope["path"], TEAM_ONLY) and not self._key.is_team(scope):
            raise Forbidden(_NEEDED)
        if scope["path"] in WITHOUT_SLASH:
            scope = {**scope, "path": scope["path"] + "/"}
        await self._app(scope, receive, send)

    def _answer(self, scope: Scope) -> App | None:
        """What the door itself says: the way on with a key, or a page for whoever reads one."""
        entering = self._key.entering(scope, https=is_https(scope)) if scope["method"] == "GET" else None
        if entering is not None:
            return entering
        reads_pages = scope["method"] == "GET" and "text/html" in header(scope, "accept")
        if reads_pages and below(scope["path"], TEAM_ONLY) and not self._key.is_team(scope):
            return HTMLResponse(self._pages.sentence(_NEEDED), 403)
        return None
