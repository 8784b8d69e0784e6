"""Words of a first-person sentence told of somebody else, and the heads of things as identifiers."""

from __future__ import annotations

import re

from engine.kernel.stems import STOP_WORDS, stem
from engine.providers.llm.offline.clauses import without_when

_WORDS = 20
_SLOT = re.compile(r"\{(third|lower|verb|article|place|key|role|base|live|are|status|called|tome)(\d)\}")
_BARE = re.compile(r"^(?:a|an|the|my|your|all|any|some)\s+")
_HEAD = re.compile(
    r"\b(?:in|to|now|for|on|at|with|when|and|or|because|that|which|from|anymore|any more|so|very|too)\b|,"
)
_JOINING = STOP_WORDS - {"of", "up", "down", "out", "off", "over", "away", "back", "through"}
_NAMED = re.compile(r"(?i)^,? ?(?:(?:(?:his|her|its|their) names?(?:'s| is| are)|called|named) )?")
_TO_ME = re.compile(r"(?i)\b(?:me|us)\b")
_SPOKEN_VOWEL = re.compile(r"[AEFHILMNORSX](?=[A-Z]+\b)|(?![A-Z]{2,}\b)[aeiouAEIOU]")
_NEWER = re.compile(r"^(?:(?:new|own|poor|dear|beloved|late|old) )+")
_MANY = frozenset(
    {
        "friend", "friends", "mate", "buddy", "cousin", "cousins", "colleague", "colleagues", "coworker", "co-worker",
        "neighbour", "neighbor", "neighbours", "neighbors", "uncle", "aunt", "nephew", "niece",
    }
)  # fmt: skip
_NOW = re.compile(
    r"(?i)\s+(?:now|these days|at the moment|again|any ?more|for (?:work|good|now|love|uni|school|it|that|him|her|them|"
    r"(?:my|our|a|an|the) (?!(?:\w+ )?(?:while|day|week|month|year|time)s?\b)[\w -]+))$"
)
_THIRD = {
    "my": "their", "me": "them", "i": "they", "mine": "theirs", "myself": "themself", "i'm": "they are",
    "i've": "they have", "am": "are", "i'll": "they will", "our": "their", "us": "them", "we": "they", "ours": "theirs",
    "we're": "they are", "we've": "they have", "we'll": "they will", "ourselves": "themselves",
}  # fmt: skip


def third(words: str) -> str:
    """The object of a first-person sentence, told of somebody: my → their, me → them; at most twenty words."""
    told = " ".join(_THIRD.get(word.lower(), word) for word in words.strip(" ,").split()[:_WORDS])
    return told.replace("they was ", "they were ").replace("they am ", "they are ")


def named(told: str, character: str) -> str:
    """“bring you the letter” → “bring Mara the letter”: who was spoken to, by name."""
    name = character or "the character"
    return re.sub(r"(?i)\byou(r?)\b", lambda match: f"{name}'s" if match[1] else name, told)


def filled(text: str, match: re.Match[str]) -> str:
    """A rule's text with the groups of a match in its slots."""
    return _SLOT.sub(lambda slot: _FORMS[slot[1]](match[int(slot[2])] or ""), text)


def _key(words: str) -> str:
    """The head of a thing as an identifier: “black coffee in the morning” → `black_coffee`.

    It ends where a word comes that only joins: “strawberries after all” is the thing `strawberries`.
    """
    head = re.findall(r"[^\W\d_]+", _BARE.sub("", _HEAD.split(words.lower().strip())[0].strip()))
    joins = (place for place, word in enumerate(head) if place and word in _JOINING)
    return "_".join(head[: next(joins, None)][:3])


def _role(words: str) -> str:
    """Somebody as an identifier (“new boss” → `boss`); nothing for those of whom there can be several."""
    plain = _NEWER.sub("", words.lower().strip())
    return "" if plain in _MANY else "_".join(plain.split())


def _base(words: str) -> str:
    return stem(words.lower().split()[0]) if words.split() else ""


def _is_many(noun: str) -> bool:
    return re.search(r"(?i)(?:[^sui]s|ies|children|people|men)$", noun) is not None


def _live(role: str) -> str:
    return "live" if _is_many(role) else "lives"


def _are(role: str) -> str:
    return "are" if _is_many(role) else "is"


def _status(partner: str) -> str:
    """What one is who has such a partner: “my wife Eva” → `married`."""
    found = set(re.findall(r"\w+", partner.lower()))
    if found & {"wife", "husband"}:
        return "married"
    return "engaged" if found & {"fiancé", "fiancée", "fiance", "fiancee"} else "in a relationship"


def _called(aside: str) -> str:
    """The name in an aside: “, his name is Emre” and “, Emre” → “called Emre”."""
    name = _NAMED.sub("", aside)
    return f"called {name}" if name else ""


def _tome(words: str) -> str:
    """What was done to the player, with a place for their name: “proposed to me” → “proposed to {who}”."""
    return third(_TO_ME.sub("{who}", words, count=1))


def _verb(words: str) -> str:
    """“teach maths” → “teaches maths”."""
    verb, _, rest = words.partition(" ")
    low = verb.lower()
    if re.search(r"[aeiouy]\w*ing$", low):
        return f"is {low} {third(rest)}"
    if re.search(r"(?:[sxz]|ch|sh|o)$", low):
        low += "es"
    elif re.search(r"[^aeiou]y$", low):
        low = low[:-1] + "ies"
    else:
        low += "s"
    return f"{low} {third(rest)}".strip()


def with_article(noun: str) -> str:
    """The noun with the article that is spoken before it: “an exam”, “an MRI”, “a UFO”."""
    return f"{'an' if _SPOKEN_VOWEL.match(noun) else 'a'} {noun}"


def _article(noun: str) -> str:
    told = third(noun)
    return told if told.startswith(("a ", "an ", "the ", "their ")) else with_article(told)


def _place(words: str) -> str:
    return third(_NOW.sub("", without_when(words)))


_FORMS = {
    "third": third, "lower": str.lower, "verb": _verb, "article": _article, "place": _place, "key": _key,
    "role": _role, "base": _base, "live": _live, "are": _are, "status": _status, "called": _called, "tome": _tome,
}  # fmt: skip
