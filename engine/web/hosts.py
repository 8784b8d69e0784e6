"""Under which names this server answers, and who may send it something: what stops other sites in one's browser."""

from __future__ import annotations

import ipaddress
import socket
from functools import cache
from urllib.parse import urlsplit

from engine.errors import Forbidden
from engine.web.asgi import SAFE_METHODS, Scope, has_header, header

ANY_ADDRESS = ("0.0.0.0", "::", "")  # noqa: S104  (compared with, not listened on)
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


def check_host(scope: Scope, listening_on: str) -> None:
    """Refuse a request for a name that is not ours: another site's name that was pointed at us. Raises Forbidden."""
    name = host_name(scope)
    if is_loopback(name) or (name and name == listening_on.lower()):
        return
    if listening_on in ANY_ADDRESS and (_is_address(name) or name in _own_names()):
        return
    raise Forbidden("This server does not answer under that name.")


def check_origin(scope: Scope) -> None:
    """Refuse what another site sends from somebody's browser. Raises Forbidden."""
    if scope["type"] == "http" and scope["method"] in SAFE_METHODS:
        return
    foreign = header(scope, "sec-fetch-site") not in ("", "same-origin", "none")
    if has_header(scope, "origin"):
        foreign = foreign or urlsplit(header(scope, "origin")).netloc.lower() != header(scope, "host").lower()
    if foreign:
        raise Forbidden("That came from another site, so it was not done.")


def is_here(scope: Scope) -> bool:
    """Whether the request was made on this very machine, for this machine, without anything in between."""
    client = scope.get("client")
    direct = not any(has_header(scope, name) for name in _FORWARDED)
    return client is not None and is_loopback(str(client[0])) and is_loopback(host_name(scope)) and direct


def host_name(scope: Scope) -> str:
    """The name in the Host header, without its port; an empty string for a header that makes no sense."""
    try:
        host = header(scope, "host")
        return "" if "@" in host else (urlsplit("//" + host).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def is_loopback(name: str) -> bool:
    """Whether a name or address means this machine."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _is_address(name: str) -> bool:
    try:
        return bool(ipaddress.ip_address(name))
    except ValueError:
        return False


@cache
def _own_names() -> frozenset[str]:
    name = socket.gethostname().lower()
    return frozenset({name, f"{name.split('.')[0]}.local"})
