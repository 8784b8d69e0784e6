"""Finding words and phrases in a text: whole words, any case."""

from __future__ import annotations

import re
from functools import cache

_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")


@cache
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=len, reverse=True)
    return re.compile(r"(?<![\w'])(?:" + "|".join(re.escape(phrase) for phrase in longest_first) + r")(?![\w])")


def find(text: str, phrases: tuple[str, ...]) -> list[str]:
    """Which of the phrases stand in the text, in order, repeats included."""
    return _pattern(phrases).findall(plain(text)) if phrases else []


def has(text: str, phrases: tuple[str, ...]) -> bool:
    """Whether any of the phrases stands in the text."""
    return bool(phrases) and _pattern(phrases).search(plain(text)) is not None


def plain(text: str) -> str:
    """The text in small letters with straight quotes."""
    return text.lower().replace("’", "'").replace("‘", "'")


def words_of(text: str) -> list[str]:
    """The words of a text in small letters."""
    return _WORD.findall(plain(text))
