"""The shapes of ASGI, and the few looks at a request that every door needs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def header(scope: Scope, name: str) -> str:
    """A request header's value, several joined by commas; an empty string when there is none."""
    wanted = name.lower().encode("latin-1")
    return ", ".join(value.decode("latin-1") for key, value in scope["headers"] if key == wanted)


def has_header(scope: Scope, name: str) -> bool:
    """Whether a request header is there, even if empty."""
    wanted = name.lower().encode("latin-1")
    return any(key == wanted for key, _ in scope["headers"])


def below(path: str, places: tuple[str, ...]) -> bool:
    """Whether an address is one of the places, or lies under one."""
    return any(path == place or path.startswith(f"{place}/") for place in places)
