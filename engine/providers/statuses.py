"""What an HTTP status of a provider means to us, and what of its words may be repeated."""

from __future__ import annotations

from http import HTTPStatus

from engine.errors import ProviderBusy, ProviderDown, ProviderError, ProviderUnusable
from engine.kernel.text import one_line

OVERLOADED = 529
"""Anthropic's own status for “too much to do”."""
BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE, OVERLOADED)
KEY_WRONG = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
DETAIL = 300
"""Characters of a provider's own words that are kept."""


def from_status(
    who: str, code: int, words: str = "", *, key: str = "", retry_after: str | None = None
) -> ProviderError:
    """The error for a status. `who` is a name to show; `words` are the provider's, kept as detail without the key."""
    detail = f"{code} {told(words, key)}".strip()
    if code in BUSY:
        return ProviderBusy(f"{who} has too much to do.", detail=detail, retry_after=seconds(retry_after))
    if code in KEY_WRONG:
        return ProviderUnusable(f"{who} does not accept the key.", detail=str(code))
    if code == HTTPStatus.PAYMENT_REQUIRED:
        return ProviderUnusable(f"{who} wants to be paid before it goes on.", detail=detail)
    if code == HTTPStatus.NOT_FOUND:
        return ProviderUnusable(f"{who} does not know that model.", detail=detail)
    if HTTPStatus.BAD_REQUEST <= code < HTTPStatus.INTERNAL_SERVER_ERROR and code != HTTPStatus.REQUEST_TIMEOUT:
        return ProviderUnusable(f"{who} does not take what it was asked.", detail=detail)
    return ProviderDown(f"{who} is not well.", detail=detail)


def told(words: str, key: str = "") -> str:
    """A provider's words on one line, short and without our key: some repeat it, whole or in part."""
    clean = one_line(words, 4 * DETAIL)
    for secret in (key, key[:12], key[-8:]):
        if len(secret) > 3:  # noqa: PLR2004  (nothing so short is a secret)
            clean = clean.replace(secret, "…")
    return clean[:DETAIL]


def seconds(value: str | None) -> float | None:
    """A `retry-after` in seconds; None for a date, nonsense or nothing."""
    try:
        wait = float(value or "")
    except ValueError:
        return None
    return wait if 0 <= wait < float("inf") else None
