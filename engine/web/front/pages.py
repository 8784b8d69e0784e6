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
_HELLO = ("front.title", "front.greeting", "front.name_label", "front.adult_label", "front.go")
_ME = (
    "front.title",
    "leaving.take_title",
    "leaving.take_text",
    "leaving.take",
    "leaving.erase_title",
    "leaving.erase_text",
    "leaving.erase_label",
    "leaving.erase",
    "leaving.back",
)
_RETURN = ("front.title", "front.go")


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
        return _filled("docs.html", self._said(_DOCS), head="")

    def hello(self, onward: str, *, name: str = "", problem: str = "") -> str:
        """The page on which one says one's name, and then goes on to `onward`."""
        given = {"next": onward, "name": name, "problem": problem}
        return _filled("hello.html", self._said(_HELLO) | given)

    def me(self, name: str, *, problem: str = "") -> str:
        """The page on which one takes one's data along, or is erased."""
        known = self.words.say("leaving.known_as", name=name)
        return _filled("me.html", self._said(_ME) | {"known_as": known, "problem": problem})

    def erased(self) -> str:
        """The page that says that nothing is left."""
        return self.sentence(self.words.say("leaving.erased"))

    def welcome_back(self, name: str, action: str) -> str:
        """The page of a return link: nothing happens before its button is pressed."""
        welcome = self.words.say("front.welcome_back", name=name)
        return _filled("return.html", self._said(_RETURN) | {"welcome": welcome, "action": action})

    def _said(self, keys: tuple[str, ...]) -> dict[str, str]:
        """The words of some keys, by the part of the key behind the dot."""
        return {key.partition(".")[2]: self.words.say(key) for key in keys}


@cache
def file(name: str) -> bytes:
    """One of the files beside this module."""
    return (_HERE / name).read_bytes()


def _filled(name: str, words: dict[str, str], head: str = "head.html") -> str:
    """A page with its words escaped. All but the API's page, which loads a script, begin with the same head."""
    template = (file(head) if head else b"") + file(name)
    return fill(template.decode("utf-8"), {key: escape(value) for key, value in words.items()})
