"""Numbers in English words: how many, and which one."""

from __future__ import annotations

_ONES = """
    one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
""".split()  # noqa: SIM905  (as a list it would be a page)
_LAST_DAY = 31
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_FIRSTS = """
    first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth
    sixteenth seventeenth eighteenth nineteenth twentieth
""".split()  # noqa: SIM905


def _numbers() -> dict[str, int]:
    known = {word: place for place, word in enumerate(_ONES, start=1)}
    for place, ten in enumerate(_TENS, start=2):
        known[ten] = 10 * place
        for one, word in enumerate(_ONES[:9], start=1):
            known[f"{ten}-{word}"] = known[f"{ten} {word}"] = 10 * place + one
    return known


def _ordinals() -> dict[str, int]:
    known = {word: place for place, word in enumerate(_FIRSTS, start=1)} | {"thirtieth": 30}
    for ten, begin in (("twenty", 20), ("thirty", 30)):
        for one, word in enumerate(_FIRSTS[:9], start=1):
            known[f"{ten}-{word}"] = known[f"{ten} {word}"] = begin + one
    return {word: place for word, place in known.items() if place <= _LAST_DAY}


NUMBERS = _numbers()
"""`one` to `ninety-nine`, with a hyphen or a blank."""
COUNTS = {"a": 1, "an": 1, "a couple of": 2, "a couple": 2, "a dozen": 12} | NUMBERS
"""What may stand before a unit: a number, an article, or a word for one."""
ORDINALS = _ordinals()
"""`first` to `thirty-first`."""
