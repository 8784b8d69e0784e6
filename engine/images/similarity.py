"""How alike two prompts are, without a model: the cosine of their hashed letter trigrams."""

from __future__ import annotations

import math
import re
import zlib
from collections import Counter

BUCKETS = 1 << 16
_BREAKS = re.compile(r"\W+")


def alike(one: str, other: str) -> float:
    """0 to 1: 1 for the same words (case, punctuation and spacing aside), 0 when no trigram is shared.

    Two empty prompts are alike, an empty and a full one are not. It measures letters, not meaning: unrelated prompts
    that share their fixed phrases come out high, so compare only what can differ (`images.md`, section 10).
    """
    here, there = _trigrams(one), _trigrams(other)
    if not here or not there:
        return float(here == there)
    shared = sum(count * there[bucket] for bucket, count in here.items())
    return min(1.0, shared / math.sqrt(_square(here) * _square(there)))


def _trigrams(text: str) -> Counter[int]:
    words = _BREAKS.sub(" ", text.casefold()).strip()
    padded = f" {words} "
    return Counter(zlib.crc32(padded[at : at + 3].encode()) % BUCKETS for at in range(len(padded) - 2) if words)


def _square(counts: Counter[int]) -> int:
    return sum(count * count for count in counts.values())
