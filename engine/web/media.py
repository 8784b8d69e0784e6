"""Pictures: only by a link that we signed, for the person it was signed for, while its release stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from itsdangerous import BadData, URLSafeSerializer

from engine.errors import NotFound

if TYPE_CHECKING:
    from engine.kernel.clock import Clock

HOUR = 3600
LASTS = 24
"""Whole hours that a link stays good, after the one in which it was made."""
KEPT = 600
"""Seconds that a browser may keep a picture: a withdrawn one is gone from screens soon after."""
_NONE = "There is no such picture."


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and reads links. Within an hour the same picture has the same link, so that a browser can keep it."""

    secret: str
    clock: Clock

    def link(self, user_id: str, path: str, release_id: str) -> str:
        """Where this person can see a stored picture for the next day."""
        until = (self._now() // HOUR + 1 + LASTS) * HOUR
        return "/media/" + self._signer().dumps([path, user_id, release_id, until])

    def read(self, token: str, user_id: str | None) -> tuple[str, str]:
        """The storage path and the release of a link. Raises NotFound for anything but a good one of this person's."""
        try:
            content: object = self._signer().loads(token)
        except BadData as error:
            raise NotFound(_NONE) from error
        path, owner, release_id, until = cast("tuple[str, str, str, int]", content)
        if user_id is None or owner != user_id or until <= self._now():
            raise NotFound(_NONE)
        return path, release_id

    def _now(self) -> int:
        return int(self.clock().timestamp())

    def _signer(self) -> URLSafeSerializer:
        return URLSafeSerializer(self.secret, salt="coldopen.media")


def checked_webp(data: bytes) -> bytes:
    """`data` if it is a WebP picture; nothing else is ever sent as one. Raises NotFound."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise NotFound(_NONE)
    return data
