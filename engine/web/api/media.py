"""Pictures by signed link."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from engine.errors import NotFound
from engine.web.media import KEPT, checked_webp
from engine.web.shell import InShell, person_id

router = APIRouter(include_in_schema=False)
_HEADERS = {"cache-control": f"private, max-age={KEPT}", "content-disposition": "inline"}
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@router.api_route("/media/{token:path}", methods=_METHODS)
def picture(
    token: str, request: Request, shell: InShell, user_id: Annotated[str | None, Depends(person_id)]
) -> Response:
    """The picture of a link, for the person it was made for; anything else is nothing."""
    path, release_id = shell.links.read(token, user_id)
    if request.method != "GET" or shell.engine.releases.is_withdrawn(release_id):
        raise NotFound("There is no such picture.")
    return Response(checked_webp(shell.engine.storage.get(path)), media_type="image/webp", headers=_HEADERS)
