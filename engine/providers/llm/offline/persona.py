"""The persona: temperament, pet phrases and a past, read from the character's own prompt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.providers.llm.offline.banks import TEMPERAMENTS, Banks
from engine.providers.llm.offline.lexicon import find
from engine.providers.llm.offline.person import to_first
from engine.providers.llm.offline.scene import tame

_HEADING = re.compile(r"^\s*(?:#+\s*(.+?)|\*\*(.+?)\*\*:?|([A-Z][A-Z _'/&-]{3,60}):?|([A-Z][^:.!?\n]{2,70}):)\s*$")
_RULES = re.compile(
    r"(?i)doctrine|mandatory|forbidden|must|never|avoid|quality|rules?\b|purpose|emotional core|heart of it|behaviou?r|"
    r"format|reply|replies|bar\b|episode|always|boundar|limits|scene|product|business|how far|worked when|whatever|"
    r"remember|memor|threads|hooks|how well|relationship"
)
_STAGE_WORDS = re.compile(r"(?i)^(?:what you play is|you play yourself|below stand)")
_LABELLED = re.compile(r"^\W*([A-Za-z][\w '/-]{1,40}?)\s*(?::|=|—)\s*(.+)$")
_BULLET = re.compile(r"^\s*[-*•]\s+")
_ITEM = re.compile(r"“([^”]+)”|\"([^\"]+)\"|([^,]+)")
_OWN = re.compile(
    r"(?i)archetype|personality|nature|tone|voice|speech|speak|style|manner|temperament|trait|pacing|rhythm|you are"
)
_PAST = re.compile(
    r"(?i)backstory|background|past|history|stressor|on (?:your|her|his|their) mind|right now|weigh|current|"
    r"lies behind|presses"
)
_TICS = re.compile(r"(?i)fillers?|hesitation|verbal tic")
_PHRASES = re.compile(
    r"(?i)pet.?(?:phrases?|words?)|catch.?phrases?|signature|favou?rite (?:words|phrases|sayings)|sayings?|^phrases"
)
_EXAMPLES = re.compile(r"(?i)examples?|sample")
_QUOTED = re.compile(r"[“\"]([^“”\"]+)[”\"]")
_LIKES = re.compile(r"(?i)^likes?$|^loves$|^you like|things .* likes?|drawn to|draws you")
_DISLIKES = re.compile(r"(?i)^dislikes?$|^hates$|^you dislike|things .* dislikes?|repelled by|puts you off")
_SENTENCE = re.compile(r"[^.!?]+[.!?]")
_OWN_WEIGHT = 4
_ITEM_WORDS = 6
_OBSCURE = re.compile(r"(?i)\b(?:you|your|it|then|them|him|she|he|they|her|his|their)\b|years old|[:“\"]")
_SAMPLE_WORDS = range(2, 25)
_CONFESSION_WORDS = (4, 24)


@dataclass(frozen=True, slots=True)
class Persona:
    """How a character acts: one temperament, its tics, sentences about itself in the first person, and sample lines."""

    temperament: str
    fillers: tuple[str, ...]
    phrases: tuple[str, ...]
    likes: tuple[str, ...]
    dislikes: tuple[str, ...]
    confessions: tuple[str, ...]
    samples: tuple[str, ...]


def read_persona(text: str, character: str, banks: Banks) -> Persona:
    """The persona in a character section of any layout; nothing here looks at the kind of story."""
    parts = tuple(_parts(text))
    own = tuple((label, line) for label, line in parts if not _RULES.search(label))
    return Persona(
        temperament=_temperament(own, banks),
        fillers=_items(own, _TICS, 3),
        phrases=_items(own, _PHRASES, _ITEM_WORDS),
        likes=_items(own, _LIKES, _ITEM_WORDS),
        dislikes=_items(own, _DISLIKES, _ITEM_WORDS),
        confessions=_confessions(own, character),
        samples=_samples(own),
    )


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """(heading or label, line) pairs; a labelled line brings its own label unless its heading is a rule's."""
    heading, listed, gap = "", False, False
    for line in text.splitlines():
        if not line.strip():
            gap = True
            continue
        match, bullet = _HEADING.match(line), _BULLET.match(line) is not None
        if match:
            heading, listed, gap = next(group for group in match.groups() if group), False, False
            continue
        if gap and listed and not bullet:
            heading = ""
        listed, gap = bullet, False
        labelled = _LABELLED.match(line)
        if labelled and not _RULES.search(heading):
            yield labelled[1].strip().replace("_", " "), labelled[2]
        elif not _STAGE_WORDS.match(line):
            yield heading, line.strip()


def _temperament(parts: tuple[tuple[str, str], ...], banks: Banks) -> str:
    scores = dict.fromkeys(TEMPERAMENTS, 0)
    for label, line in parts:
        weight = 1 if _PAST.search(label) else _OWN_WEIGHT if _OWN.search(label) else 2
        for temperament in TEMPERAMENTS:
            scores[temperament] += weight * len(
                find(f"{label} {line}", banks.lexicon(f"words.temperaments.{temperament}"))
            )
    return max(TEMPERAMENTS, key=lambda temperament: scores[temperament])


def _items(parts: tuple[tuple[str, str], ...], label: re.Pattern[str], most_words: int) -> tuple[str, ...]:
    found: list[str] = []
    for name, line in parts:
        if label.search(name):
            pieces = (
                line.split(";")
                if ";" in line
                else [next(filter(None, match.groups())) for match in _ITEM.finditer(line)]
            )
            found.extend(tame(piece).strip(" .-•“”\"'") for piece in pieces)
    return tuple(dict.fromkeys(item for item in found if item and len(item.split()) <= most_words))


def _samples(parts: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Lines that the writer quoted as examples of this voice."""
    quoted = (quote for label, line in parts if _EXAMPLES.search(label) for quote in _QUOTED.findall(line))
    return tuple(dict.fromkeys(tame(quote) for quote in quoted if len(quote.split()) in _SAMPLE_WORDS))


def _confessions(parts: tuple[tuple[str, str], ...], character: str) -> tuple[str, ...]:
    found: list[str] = []
    for label, line in parts:
        if _PAST.search(label):
            for match in _SENTENCE.finditer(line if line.endswith((".", "!", "?")) else f"{line}."):
                turned = to_first(tame(match[0]), character)
                fits = _CONFESSION_WORDS[0] <= len(turned.split()) <= _CONFESSION_WORDS[1]
                if fits and not _OBSCURE.search(turned):
                    found.append(turned)
    return tuple(dict.fromkeys(found))
