"""How the engine's no becomes an answer: a status, and one sentence as JSON. Nothing else ever leaves."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from engine.errors import BadInput, ColdopenError, Conflict, Forbidden, NoRoom, NotFound, ProviderBusy, ProviderError
from engine.kernel.text import one_line
from engine.web.asgi import SAFE_METHODS, App, Message, Receive, Scope, Send

log = logging.getLogger(__name__)
_LONGEST = 300


class NotIntroduced(Forbidden):
    """Nobody has said a name in this browser yet, or the cookie is not one of ours."""


class TooFast(Conflict):
    """More was asked in a minute than a person can mean. `retry_after` is in seconds."""

    def __init__(self, sentence: str, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class TooLarge(BadInput):
    """The request's body is larger than anything that could be meant."""


class Problem(BaseModel):
    """Why something was not done."""

    error: str = Field(description="a sentence for the person who asked")
    kind: str = Field(description="the name of the engine's error")


STATUS: Mapping[type, int] = {
    NotIntroduced: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    TooLarge: 413,
    BadInput: 422,
    TooFast: 429,
    ProviderError: 502,
    ProviderBusy: 503,
    NoRoom: 507,
}

Responses = dict[int | str, dict[str, Any]]
"""Error answers as OpenAPI lists them."""


def documented(*statuses: int) -> Responses:
    """The error answers of a route, for its OpenAPI page."""
    return {status: {"model": Problem} for status in statuses}


def answer(error: ColdopenError) -> JSONResponse:
    """The response to an error of ours; an unexpected kind is 500."""
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    headers: dict[str, str] = {}
    if isinstance(error, TooFast):
        headers["Retry-After"] = str(error.retry_after)
    elif isinstance(error, ProviderBusy) and error.retry_after is not None:
        headers["Retry-After"] = str(max(1, round(error.retry_after)))
    return JSONResponse({"error": _safe(str(error)), "kind": type(error).__name__}, status, headers)


def install(app: FastAPI) -> None:
    """Make every refusal of the framework one of ours."""
    app.add_exception_handler(ColdopenError, _of_ours)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(400, _unreadable)
    app.add_exception_handler(404, _nothing_here)
    app.add_exception_handler(405, _not_that_way)


class Catch:
    """Turns whatever was raised below into an answer. A fault of ours is logged, and only said to be one."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and answer what is raised."""
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            if not isinstance(error, ColdopenError):
                log.exception("%s %s broke", scope.get("method", scope["type"]), scope.get("path", ""))
            if not begun:
                await _refuse(error, scope, receive, send)


async def _refuse(error: Exception, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
    elif scope["type"] == "http":
        known = isinstance(error, ColdopenError)
        response = answer(error) if known else _fault("Something went wrong on our side. It was noted; try again.")
        if scope["method"] not in SAFE_METHODS:
            response.headers["Connection"] = "close"  # its body may still be coming, and nobody will read it
        await response(scope, receive, send)


def _fault(sentence: str) -> JSONResponse:
    return JSONResponse({"error": sentence, "kind": "Fault"}, 500)


async def _of_ours(_: Request, error: Exception) -> JSONResponse:
    return answer(error) if isinstance(error, ColdopenError) else _fault(str(error))


async def _not_understood(_: Request, error: Exception) -> JSONResponse:
    first = error.errors()[0] if isinstance(error, RequestValidationError) else {"loc": (), "msg": str(error)}
    if first.get("type") == "json_invalid":
        return await _unreadable(_, error)
    place = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))
    return answer(BadInput(f"{place or 'The request'}: {first['msg']}."))


async def _unreadable(_: Request, __: Exception) -> JSONResponse:
    return answer(BadInput("The body of this request is not JSON that can be read."))


async def _nothing_here(_: Request, __: Exception) -> JSONResponse:
    return answer(NotFound("There is nothing at this address."))


async def _not_that_way(_: Request, error: Exception) -> JSONResponse:
    allowed: Mapping[str, str] = getattr(error, "headers", None) or {}
    body = {"error": "This address cannot be used in that way.", "kind": "BadInput"}
    return JSONResponse(body, 405, dict(allowed))


def _safe(sentence: str) -> str:
    return one_line(sentence, _LONGEST)
