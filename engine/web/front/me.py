"""Taking one's data along, and being erased. No script is needed for either."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from engine.web.front.hello import form_of
from engine.web.identity import forget_person
from engine.web.problems import NotIntroduced
from engine.web.shell import InShell, person

router = APIRouter(include_in_schema=False)
PATH = "/me"
_PRIVATE = {"cache-control": "no-store"}


@router.get(PATH)
def show(request: Request, shell: InShell) -> Response:
    """What one can take along, and how one is erased."""
    try:
        known = person(request)
    except NotIntroduced:
        return _stranger()
    return HTMLResponse(shell.pages.me(known.name), headers=_PRIVATE)


@router.post(PATH + "/erase")
async def erase(request: Request, shell: InShell) -> Response:
    """Erase whoever asks, once they have typed their name again."""
    given = await form_of(request)
    return await run_in_threadpool(_erase, request, shell, given.get("name", ""))


def _erase(request: Request, shell: InShell, name: str) -> Response:
    try:
        known = person(request)
    except NotIntroduced:
        return _stranger()
    if not known.is_called(name):
        problem = shell.engine.runtime.words.say("leaving.other_name")
        return HTMLResponse(shell.pages.me(known.name, problem=problem), 422, headers=_PRIVATE)
    shell.engine.leaving.erase(known.id)
    response = HTMLResponse(shell.pages.erased(), headers=_PRIVATE)
    forget_person(response)
    return response


def _stranger() -> Response:
    return RedirectResponse(f"/hello?next={PATH}", 303)
