"""Words on screen: one catalogue for both apps and the command line."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import TYPE_CHECKING

from engine.errors import SettingsProblem
from engine.kernel.placeholders import fill

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FALLBACK = "en"


@cache
def catalogue(folder: Path, language: str) -> Mapping[str, str]:
    """All words of a language as `room.thing`. Raises SettingsProblem for a broken or missing file."""
    path = folder / f"{language}.toml"
    try:
        rooms = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsProblem(f"The words in {path.name} cannot be read: {error}.") from error
    return {f"{room}.{name}": str(text) for room, words in rooms.items() for name, text in words.items()}


def read_words(content: Path) -> None:
    """Read every language. Raises SettingsProblem for a broken file, or when the fallback is missing."""
    for language in {FALLBACK, *(path.stem for path in (content / "words").glob("*.toml"))}:
        catalogue(content / "words", language)


class Words:
    """The catalogue of one content folder."""

    def __init__(self, content: Path) -> None:
        self._folder = content / "words"

    def say(self, key: str, language: str = FALLBACK, **values: str) -> str:
        """The words of a key, its slots filled. Raises KeyError for a key that is not in the catalogue."""
        known = (self._folder / f"{language}.toml").is_file()
        return fill(catalogue(self._folder, language if known else FALLBACK)[key], values)
