"""Passes: signed words that say who somebody is, kept in a browser as a cookie or by the person as a link."""

from __future__ import annotations

from dataclasses import dataclass

from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer

COOKIE = "coldopen_person"
LASTS = 180 * 24 * 3600
"""Seconds that a cookie stays good; a return link stays good as long as the house's secret."""


@dataclass(frozen=True, slots=True)
class Passes:
    """Writes and reads passes; nobody without the house's secret can write one."""

    secret: str

    def cookie(self, person_id: str) -> str:
        """The cookie of a person."""
        return self._cookies().dumps(person_id)

    def of_cookie(self, value: str) -> str | None:
        """The person's id; None for an old, altered or foreign cookie."""
        try:
            return _id(self._cookies().loads(value, max_age=LASTS))
        except BadData:
            return None

    def link(self, person_id: str) -> str:
        """The last part of a person's return link."""
        return self._links().dumps(person_id)

    def of_link(self, token: str) -> str | None:
        """The person's id; None for an altered or foreign link."""
        try:
            return _id(self._links().loads(token))
        except BadData:
            return None

    def _cookies(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.secret, salt="coldopen.person")

    def _links(self) -> URLSafeSerializer:
        return URLSafeSerializer(self.secret, salt="coldopen.return")


def _id(content: object) -> str | None:
    return content if isinstance(content, str) else None
