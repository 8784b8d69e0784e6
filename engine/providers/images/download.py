"""Fetching a picture from an address that somebody else told us: only from where we expect it, and never much of it."""

from __future__ import annotations

import ipaddress
import time
from dataclasses import dataclass
from http import HTTPStatus

import httpx

from engine.errors import ProviderDown
from engine.providers.wire import Wire

ENCODED = {"accept-encoding": "identity"}
"""As it is: something packed may grow beyond all measure."""
GONE = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


class NothingThere(Exception):
    """There is no such file any more."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where pictures may come from: hosts and what lies below them, over https; and one origin of our own settings."""

    hosts: tuple[str, ...]
    own: str = ""

    def is_own(self, url: httpx.URL) -> bool:
        """Whether an address is of the origin that a person set."""
        own = httpx.URL(self.own)
        return bool(self.own) and (url.scheme, url.host, url.port) == (own.scheme, own.host, own.port)

    def takes(self, url: httpx.URL) -> bool:
        """Whether a picture may be fetched from there."""
        if url.userinfo:
            return False
        known = any(url.host == host or url.host.endswith(f".{host}") for host in self.hosts)
        return self.is_own(url) or (url.scheme == "https" and url.port is None and known)


def download(address: str, source: Source, wire: Wire, *, who: str, seconds: float, most: int) -> bytes:
    """The bytes at an address, at most `most` of them, without our key and without following anywhere else.

    Raises NothingThere, or ProviderDown for a foreign address, a file without end, another status, and what httpx says.
    """
    foreign = f"{who} sent a picture's address that is not its own."
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL as error:
        raise ProviderDown(foreign) from error
    if not source.takes(url):
        raise ProviderDown(foreign, detail=f"{url.scheme}, {url.host}"[:200])
    until = time.monotonic() + seconds
    limits = httpx.Timeout(seconds, connect=min(seconds, 5.0))
    with (
        httpx.Client(transport=httpx.HTTPTransport(), timeout=limits, headers=ENCODED) as client,
        client.stream("GET", url) as response,
    ):
        wire.opened(response.close)
        if not source.is_own(url) and not is_outside(_peer(response)):
            raise ProviderDown(foreign, detail="an address inside a private network")
        if response.status_code in GONE:
            raise NothingThere(f"status {response.status_code}")
        if response.status_code != HTTPStatus.OK:
            raise ProviderDown(f"{who}'s picture cannot be fetched.", detail=f"status {response.status_code}")
        return _read(response, who, until, most)


def _read(response: httpx.Response, who: str, until: float, most: int) -> bytes:
    endless = ProviderDown(f"{who}'s picture is too large.", detail=f"more than {most} bytes")
    length = response.headers.get("content-length", "")
    if length.isdecimal() and int(length) > most:
        raise endless
    body = bytearray()
    for piece in response.iter_raw():
        body += piece
        if len(body) > most:
            raise endless
        if time.monotonic() > until:
            raise ProviderDown(f"{who}'s picture did not come in time.")
    return bytes(body)


def _peer(response: httpx.Response) -> str:
    """The address at the other end, as it is, whatever its name was said to be."""
    return str(response.extensions["network_stream"].get_extra_info("server_addr")[0])


def is_outside(address: str) -> bool:
    """Whether an address is one of the open internet."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return found.is_global and not found.is_multicast
