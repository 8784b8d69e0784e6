"""Crisis phrases: whether a line says that its writer may hurt themselves, so that a help card comes first."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from engine.errors import SettingsProblem
from engine.kernel.text import clean

FILE = "crisis.toml"
_LANGUAGES = ("en", "es", "ja", "ko", "zh-TW")
_ACCENTS = re.compile("[\u0300-\u036f]")
_APOSTROPHES = re.compile("['`\u00b4\u02bc\u2018\u2019\u2032\uff07]")
_NOT_WORD = re.compile(r"[\W_]+")
_REPEATED = re.compile(r"([a-z])\1+")
_SPELLED_OUT = re.compile(r"(?<!\w)(?:[a-z] ){4,}[a-z](?!\w)")
_LEET = str.maketrans("0134578@$!", "oieastbasi")
_AS_LETTER = re.compile(
    r"(?<=[a-z])[0134578@$!]+(?=[a-z])|(?<![a-z0-9])[0134578@$](?=[a-z]{2})|(?<=[a-z])[0134578@$](?![a-z0-9])"
)
_LONG_ENOUGH = 8


class _Language(BaseModel):
    model_config = ConfigDict(extra="forbid")
    phrases: tuple[str, ...] = ()
    unspaced: tuple[str, ...] = ()
    harmless: tuple[str, ...] = ()


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    fillers: tuple[str, ...]
    spellings: Mapping[str, str]
    languages: Mapping[str, _Language]


@dataclass(frozen=True, slots=True)
class _Words:
    """How words are made comparable."""

    fillers: frozenset[str]
    spellings: Mapping[str, str]

    def plain(self, text: str) -> str:
        """The text as words with one blank around each, written out, without fillers and doubled letters."""
        bare = _APOSTROPHES.sub("", text)
        unleet = _AS_LETTER.sub(lambda digit: digit[0].translate(_LEET), bare)
        spaced = _NOT_WORD.sub(" ", unleet).strip()
        words = (self.spellings.get(word, word) for word in spaced.split())
        kept = (word for word in words if word not in self.fillers)
        return _REPEATED.sub(r"\1", f" {' '.join(kept)} ")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lists:
    words: _Words
    phrases: re.Pattern[str]
    joined: re.Pattern[str]
    harmless: re.Pattern[str]
    unspaced: re.Pattern[str]
    harmless_unspaced: re.Pattern[str]


def crisis_card_needed(text: str, folder: Path) -> bool:
    """Whether a player's line holds a crisis phrase of `folder/crisis.toml`.

    The lists are in English, Spanish, Japanese, Korean and traditional Chinese. Case, accents, apostrophes, spacing and
    digits used as letters do not hide a phrase. The file is read once. Raises SettingsProblem when it cannot be used.
    """
    lists = _lists(folder / FILE)
    spaced = lists.words.plain(_folded(text))
    if _alarming(spaced, lists.phrases, lists.harmless) or lists.joined.search(_together(spaced)):
        return True
    return _alarming(_dense(text), lists.unspaced, lists.harmless_unspaced)


def _alarming(text: str, phrases: re.Pattern[str], harmless: re.Pattern[str]) -> bool:
    """Whether a phrase stands in the text that no harmless one, at least as long, overlaps."""
    mild = [match.span() for match in harmless.finditer(text)]
    return any(not _softened(match.span(), mild) for match in phrases.finditer(text))


def _softened(span: tuple[int, int], mild: list[tuple[int, int]]) -> bool:
    start, end = span
    return any(first < end and start < last and last - first >= end - start for first, last in mild)


def _folded(text: str) -> str:
    """Small letters without accents, width and hidden characters; kana and Hangul stay whole."""
    wide = unicodedata.normalize("NFKC", clean(text)).casefold()
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", wide)))


def _together(spaced: str) -> str:
    """The long words of a line, with spelled-out runs (`k i l l`) put together, one blank around each."""
    words = _SPELLED_OUT.sub(lambda run: run[0].replace(" ", ""), spaced).split()
    return " " + "  ".join(_REPEATED.sub(r"\1", word) for word in words if len(word) >= _LONG_ENOUGH) + " "


@cache
def _lists(path: Path) -> _Lists:
    """The compiled lists of a file. Raises SettingsProblem."""
    file = _read(path)
    words = _Words(frozenset(file.fillers), file.spellings)
    languages = tuple(file.languages.values())
    phrases = {words.plain(_folded(each)) for language in languages for each in language.phrases}
    spaced = {words.plain(_folded(each)) for language in languages for each in language.harmless if language.phrases}
    together = {_REPEATED.sub(r"\1", each.replace(" ", "")) for each in phrases}
    return _Lists(
        words=words,
        phrases=_any({each.rstrip() for each in phrases}, whole=True),
        joined=_any({each for each in together if len(each) >= _LONG_ENOUGH}),
        harmless=_any({each.rstrip() for each in spaced}, whole=True),
        unspaced=_any({_dense(each) for language in languages for each in language.unspaced}),
        harmless_unspaced=_any(
            {_dense(each) for language in languages if language.unspaced for each in language.harmless}
        ),
    )


def _dense(text: str) -> str:
    return _NOT_WORD.sub("", _folded(text))


def _any(texts: set[str], *, whole: bool = False) -> re.Pattern[str]:
    """A pattern for any of the texts, the longest first; `whole` asks for a blank after it."""
    longest_first = sorted((re.escape(each) for each in texts if each.strip()), key=lambda each: (-len(each), each))
    return re.compile(f"(?:{'|'.join(longest_first) or '(?!)'}){'(?= )' if whole else ''}")


def _read(path: Path) -> _File:
    try:
        stated = tomllib.loads(path.read_text(encoding="utf-8"))
        languages = {name: stated.pop(name) for name in _LANGUAGES if name in stated}
        return _File.model_validate({**stated, "languages": languages})
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsProblem(f"The list of crisis phrases cannot be read: {path}.") from error
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise SettingsProblem(f"The list of crisis phrases in {path} has a fault: {str(error)[:300]}.") from error
