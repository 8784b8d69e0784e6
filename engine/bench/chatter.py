"""Lines to fill a memory with: seeded, of made-up words, few of them common and most of them rare, as in talk."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

VOCABULARY = 20_000
FLAT = 20
"""The rank up to which words are about equally common: the commonest of all are left out, as a search does."""
SHORTEST, LONGEST = 6, 18
_ONSETS, _VOWELS, _CODAS = "bdfghklmnprstvwz", "aeiou", ("", "l", "n", "r", "m", "k")


def chatter(seed: int) -> Iterator[str]:
    """Lines without end; the same seed gives the same ones."""
    dice = random.Random(seed)  # noqa: S311  (repeatable words)
    words = _words()
    weights = list(itertools.accumulate(1 / (rank + FLAT) for rank in range(len(words))))
    while True:
        told = dice.choices(words, cum_weights=weights, k=dice.randint(SHORTEST, LONGEST))
        yield " ".join(told).capitalize() + "."


def _words() -> list[str]:
    """Distinct words, short ones first."""
    syllables = [onset + vowel + coda for coda in _CODAS for onset in _ONSETS for vowel in _VOWELS]
    pairs = ("".join(pair) for pair in itertools.product(syllables, repeat=2))
    return list(itertools.islice(pairs, VOCABULARY))
