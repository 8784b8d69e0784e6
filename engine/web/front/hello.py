"""Saying one's name once in each browser, and coming back by one's return link. No script is needed for either."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from engine.errors import BadInput, NotFound
from engine.members.people import Person
from engine.web.identity import is_https, keep_person
from engine.web.shell import InShell, Team

router = APIRouter(include_in_schema=False)
FIRST = "/play/"
_GONE = "This return link leads nowhere: it was not copied whole."


@router.get("/hello")
async def hello(shell: InShell, onward: Annotated[str, Query(alias="next")] = FIRST) -> HTMLResponse:
    """The page on which one says one's name."""
    return HTMLResponse(shell.pages.hello(_own(onward)))


@router.post("/hello")
async def introduced(request: Request, shell: InShell, team: Team) -> Response:
    """Keep the name, and go on to where one was going."""
    given = await form_of(request)
    onward, name = _own(given.get("next", FIRST)), given.get("name", "")
    people = shell.engine.runtime.people
    zone, adult = given.get("time_zone", "UTC"), given.get("adult") == "yes"
    try:
        known = people.join(name, team=team, time_zone=zone, states_adult=adult)
    except BadInput as error:
        return HTMLResponse(shell.pages.hello(onward, name=name[:40], problem=str(error)), 422)
    return _onward(request, shell, known.id, onward)


@router.get("/return/{token}")
def welcome_back(token: str, shell: InShell) -> Response:
    """Whose link this is. It changes nothing yet: mail readers open links by themselves."""
    known = _owner(shell, token)
    if known is None:
        return _unknown(shell, token)
    return HTMLResponse(shell.pages.welcome_back(known.name, f"/return/{token}"))


@router.post("/return/{token}")
def come_back(token: str, request: Request, shell: InShell) -> Response:
    """Be that person in this browser from now on."""
    known = _owner(shell, token)
    if known is None:
        return _unknown(shell, token)
    return _onward(request, shell, known.id, FIRST)


def _owner(shell: InShell, token: str) -> Person | None:
    person_id = shell.passes.of_link(token)
    try:
        return shell.engine.runtime.people.get(person_id) if person_id else None
    except NotFound:
        return None


def _unknown(shell: InShell, token: str) -> Response:
    """Whoever was erased is a stranger and says their name; a link that we did not write is a mistake."""
    ours = shell.passes.of_link(token) is not None
    return RedirectResponse("/hello", 303) if ours else HTMLResponse(shell.pages.sentence(_GONE), 404)


def _onward(request: Request, shell: InShell, person_id: str, onward: str) -> Response:
    response = RedirectResponse(onward, 303)
    keep_person(response, shell.passes, person_id, https=is_https(request.scope))
    return response


async def form_of(request: Request) -> dict[str, str]:
    """A small form as a browser sends it; the size was checked before."""
    body = (await request.body()).decode("utf-8", errors="replace")
    return dict(parse_qsl(body, max_num_fields=10))


def _own(onward: str) -> str:
    """An address of this server; anything else, another site's above all, is the player's door."""
    plain = onward.startswith("/") and not onward.startswith(("//", "/\\")) and onward.isprintable()
    return onward if plain and "\\" not in onward else FIRST
