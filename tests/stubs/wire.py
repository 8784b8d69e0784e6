"""What comes in and goes out: a call, a reply, and the pieces a reply is sent in."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Call:
    """One request: its path begins behind the provider's name, its headers are in small letters."""

    provider: str
    method: str
    path: str
    body: Any
    headers: dict[str, str]
    at: float
    query: dict[str, str] = field(default_factory=dict[str, str])
    fault: str = ""

    @property
    def told(self) -> dict[str, Any]:
        """The body, where it is a JSON object; otherwise the call is refused."""
        if not isinstance(self.body, dict):
            raise Refused(Status(400, "The request body is not a JSON object."))
        return self.body


@dataclass(frozen=True, slots=True)
class Status:
    """An answer that is an error; each provider wraps it in its own words."""

    code: int
    message: str
    retry_after: int = 0
    kind: str = ""


class Refused(Exception):
    """A provider finds fault with what it was asked."""

    def __init__(self, status: Status) -> None:
        super().__init__(status.message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing is sent for so many seconds; an endless number waits until somebody leaves."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection ends here: reset, or closed before all was sent."""

    reset: bool


Piece = bytes | Wait | Cut


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; without a size it is sent in chunks, and with a stall not even its first line comes."""

    pieces: Iterable[Piece]
    status: int = 200
    kind: str = "application/json; charset=UTF-8"
    headers: tuple[tuple[str, str], ...] = ()
    size: int | None = None
    stall: bool = False


def encoded(value: object) -> bytes:
    """A value as JSON."""
    return json.dumps(value, ensure_ascii=False).encode()


def plain(body: bytes, status: int = 200, kind: str = "application/json; charset=UTF-8") -> Reply:
    """An answer that is sent at once."""
    return Reply((body,), status, kind, size=len(body))


def failure(value: object, status: Status, *headers: tuple[str, str]) -> Reply:
    """An error as JSON, with the pause it asks for."""
    body = encoded(value)
    told = (("retry-after", str(status.retry_after)),) if status.retry_after else ()
    return Reply((body,), status.code, headers=(*told, *headers), size=len(body))
