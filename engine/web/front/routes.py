"""Where our own pages and their files are found."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from engine.web.front.pages import Pages, file

_TEXT = {
    "/house.css": ("house.css", "text/css"),
    "/front.css": ("front.css", "text/css"),
    "/front.svg": ("front.svg", "image/svg+xml"),
    "/hello.js": ("hello.js", "text/javascript"),
    "/api/v1/docs.js": ("docs.js", "text/javascript"),
}
_FONTS = ("newsreader.woff2", "newsreader-italic.woff2", "instrument-sans.woff2")
_KEPT = {"cache-control": "public, max-age=86400"}


def router(pages: Pages) -> APIRouter:
    """The routes of our own pages; none of them is part of the API."""
    made = APIRouter(include_in_schema=False)

    async def front(request: Request) -> Response:
        behind_doors = {getattr(route, "path", "") for route in request.app.routes}
        return HTMLResponse(pages.front()) if "/play" in behind_doors else RedirectResponse("/api/v1/docs")

    async def docs() -> HTMLResponse:
        return HTMLResponse(pages.docs())

    made.add_api_route("/", front, methods=["GET", "HEAD"])
    made.add_api_route("/api/v1/docs", docs, methods=["GET", "HEAD"])
    for path, (name, kind) in _TEXT.items():
        made.add_api_route(path, _sender(name, kind), methods=["GET", "HEAD"], name=name)
    for name in _FONTS:
        made.add_api_route(f"/house/{name}", _sender(f"fonts/{name}", "font/woff2", _KEPT), methods=["GET"], name=name)
    return made


def _sender(name: str, kind: str, headers: dict[str, str] | None = None):  # noqa: ANN202  (a route's own function)
    async def send() -> Response:
        return Response(file(name), media_type=kind, headers=headers)

    return send
