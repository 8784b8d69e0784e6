"""Extracting memories from a player's line, by the rules in `data/offline/memory_rules.toml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from engine.providers.llm.offline.banks import Banks
from engine.providers.llm.offline.clauses import clauses, introduced, when_of, without_when

_ROOM = "memory_rules."
_LIMIT = 300
_WORDS = 14
_MACRO = re.compile(r"<(\w+)>")
_SLOT = re.compile(r"\{(third|lower|verb|article|place|key)(\d)\}")
_BARE = re.compile(r"^(?:a|an|the|my|your|all|any|some)\s+")
_HEAD = re.compile(r"\b(?:in|on|at|with|when|and|or|because|that|which|from|anymore|any more|so|very|too)\b|,")
_NOW = re.compile(r"(?i)\s+(?:now|these days|at the moment|again)$")
_THIRD = {
    "my": "their", "me": "them", "i": "they", "mine": "theirs", "myself": "themself", "i'm": "they are",
    "i've": "they have", "am": "are", "i'll": "they will",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """A memory found in a line; `text` is in the third person, about `subject`."""

    kind: str
    attribute: str
    text: str
    importance: float
    when: str = ""
    subject: str = "player"


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: str
    says: re.Pattern[str]
    attribute: str
    text: str
    own: str
    importance: float


def extract(line: str, who: str, character: str, banks: Banks) -> tuple[Found, ...]:
    """The memories in a player's line, told of `who` (a name, or “The player”) to `character`."""
    found: dict[str, Found] = {}
    name = introduced(line, banks)
    if name:
        found["name"] = Found("fact", "name", f"The player's name is {name}", 0.9)
    for clause in clauses(line, banks):
        memory = _first(clause, who, character, banks) if len(clause) <= _LIMIT else None
        if memory:
            found.setdefault(memory.text.lower(), memory)
    return tuple(found.values())


def _first(clause: str, who: str, character: str, banks: Banks) -> Found | None:
    for rule in _rules(banks):
        match = rule.says.search(clause)
        if match:
            attribute = _told(rule.attribute, match)
            words = f"{who}'s {_told(rule.own, match)}" if rule.own else f"{who} {_told(rule.text, match)}"
            text = " ".join(named(words, character).split())[:_LIMIT]
            found = Found(rule.kind, attribute, text, rule.importance, when_of(clause))
            return None if attribute.endswith("_") else found
    return None


def third(words: str) -> str:
    """The object of a first-person sentence, told of somebody: my → their, me → them; at most fourteen words."""
    return " ".join(_THIRD.get(word.lower(), word) for word in words.strip(" ,").split()[:_WORDS])


def named(told: str, character: str) -> str:
    """“bring you the letter” → “bring Mara the letter”: who was spoken to, by name."""
    name = character or "the character"
    return re.sub(r"(?i)\byou(r?)\b", lambda match: f"{name}'s" if match[1] else name, told)


def _told(text: str, match: re.Match[str]) -> str:
    forms = {"third": third, "lower": str.lower, "verb": _verb, "article": _article, "place": _place, "key": _key}
    return _SLOT.sub(lambda slot: forms[slot[1]](match[int(slot[2])]), text)


def _key(words: str) -> str:
    """The head of a thing as an identifier: “black coffee in the morning” → `black_coffee`."""
    return "_".join(re.findall(r"[a-z]+", _BARE.sub("", _HEAD.split(words.lower())[0].strip()))[:3])


def _verb(verb: str) -> str:
    return f"{verb.lower()}s"


def _article(noun: str) -> str:
    told = third(noun)
    return (
        told if told.startswith(("a ", "an ", "the ", "their ")) else f"{'an' if told[:1] in 'aeiou' else 'a'} {told}"
    )


def _place(words: str) -> str:
    return third(_NOW.sub("", without_when(words)))


@cache
def _rules(banks: Banks) -> tuple[_Rule, ...]:
    names = dict.fromkeys(key.split(".")[1] for key in banks.texts if key.startswith(_ROOM) and key.endswith(".says"))
    return tuple(_rule(f"{_ROOM}{name}", banks) for name in names)


def _rule(key: str, banks: Banks) -> _Rule:
    return _Rule(
        kind=banks.texts.get(f"{key}.kind", "fact"),
        says=re.compile(r"(?<!\w)" + _expanded(banks.texts[f"{key}.says"], banks), re.IGNORECASE),
        attribute=banks.texts.get(f"{key}.attribute", ""),
        text=banks.texts.get(f"{key}.text", ""),
        own=banks.texts.get(f"{key}.own", ""),
        importance=banks.weights.get(f"{key}.importance", 0.5),
    )


def _expanded(says: str, banks: Banks) -> str:
    """A pattern with its macros and lists written out; longer list words first."""

    def write(match: re.Match[str]) -> str:
        longest_first = sorted(banks.lexicon(f"words.speech.{match[1]}"), key=len, reverse=True)
        return banks.texts.get(f"{_ROOM}macros.{match[1]}") or "|".join(re.escape(word) for word in longest_first)

    return _MACRO.sub(write, says)
