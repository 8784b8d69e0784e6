"""Slugs from names: readable, plain ASCII, free, and never empty, whatever the name is written in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Mapping

from engine.errors import Conflict

LONGEST = 80
_ROOM_FOR_A_NUMBER = 6
_OTHER = re.compile(r"[^a-z0-9]+")
_APOSTROPHE = re.compile(r"['’`]")
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"})


def must_be_free(taken: Mapping[str, str], slug: str, mine: str, what: str) -> None:
    """Raises Conflict where a slug is another thing's; `taken` has the id behind each slug."""
    if taken.get(slug, mine) != mine:
        raise Conflict(f"There is another {what} called {slug!r} already. Give this one a slug of its own.")


def slug_for(name: str, taken: Container[str], otherwise: str) -> str:
    """A slug that is not `taken`; `otherwise` is its word where the name has no letter that ASCII knows."""
    plain = unicodedata.normalize("NFKD", _APOSTROPHE.sub("", name).casefold().translate(_LETTERS))
    ascii_only = plain.encode("ascii", "ignore").decode().lower()
    stem = _OTHER.sub("-", ascii_only)[: LONGEST - _ROOM_FOR_A_NUMBER].strip("-") or otherwise
    slug, number = stem, 1
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug
