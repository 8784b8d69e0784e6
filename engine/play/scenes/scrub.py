"""Scrubbing: taking a character's name, count tags and looks out of words that others typed.

With an anchor the picture shows who is meant; a name or a description in the words draws a second person. So nothing
that a writer or a model wrote reaches a prompt unless it came through here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from engine.kernel.text import one_line
from engine.play.scenes import looks
from engine.story.avatar_kit import AvatarKit
from engine.story.look import VisualIdentity

RUN = 3
"""So many words in a row shared with a description are a description."""

_NEAR = 6
_PART = re.compile(r"[^\W_]+")
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_TAG = re.compile(
    r"\d+(?:woman|women|man|men|girl|girls|boy|boys|person|persons|people|female|females|male|males|other|others)"
)
_COMPOUND = re.compile(r"(?:eyed|haired|skinned|faced|bearded|cheeked|lipped|nosed|browed|legged|bodied|figured)")
_GAP = "\ue000"
"""Stands for a moment where words were taken out."""
_EDGES = "-'\u2018\u2019"
_CLAUSE = re.compile('[,;.!?:()\\[\\]<>"\u201c\u201d«»|/\\\\*_~^=+`]+|\\s[-\u2013\u2014]\\s|[\u2013\u2014]')


class Scrubbed(str):
    """Words that hold no name, no count tag and no looks of the character. Made by `Forbidden.scrub` alone."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Forbidden:
    """What must not stand beside an anchor: words of the name, descriptions as words, and pairs such as `grey eyes`."""

    names: frozenset[tuple[str, ...]]
    runs: frozenset[tuple[str, ...]]
    modifiers: frozenset[str]
    singles: frozenset[str]

    def spans(self, text: str) -> list[tuple[int, int, str]]:
        """Where something forbidden stands: (start, end, rule); rule K1 for names, K2 for looks and count tags."""
        tokens = [(match.start(), match.end(), _fold(match[0])) for match in _WORD.finditer(text)]
        found = [*self._named(tokens), *self._tagged(tokens), *self._described(tokens)]
        found += self._paired(tokens, _breaks(text, tokens))
        return sorted({(tokens[first][0], tokens[last][1], rule) for first, last, rule in found})

    def scrub(self, text: str, most: int = 40) -> Scrubbed:
        """`text` on one line without anything forbidden, its broken clauses tidied, at most `most` words."""
        words = one_line(unicodedata.normalize("NFKC", text), 2_000).replace(_GAP, " ")
        while spans := self.spans(words):
            for start, end, _ in reversed(_joined(spans)):
                words = f"{words[:start]} {_GAP} {words[end:]}"
            words = shortened(words, len(words))
        tidied = shortened(words, most)
        return Scrubbed(tidied) if not self.spans(tidied) else self.scrub(tidied, most)

    def _named(self, tokens: list[tuple[int, int, str]]) -> Iterable[tuple[int, int, str]]:
        words = [word for _, _, word in tokens]
        sizes = {len(name) for name in self.names}
        for at in range(len(words)):
            for size in sizes:
                if at + size <= len(words) and tuple(words[at : at + size]) in self.names:
                    yield at, at + size - 1 + (words[at + size : at + size + 1] == ["s"]), "K1"

    def _tagged(self, tokens: list[tuple[int, int, str]]) -> Iterable[tuple[int, int, str]]:
        for at, (_, _, word) in enumerate(tokens):
            if _TAG.fullmatch(word):
                yield at, at, "K2"
            elif word.isdigit() and at + 1 < len(tokens) and tokens[at + 1][2] in looks.TAGGED:
                yield at, at + 1, "K2"

    def _described(self, tokens: list[tuple[int, int, str]]) -> Iterable[tuple[int, int, str]]:
        words = [word for _, _, word in tokens]
        sizes = {len(run) for run in self.runs}
        for at, word in enumerate(words):
            if word in self.singles or word in looks.ALONE:
                yield at, at, "K2"
            fitting = (size for size in sizes if at + size <= len(words))
            yield from ((at, at + size - 1, "K2") for size in fitting if tuple(words[at : at + size]) in self.runs)

    def _paired(self, tokens: list[tuple[int, int, str]], breaks: frozenset[int]) -> Iterable[tuple[int, int, str]]:
        """A look noun with words that describe it before (`long dark hair`, `grey-eyed`) or after (`hair is brown`)."""
        describing = self.modifiers | looks.MODIFIERS
        words = [word for _, _, word in tokens]
        for at, word in enumerate(words):
            if word not in looks.NOUNS and not _COMPOUND.fullmatch(word):
                continue
            first = _first_before(words, at, describing, breaks)
            last = next(
                (
                    place
                    for place in (at + 1, at + 2)
                    if words[place : place + 1] and words[place] in describing and breaks.isdisjoint((at + 1, place))
                ),
                at,
            )
            if last == at + 2 and words[at + 1] not in looks.LOOSE:
                last = at
            if (first, last) != (at, at):
                yield first, last, "K2"


def _first_before(words: list[str], at: int, describing: frozenset[str], breaks: frozenset[int]) -> int:
    """The first describing word in the phrase that ends at `at`, or `at` when there is none.

    Behind a comma it goes on with a describing word alone: `long, dark hair`, but not `deep shadow, eyes wide`.
    """
    first = at
    for place in range(at - 1, max(-1, at - 1 - _NEAR), -1):
        if place + 1 in breaks and words[place] not in describing:
            break
        if words[place] in describing:
            first = place
        elif words[place] in looks.LOOSE and words[place] not in looks.BETWEEN:
            break
    return first


def _breaks(text: str, tokens: list[tuple[int, int, str]]) -> frozenset[int]:
    """The places of the words before which a clause ends."""
    between = ((place, text[tokens[place - 1][1] : tokens[place][0]]) for place in range(1, len(tokens)))
    return frozenset(place for place, gap in between if _CLAUSE.search(gap))


def forbidden(name: str, identity: VisualIdentity, kit: AvatarKit, aliases: tuple[str, ...] = ()) -> Forbidden:
    """What must not be said about this character when an anchor shows it."""
    names = {called for each in (name, *aliases) for called in _called(each)}
    described = [*_phrases(kit.appearance_prompt), *map(_words, identity.key_features), *_phrases(identity.body_type)]
    runs = {run for words in map(_words, (kit.appearance_prompt, *identity.key_features)) for run in _runs(words)}
    whole = {tuple(words) for words in described if len(words) > 1}
    singles = {words[0] for words in described if len(words) == 1}
    modifiers = {word for words in described for word in _modifiers(words)}
    return Forbidden(frozenset(names), frozenset(runs | whole), frozenset(modifiers), frozenset(singles))


ANYBODY = Forbidden(frozenset(), frozenset(), frozenset(), frozenset())
"""What describes looks whoever is meant: for words of a model that never saw the kit."""


def _called(name: str) -> Iterable[tuple[str, ...]]:
    """A name whole, run together, and each of its parts; with a possessive `s` that lost its apostrophe."""
    parts = [tuple(_words(part)) for part in _PART.findall(unicodedata.normalize("NFKC", name))]
    whole = tuple(word for part in parts for word in part)
    if not whole:
        return
    for called in {whole, ("".join(whole),), *(part for part in parts if part[0] not in looks.LOOSE)}:
        yield called
        yield (*called[:-1], f"{called[-1]}s")


def _modifiers(words: list[str]) -> Iterable[str]:
    """The words that stand before a look noun in one phrase of a description."""
    for at, word in enumerate(words):
        if word in looks.NOUNS:
            before = words[max(0, at - _NEAR) : at]
            yield from (each for each in before if each not in looks.NOUNS | looks.LOOSE | looks.PLACES)


def _phrases(text: str) -> list[list[str]]:
    return [words for part in re.split(r"[,;.\n]", text) if (words := _words(part))]


def _runs(words: list[str]) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}


def _words(text: str) -> list[str]:
    return [_fold(word) for word in _WORD.findall(unicodedata.normalize("NFKC", text))]


def _fold(word: str) -> str:
    bare = "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", bare).casefold()


def _joined(spans: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Overlapping spans made one, so that each letter is cut once."""
    merged: list[tuple[int, int, str]] = []
    for start, end, rule in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]), rule)
        else:
            merged.append((start, end, rule))
    return merged


def shortened(text: str, most: int) -> str:
    """The first clauses of `text` that fit into `most` words; a first clause that is too long is cut."""
    clauses: list[str] = []
    left = most
    for part in _CLAUSE.split(text):
        words = _mended(part.split())
        if len(words) > left:
            return ", ".join(clauses) or " ".join(_without_last(words[: max(left, 0)], looks.CUT))
        left -= len(words)
        clauses += [" ".join(words)] if words else []
    return ", ".join(clauses)


def _mended(words: list[str]) -> list[str]:
    """A clause without gaps, and without the loose words that stood before one or are left at its ends."""
    mended: list[str] = []
    gaps = _GAP in words
    for word in (bare for each in words if (bare := each.strip(_EDGES))):
        mended = _without_last(mended, looks.LOOSE) if word == _GAP else [*mended, word]
    mended = _without_last(mended, looks.DANGLING)
    while gaps and mended and _fold(mended[0]) in looks.LEFT_OVER:
        mended = mended[1:]
    return mended


def _without_last(words: list[str], loose: frozenset[str]) -> list[str]:
    last = len(words)
    while last and _fold(words[last - 1]) in loose:
        last -= 1
    return words[:last]
