"""Words as search compares them: folded, without stop-words, cut to Snowball stems.

Scripts that use no spaces (Japanese, Chinese, Korean) are cut into pairs of characters instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from typing import Protocol, cast

import snowballstemmer  # pyright: ignore[reportMissingTypeStubs]  (no stubs exist)

TERM_LIMIT = 80
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_TOKEN = re.compile(rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}]+(?:'[^\W_{_UNSPACED}]+)*")
_IS_UNSPACED = re.compile(rf"[{_UNSPACED}]")
_SHORTENED = re.compile(r"(?:n't|'(?:s|m|re|ve|ll|d|t))$")
_NEGATION = re.compile(r"\b(?:not|never|no longer|nor|neither|without|cannot|stopped|quit|no)\b|n't\b", re.IGNORECASE)

STOP_WORDS = frozenset(
    """
    a about above across after again against all almost also although always am among an and another any anybody
    anyone anything are around as at back be became because been before being below between both but by ca can
    cannot could did do does doing done down during each either else enough especially etc even ever every everybody
    everyone everything few for from further had has have having he her here hers herself him himself his how
    however i if in indeed into is it its itself just least less lot many may maybe me might mine more most much
    must my myself neither no nobody none nor not now of off often on once only onto or other others ought our ours
    ourselves out over own perhaps quite rather really same shall she should since so some somebody someone
    something sometimes somewhat still such than that the their theirs them themselves then there these they this
    those though through thus to together too toward towards under until up upon us very was we well were what
    whatever when whenever where wherever whether which while who whoever whom whose why will with within without wo
    would yet you your yours yourself yourselves
    ah aha alright bye eh haha hello hey hi hm hmm huh lol mhm nah nope oh ok okay please sorry thank thanks uh um wow
    yeah yep yes
    al como del el es esta este la las lo los muy para pero por que se su una unas uno unos y yo
    """.split()  # noqa: SIM905  (a list of two hundred strings is harder to read)
)
"""Words that say nothing about what a line is about: function words and fillers, and the safest Spanish ones."""


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802  (the library's own name)


def words(text: str) -> list[str]:
    """The words of a text in order: case and accents folded, short forms cut (`don't` is `do`), stop-words included."""
    folded = text.casefold().replace("\u2019", "'")
    return [word for token in _TOKEN.findall(folded) for word in _split(token)]


def stems(text: str) -> list[str]:
    """The stems of a text's content words in order, repeats included; empty when it has none."""
    return [stem(word) for word in words(text) if word not in STOP_WORDS]


def index_terms(text: str) -> list[str]:
    """What a text is found by: its content stems, or all its words when none carries content."""
    return stems(text) or [stem(word) for word in words(text)]


def alike(one: Collection[str], other: Collection[str]) -> float:
    """Jaccard likeness of two sets of stems, 0 to 1; two empty sets are not alike."""
    mine, theirs = set(one), set(other)
    both = mine | theirs
    return len(mine & theirs) / len(both) if both else 0.0


def denies(text: str) -> bool:
    """Whether a sentence holds an odd number of negations: what likens two stem sets does not see them."""
    return len(_NEGATION.findall(text.replace("\u2019", "'"))) % 2 == 1


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The Snowball stem of a folded word, at most 80 characters."""
    if not word.isascii() and _IS_UNSPACED.match(word):
        return word
    # One stemmer a miss: they keep the word in themselves and are not safe to share between threads.
    stemmer = cast("_Stemmer", snowballstemmer.stemmer("english"))  # pyright: ignore[reportUnknownMemberType]
    return stemmer.stemWord(word)[:TERM_LIMIT]


def _split(token: str) -> list[str]:
    if token.isascii():
        return [_SHORTENED.sub("", token) or token]
    if _IS_UNSPACED.match(token):
        return [token[place : place + 2] for place in range(max(1, len(token) - 1))]
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", token) if not unicodedata.combining(letter))
    return [_SHORTENED.sub("", plain) or plain or token]
