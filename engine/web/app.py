"""One ASGI application: the API, pictures, the front page, and both apps at their doors."""

from __future__ import annotations

import importlib
import socket
from collections.abc import Callable
from importlib.metadata import version
from typing import TYPE_CHECKING, cast

from fastapi import FastAPI

from engine.errors import NotFound
from engine.kernel.clock import Clock, utc_now
from engine.members.passes import Passes
from engine.web import api, problems
from engine.web.body import SmallBodies
from engine.web.door import Door
from engine.web.front import hello, me
from engine.web.front import routes as front
from engine.web.front.pages import Pages
from engine.web.headers import Headers
from engine.web.identity import GUESSES, AccessKey, known_by_cookie
from engine.web.media import Links
from engine.web.pace import Pace
from engine.web.server import Server, listen, must_be_safe, signals_end_here, url_of
from engine.web.shell import Shell

if TYPE_CHECKING:
    from engine.web.asgi import Scope
    from engine.wiring import Engine

STUDIO = "studio_app.mount:mount"
PLAYER = "player_app.app:mount"
MOUNTS = ("/studio", "/play")
LINES_A_MINUTE = 20
_ABOUT = (
    "Play AI-acted, illustrated episodes over HTTP. First `POST /people` with a name: the cookie that it sets says who "
    "you are from then on. Ids of other people's things are answered exactly like ids of nothing: 404."
)


def build_app(
    engine: Engine, *, clock: Clock = utc_now, lines_a_minute: int = LINES_A_MINUTE, faces: bool = True
) -> FastAPI:
    """The whole application on an open engine, which the caller opened and will close.

    Without `faces` the two apps stay out, and with them seconds of imports: for who wants the API alone.
    """
    app = FastAPI(
        title="Coldopen",
        version=version("coldopen"),
        description=_ABOUT,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    shell = _shell(engine, clock, lines_a_minute)
    app.state.shell = shell
    problems.install(app)
    app.include_router(api.router)
    app.include_router(hello.router)
    app.include_router(me.router)
    app.include_router(front.router(shell.pages))
    if faces:
        _mount(STUDIO, app, engine)
        _mount(PLAYER, app, engine.runtime)
    _wrap(app, shell)
    return app


def serve(
    engine: Engine,
    host: str,
    port: int,
    *,
    listening: socket.socket | None = None,
    ready: Callable[[str], None] = lambda _: None,
    faces: bool = True,
) -> None:
    """Answer until told to stop by SIGINT or SIGTERM; `ready` gets the address once it can be opened.

    `listening` is a socket from `listen`, for who takes the port before opening the engine; `faces` as in `build_app`.
    Raises SettingsProblem.
    """
    must_be_safe(engine.settings, host)
    held = listening or listen(host, port)
    with held, signals_end_here():
        app, url = build_app(engine, faces=faces), url_of(held)
        shell = cast("Shell", app.state.shell)
        Server(app, shell.closing, lambda: ready(url)).run(sockets=[held])


def _shell(engine: Engine, clock: Clock, lines_a_minute: int) -> Shell:
    secret = engine.signing_key
    too_many = f"That was fast: at most {lines_a_minute} lines a minute, please. Wait a moment."
    key = AccessKey(secret, engine.settings.access_key.get_secret_value(), _guesses())
    pace = Pace(lines_a_minute, too_many)
    return Shell(engine, Passes(secret), key, Links(secret, clock), pace, Pages(engine.runtime.words))


def _wrap(app: FastAPI, shell: Shell) -> None:
    """Put the layers around the app; the last one added is the outermost."""
    listening_on = shell.engine.settings.host
    app.add_middleware(SmallBodies, mounts=MOUNTS)
    app.add_middleware(Door, key=shell.key, pages=shell.pages, knows=_knows(shell), listening_on=listening_on)
    app.add_middleware(problems.Catch)
    app.add_middleware(Headers)


def _knows(shell: Shell) -> Callable[[Scope], bool]:
    def knows(scope: Scope) -> bool:
        person_id = known_by_cookie(scope, shell.passes)
        try:
            return person_id is not None and bool(shell.engine.runtime.people.get(person_id))
        except NotFound:
            return False

    return knows


def _mount(name: str, app: FastAPI, given: object) -> None:
    """Put an app behind its door, by the name of what does it, so that nothing here depends on either app."""
    module, function = name.split(":")
    cast("Callable[[FastAPI, object], None]", getattr(importlib.import_module(module), function))(app, given)


def _guesses() -> Pace:
    return Pace(GUESSES, "Too many wrong keys. Wait a minute.")
