"""Everything that can go wrong, by name: errors, pages that are no answer, and replies that break off.

A name means the same for every provider; only the words of an error are the provider's own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.stubs.wire import Cut, Piece, Reply, Status, Wait, plain

KEY = "stub-key-0123456789"
HEARD = 4
"""After so many words a reply breaks off, where it breaks off in the middle."""
PING = 0.05
"""Seconds between two signs of life."""
SETTLE = 0.05
"""Seconds between the last words and a reset: a reset takes back what the other side has not read."""

PAGE = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
HELLO = b"<!DOCTYPE html><html><head><title>Welcome</title></head><body>Please sign in to this network.</body></html>"

STATUSES: dict[str, Status] = {
    "400": Status(400, "The request could not be understood."),
    "401": Status(401, f"Incorrect API key provided: {KEY}"),
    "402": Status(402, "You have insufficient credit to run this model."),
    "404": Status(404, "The requested model was not found."),
    "422": Status(422, "- input.prompt: prompt is too long"),
    "429-short": Status(429, "Too many requests. Please wait a moment.", retry_after=1),
    "429-long": Status(429, "Too many requests. Your limit for this hour is used up.", retry_after=120),
    "500": Status(500, "Internal server error"),
    "503": Status(503, "The service is temporarily unavailable."),
    "529": Status(529, "Overloaded"),
}
"""Faults that are an error with a status."""

PAGES: dict[str, Reply] = {
    "502-html": plain(PAGE, 502, "text/html; charset=utf-8"),
    "not-sse": plain(HELLO, 200, "text/html; charset=utf-8"),
    "header-stall": Reply((), stall=True),
}
"""Faults that do not come from the provider at all, but from what stands before it."""

FATES = ("failed", "nsfw", "stuck", "no-output", "not-a-picture", "file-404", "get-500")
"""Faults of a prediction: decided when it is made, and kept by it."""

_STATUSES = ("400", "401", "404", "429-short", "429-long", "500", "502-html", "503", "529")
_BREAKS = ("header-stall", "mid-stall", "pings-only", "cut", "clean-end", "broken-json", "error-event")
_ENDS = ("refusal", "max-tokens", "empty", "slow", "not-sse", "flood")

FAULTS: dict[str, tuple[str, ...]] = {
    "claude": (*_STATUSES, *_BREAKS, *_ENDS),
    "gemini": (*_STATUSES, *_BREAKS, *_ENDS, "prompt-block"),
    "openai": (*_STATUSES, *_BREAKS, *_ENDS),
    "replicate": (
        *("400", "401", "402", "422", "429-short", "429-long", "500", "502-html"),
        *("header-stall", "broken-json", "cut", *FATES),
    ),
}
"""The faults each provider knows."""


@dataclass(frozen=True)
class Script:
    """A streamed reply in its parts, each part as it goes over the wire."""

    opening: list[bytes]
    words: list[bytes]
    closing: list[bytes]
    end: bytes
    ping: bytes
    error: bytes
    broken: bytes
    more: bytes


def _spoken(words: list[bytes], pause: float) -> Iterator[Piece]:
    for word in words:
        yield word
        if pause:
            yield Wait(pause)


def _begun(script: Script, pause: float) -> Iterator[Piece]:
    return _spoken(script.words[:HEARD], pause)


def _whole(script: Script, pause: float) -> Iterator[Piece]:
    yield from _spoken(script.words, pause)
    yield from (*script.closing, script.end)


def _mid_stall(script: Script, pause: float) -> Iterator[Piece]:
    yield from _begun(script, pause)
    yield Wait(math.inf)


def _pings_only(script: Script, pause: float) -> Iterator[Piece]:
    while True:
        yield script.ping
        yield Wait(max(pause, PING))


def _cut(script: Script, pause: float) -> Iterator[Piece]:
    yield from _begun(script, pause)
    yield Wait(SETTLE)
    yield Cut(reset=True)


def _clean_end(script: Script, pause: float) -> Iterator[Piece]:
    yield from _spoken(script.words, pause)
    yield script.end


def _broken_json(script: Script, pause: float) -> Iterator[Piece]:
    yield from _begun(script, pause)
    yield from (script.broken, *script.closing, script.end)


def _error_event(script: Script, pause: float) -> Iterator[Piece]:
    yield from _begun(script, pause)
    yield from (script.error, script.end)


def _slow(script: Script, pause: float) -> Iterator[Piece]:
    return _whole(script, max(pause, 1.0))


def _flood(script: Script, pause: float) -> Iterator[Piece]:
    yield from _spoken(script.words, pause)
    while True:
        yield script.more


_STREAMS: dict[str, Callable[[Script, float], Iterator[Piece]]] = {
    "mid-stall": _mid_stall,
    "pings-only": _pings_only,
    "cut": _cut,
    "clean-end": _clean_end,
    "broken-json": _broken_json,
    "error-event": _error_event,
    "slow": _slow,
    "flood": _flood,
}


def streamed(script: Script, fault: str, pause: float, kind: str = "text/event-stream; charset=utf-8") -> Reply:
    """A reply word by word, with a pause behind each, as far as the fault lets it."""

    def pieces() -> Iterator[Piece]:
        yield from script.opening
        yield from _STREAMS.get(fault, _whole)(script, pause)

    return Reply(pieces(), kind=kind)


def _trickle(body: bytes) -> Iterator[Piece]:
    for word in re.findall(rb"\s*\S+|\s+\Z", body):
        yield word
        yield Wait(1.0)


def _blanks() -> Iterator[Piece]:
    while True:
        yield b"\n"
        yield Wait(PING)


def _endless(body: bytes) -> Iterator[Piece]:
    yield body[: len(body) // 2]
    while True:
        yield b"and on, " * 4096


def whole(body: bytes, fault: str, status: int = 200) -> Reply:
    """A reply in one JSON document, as far as the fault lets it."""
    half = body[: len(body) // 2]
    breaks: dict[str, Reply] = {
        "mid-stall": Reply((half, Wait(math.inf)), status, size=len(body)),
        "cut": Reply((half, Cut(reset=False)), status, size=len(body)),
        "broken-json": Reply((half,), status, size=len(half)),
        "slow": Reply(_trickle(body), status, size=len(body)),
        "pings-only": Reply(_blanks(), status),
        "flood": Reply(_endless(body), status),
    }
    return breaks.get(fault) or plain(body, status)


def heard(words: list[str], fault: str, limit: int, *, stream: bool) -> tuple[list[str], bool]:
    """The words that are said under a fault and a limit of words, and whether the limit took some away.

    A refusal comes in mid stream, or instead of a whole reply.
    """
    if fault == "empty":
        return [], False
    if fault in {"refusal", "prompt-block"}:
        return words[: HEARD if stream and fault == "refusal" else 0], False
    if fault == "max-tokens":
        limit = min(limit, max(1, len(words) // 2))
    return words[:limit], len(words) > limit
