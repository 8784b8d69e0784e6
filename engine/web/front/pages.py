"""Our own pages as text: fixed templates in which each slot is filled once, with escaped words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from engine.kernel.placeholders import fill
from engine.words import Words

_HERE = Path(__file__).resolve().parent
_FRONT = (
    "front.title",
    "front.tagline",
    "front.play",
    "front.play_text",
    "front.studio",
    "front.studio_text",
    "front.api",
    "front.api_text",
)
_SENTENCE = ("front.title", "front.back")
_DOCS = ("front.title", "front.back", "front.api", "front.api_text")


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages, in the words of the catalogue."""

    words: Words

    def front(self) -> str:
        """The front page with its three doors."""
        return _filled("front.html", self._said(_FRONT))

    def sentence(self, sentence: str) -> str:
        """A page that says one thing, and leads back."""
        return _filled("sentence.html", self._said(_SENTENCE) | {"sentence": sentence})

    def docs(self) -> str:
        """The page of the API; its script fills it from the description of the API."""
        return _filled("docs.html", self._said(_DOCS))

    def _said(self, keys: tuple[str, ...]) -> dict[str, str]:
        """The words of some keys, by the part of the key behind the dot."""
        return {key.partition(".")[2]: self.words.say(key) for key in keys}


@cache
def file(name: str) -> str:
    """One of the files beside this module."""
    return (_HERE / name).read_text(encoding="utf-8")


def _filled(name: str, words: dict[str, str]) -> str:
    return fill(file(name), {key: escape(value) for key, value in words.items()})
