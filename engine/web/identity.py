"""Who asks: a person by a signed cookie, and the team by being at this machine or by holding the access key."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from fastapi.responses import RedirectResponse
from itsdangerous import Signer

from engine.errors import Forbidden
from engine.members.passes import COOKIE, LASTS, Passes
from engine.web.asgi import Scope, header
from engine.web.hosts import is_here
from engine.web.pace import Pace

if TYPE_CHECKING:
    from fastapi import Response

KEY_COOKIE = "coldopen_key"
KEY_HEADER = "X-Coldopen-Key"
GUESSES = 10
"""Wrong keys that one address may try in a minute."""


def keep_person(response: Response, passes: Passes, person_id: str, *, https: bool) -> None:
    """Let the browser keep who somebody is."""
    _set(response, COOKIE, passes.cookie(person_id), https=https)


def forget_person(response: Response) -> None:
    """Let the browser forget who somebody was."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")


def known_by_cookie(scope: Scope, passes: Passes) -> str | None:
    """Who asks, by the cookie alone; None when it is missing, old or not ours."""
    return passes.of_cookie(cookies_of(scope).get(COOKIE, ""))


@dataclass(frozen=True, slots=True)
class AccessKey:
    """The key of the house; an empty one means that whoever sits at this machine needs none."""

    secret: str
    key: str
    guesses: Pace

    def is_team(self, scope: Scope) -> bool:
        """Whether a request may do more than play. Raises Forbidden or TooFast for a wrong key."""
        if not self.key:
            return is_here(scope)
        given = header(scope, KEY_HEADER)
        if given:
            self._check(scope, given.encode("latin-1"))
        return bool(given) or self._knows(cookies_of(scope).get(KEY_COOKIE, ""))

    def entering(self, scope: Scope, *, https: bool) -> RedirectResponse | None:
        """The way on for whoever opens an address with the right `?key=`: the same one without it, and a cookie.

        None where no key is given or needed. Raises Forbidden or TooFast for a wrong one.
        """
        pairs = parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
        given = dict(pairs).get("key", "")
        if not self.key or not given:
            return None
        self._check(scope, given.encode())
        rest = urlencode([pair for pair in pairs if pair[0] != "key"])
        path = "/" + scope["path"].lstrip("/\\")
        response = RedirectResponse(f"{path}?{rest}" if rest else path, 303)
        _set(response, KEY_COOKIE, self._signer().sign("team").decode(), https=https)
        return response

    def _check(self, scope: Scope, given: bytes) -> None:
        if hmac.compare_digest(given, self.key.encode()):
            return
        client = scope.get("client") or ("somebody",)
        self.guesses.count(str(client[0]), hashlib.sha256(given).hexdigest())
        raise Forbidden("That is not the access key.")

    def _knows(self, cookie: str) -> bool:
        return self._signer().validate(cookie.encode())

    def _signer(self) -> Signer:
        """Signs with the key itself too: a new key makes the old cookies worthless."""
        return Signer(self.secret, salt=b"coldopen.key" + hashlib.sha256(self.key.encode()).digest())


def cookies_of(scope: Scope) -> dict[str, str]:
    """The request's cookies; none when they cannot be read."""
    try:
        parsed = SimpleCookie(header(scope, "cookie"))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in parsed.items()}


def is_https(scope: Scope) -> bool:
    """Whether the browser speaks to us, or to the proxy that it trusts, in secret."""
    return scope.get("scheme") in ("https", "wss")


def _set(response: Response, name: str, value: str, *, https: bool) -> None:
    response.set_cookie(name, value, max_age=LASTS, path="/", secure=https, httponly=True, samesite="lax")
