"""Finding keywords in free text, and choosing by hash where the words say nothing."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

Option = TypeVar("Option")

_LIMIT = 4_000
_OTHER = re.compile(r"[^a-z0-9]+")
_BREAKS = re.compile(r"[,;.:!?()\n|/]+|\b(?:and|with|in|wearing|over|under|but)\b")
_DENIED = re.compile(r"\b(?:no|not|without|never)\b")


def plain(text: str) -> str:
    """Lower-case ASCII words with single blanks, also at both ends, so that whole words are found by ` word `."""
    ascii_text = unicodedata.normalize("NFKD", text[:_LIMIT]).encode("ascii", "ignore").decode().lower()
    return f" {_OTHER.sub(' ', ascii_text).strip()} "


def phrases(text: str) -> tuple[str, ...]:
    """The phrases of a description, each as `plain`; phrases that deny something ("no beard") are left out."""
    ascii_text = unicodedata.normalize("NFKD", text[:_LIMIT]).encode("ascii", "ignore").decode().lower()
    return tuple(plain(piece) for piece in _BREAKS.split(ascii_text) if piece.strip() and not _DENIED.search(piece))


def hits(text: str, words: Iterable[str]) -> int:
    """How many of `words` (each one or several plain words) stand in a `plain` text."""
    return sum(f" {word} " in text for word in words)


def has(text: str, words: Iterable[str]) -> bool:
    """Whether any of `words` stands in a `plain` text."""
    return any(f" {word} " in text for word in words)


def last_named(text: str, table: Mapping[str, str]) -> tuple[str, str] | None:
    """The key of `table` that stands last in a `plain` text, with its value; None when there is none."""
    found = [(text.rfind(f" {word} "), word) for word in table if f" {word} " in text]
    return (max(found)[1], table[max(found)[1]]) if found else None


def number(*parts: str | int | bytes) -> int:
    """A number of 64 bits from any parts: the same on every machine and in every run."""
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        raw = part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return int.from_bytes(digest.digest(), "big")


def choose(options: Sequence[Option], *parts: str | int) -> Option:
    """One of `options`, by hash of `parts`."""
    return options[number(*parts) % len(options)]
