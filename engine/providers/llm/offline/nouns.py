"""Nouns of the scene: which things stand about, and what a character may do with them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.providers.llm.offline.banks import Banks
from engine.providers.llm.offline.lexicon import find, plain
from engine.providers.llm.offline.scene import Scene

_HEADED = re.compile(
    r"\b(?:an?)\s+((?:[a-z][a-z-]+\s+)?[a-z][a-z-]{2,})"
    r"(?=\s+(?:of|in|on|at|by|with|behind|under|between|from|near|over|against|and|is|are|has|still|that|you)\b|[.,;:!?—]|$)"
)
_LY = ("ly", "ing", "ed")


KINDS = ("held", "object", "surface", "exit", "fixture", "sound", "ambient", "place")


@dataclass(frozen=True, slots=True)
class Nouns:
    """Bare nouns (no article) by slot; `thing` is anything that one can point at."""

    by_slot: Mapping[str, tuple[str, ...]]


def nouns_of(scene: Scene, banks: Banks) -> Nouns:
    """The nouns of situation, stage direction and place."""
    authored = f"{scene.situation}\n{scene.direction}\n{scene.place}"
    seen = {kind: _seen(authored, banks.lexicon(f"words.nouns.{kind}"), banks) for kind in KINDS}
    places = _seen(scene.place, banks.lexicon("words.nouns.place"), banks) or seen["place"]
    apart = frozenset((*places, *seen["place"], *seen["sound"], *seen["ambient"]))
    standing = _without(apart - frozenset(seen["sound"]), *(seen[kind] for kind in ("fixture", "surface", "exit")))
    return Nouns(
        {
            "held": _without(apart, seen["held"]),
            "surface": _without(frozenset(places), seen["surface"]),
            "exit": seen["exit"],
            "fixture": standing,
            "sound": seen["sound"],
            "ambient": _without(frozenset(places), seen["sound"], seen["ambient"]),
            "place": places[-1:],
            "thing": _things(apart, authored, banks, seen["held"], seen["object"], standing),
        }
    )


def _without(apart: frozenset[str], *groups: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(noun for group in groups for noun in group if noun not in apart))


def _things(apart: frozenset[str], text: str, banks: Banks, *known: tuple[str, ...]) -> tuple[str, ...]:
    """Nouns to point at; those that no list knows are used only where the lists find next to nothing."""
    found = _without(apart, *known)
    return found if len(found) > 1 else _without(apart, found, _headed(text, banks))


def _seen(text: str, lexicon: tuple[str, ...], banks: Banks) -> tuple[str, ...]:
    """The listed nouns of a text; words that are verbs as well count only after an article."""
    doubtful = frozenset(banks.lexicon("words.nouns.doubtful"))
    nouns = dict.fromkeys(find(text, lexicon))
    return tuple(noun for noun in nouns if noun not in doubtful or _articled(noun, text))


def _articled(noun: str, text: str) -> bool:
    return re.search(rf"\b(?:a|an|the|one|his|her|your) (?:[a-z-]+ )?{re.escape(noun)}\b", plain(text)) is not None


def _headed(text: str, banks: Banks) -> tuple[str, ...]:
    """Heads of noun phrases that no list knows: “a brass sextant” → “sextant”."""
    passed = frozenset(banks.lexicon("words.nouns.small")) | frozenset(banks.lexicon("words.stop.words"))
    passed |= frozenset(banks.lexicon("words.nouns.unspoken"))
    heads = (match[1].split()[-1] for match in _HEADED.finditer(plain(text)))
    return tuple(dict.fromkeys(head for head in heads if head not in passed and not head.endswith((*_LY, "s"))))
