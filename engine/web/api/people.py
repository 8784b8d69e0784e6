"""Saying one's name, once in each browser."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from engine.errors import BadInput
from engine.members.people import Person
from engine.web.identity import forget_person, is_https, keep_person
from engine.web.problems import documented
from engine.web.shell import InShell, Me, Team

router = APIRouter(tags=["people"])
_PIECE = 256 * 1024
_ZIP = "a ZIP: what you played and what is remembered of you as text, your pictures, and every row of yours as JSON"


class Introduction(BaseModel):
    """Who is at the door."""

    name: str = Field(description="what the characters call you, up to 40 characters", examples=["Ana"])
    time_zone: str = Field("UTC", description="an IANA name such as Europe/Vienna")
    states_adult: bool = Field(default=False, description="that you are 18 or older")


class KnownPerson(BaseModel):
    """You, as the house knows you."""

    id: str
    name: str
    roles: list[str]
    language: str
    time_zone: str
    team: bool = Field(description="whether this request may do more than play")


@router.post("/people", status_code=201, responses=documented(422))
def join(given: Introduction, request: Request, response: Response, shell: InShell, team: Team) -> KnownPerson:
    """Say your name; the cookie that comes back says who you are from then on."""
    known = shell.engine.runtime.people.join(
        given.name, team=team, time_zone=given.time_zone, states_adult=given.states_adult
    )
    keep_person(response, shell.passes, known.id, https=is_https(request.scope))
    return _shown(known, team=team)


@router.get("/people/me", responses=documented(401))
def me(request: Request, response: Response, shell: InShell, known: Me, team: Team) -> KnownPerson:
    """Who you are; your cookie is made good for another 180 days."""
    keep_person(response, shell.passes, known.id, https=is_https(request.scope))
    return _shown(known, team=team)


class ReturnLink(BaseModel):
    """The way back to your stories from another browser."""

    path: str = Field(description="on this server; whoever has it is you, so keep it to yourself")


@router.get("/people/me/return-link", responses=documented(401))
def return_link(shell: InShell, known: Me) -> ReturnLink:
    """Your personal return link: it makes another browser, or this one after its cookies were cleared, yours."""
    return ReturnLink(path=f"/return/{shell.passes.link(known.id)}")


@router.get(
    "/people/me/data",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/zip": {}}, "description": _ZIP}, **documented(401)},
)
def data(shell: InShell, known: Me) -> StreamingResponse:
    """Everything that this house has of you, to take along."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  (closed when the last piece was sent, or nobody wants more)
    shell.engine.leaving.hand_over(known.id, file)
    size = file.tell()
    file.seek(0)
    headers = {"content-disposition": 'attachment; filename="my-coldopen.zip"', "content-length": str(size)}
    return StreamingResponse(_pieces(file), media_type="application/zip", headers=headers)


class Farewell(BaseModel):
    """That you mean it."""

    name: str = Field(description="your name, typed again")


class Gone(BaseModel):
    """What was erased."""

    rows: int
    pictures: int


@router.delete("/people/me", responses=documented(401, 422))
def erase(given: Farewell, response: Response, shell: InShell, known: Me) -> Gone:
    """Erase you for good: what you played, what is remembered of you, your pictures. Nothing brings it back.

    What you wrote for everybody (worlds, characters, releases) is the house's and stays.
    """
    if not known.is_called(given.name):
        raise BadInput(shell.engine.runtime.words.say("leaving.other_name"))
    gone = shell.engine.leaving.erase(known.id)
    forget_person(response)
    return Gone(rows=gone.rows, pictures=gone.files)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _shown(known: Person, *, team: bool) -> KnownPerson:
    return KnownPerson(
        id=known.id,
        name=known.name,
        roles=list(known.roles),
        language=known.language,
        time_zone=known.time_zone,
        team=team,
    )
