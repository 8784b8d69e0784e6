"""Where our own pages and their files are found."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from engine.web.front.pages import Pages, file

_FILES = {
    "/front.css": ("front.css", "text/css"),
    "/front.svg": ("front.svg", "image/svg+xml"),
    "/api/v1/docs.js": ("docs.js", "text/javascript"),
}


def router(pages: Pages) -> APIRouter:
    """The routes of our own pages; none of them is part of the API."""
    made = APIRouter(include_in_schema=False)

    async def front() -> HTMLResponse:
        return HTMLResponse(pages.front())

    async def docs() -> HTMLResponse:
        return HTMLResponse(pages.docs())

    made.add_api_route("/", front, methods=["GET", "HEAD"])
    made.add_api_route("/api/v1/docs", docs, methods=["GET", "HEAD"])
    for path, (name, kind) in _FILES.items():
        made.add_api_route(path, _sender(name, kind), methods=["GET", "HEAD"], name=name)
    return made


def _sender(name: str, kind: str):  # noqa: ANN202  (a route's own function; its type is FastAPI's business)
    async def send() -> Response:
        return Response(file(name), media_type=kind)

    return send
