"""The shell: what every request may reach, set out once when the app is built."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Annotated, cast

from fastapi import Depends, Request

from engine.errors import NotFound
from engine.members.passes import Passes
from engine.members.people import Person
from engine.web.front.pages import Pages
from engine.web.identity import AccessKey, known_by_cookie
from engine.web.media import Links
from engine.web.pace import Pace
from engine.web.problems import NotIntroduced
from engine.wiring import Engine


@dataclass(frozen=True, slots=True)
class Shell:
    """The open engine, and what the front door needs beside it. `closing` is set when the server stops."""

    engine: Engine
    passes: Passes
    key: AccessKey
    links: Links
    pace: Pace
    pages: Pages
    closing: asyncio.Event = field(default_factory=asyncio.Event)


async def shell_of(request: Request) -> Shell:
    """The shell of the app that serves this request."""
    return cast("Shell", request.app.state.shell)


async def engine_of(request: Request) -> Engine:
    """The engine of the app that serves this request."""
    return cast("Shell", request.app.state.shell).engine


def person_id(request: Request) -> str | None:
    """Who asks, by the cookie alone; None when it is missing, old or not ours."""
    shell = cast("Shell", request.app.state.shell)
    return known_by_cookie(request.scope, shell.passes)


def person(request: Request) -> Person:
    """Who asks. Raises NotIntroduced."""
    known = person_id(request)
    if known is not None:
        try:
            return cast("Shell", request.app.state.shell).engine.runtime.people.get(known)
        except NotFound:
            pass
    raise NotIntroduced("Say your name first: nobody is known in this browser yet.")


async def is_team(request: Request) -> bool:
    """Whether the request may do more than play."""
    return cast("Shell", request.app.state.shell).key.is_team(request.scope)


InShell = Annotated[Shell, Depends(shell_of)]
InEngine = Annotated[Engine, Depends(engine_of)]
Me = Annotated[Person, Depends(person)]
Team = Annotated[bool, Depends(is_team)]
