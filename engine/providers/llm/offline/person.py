"""Turning a sentence from one person to another: what she is told becomes what you are told."""

from __future__ import annotations

import re
from collections.abc import Mapping

_IRREGULAR = {
    "is": "are", "isn't": "aren't", "was": "were", "wasn't": "weren't", "has": "have", "hasn't": "haven't",
    "does": "do", "doesn't": "don't", "goes": "go", "dies": "die", "lies": "lie", "ties": "tie",
}  # fmt: skip
_SAME = frozenset(
    {"does", "this", "yes", "always", "sometimes", "perhaps", "as", "us", "its", "his", "hers", "news", "less"}
)
_ADVERBS = frozenset(
    {
        "still", "never", "always", "often", "usually", "also", "really", "only", "just", "once", "secretly", "now",
        "currently", "already", "rarely", "sometimes", "almost", "quietly", "finally", "recently", "both",
    }
)  # fmt: skip
_JOINED = frozenset(
    {
        "is", "has", "was", "does", "works", "lives", "likes", "loves", "hates", "keeps", "wants", "needs", "plays",
        "owns", "studies", "prefers", "drinks", "eats", "reads", "writes", "sings", "sleeps", "goes", "makes", "takes",
        "runs", "teaches", "misses", "fears", "trusts", "hopes", "plans", "collects", "bakes", "cooks", "dreams",
        "knows", "thinks", "feels", "believes", "lies", "speaks", "paints", "dances", "carries", "leaves", "returns",
        "says", "asks", "tells", "isn't", "doesn't", "hasn't", "wasn't",
    }
)  # fmt: skip
_FIRST_TO_SECOND = {
    "i": "you", "i'm": "you're", "i've": "you've", "i'd": "you'd", "i'll": "you'll", "me": "you", "my": "your",
    "mine": "yours", "myself": "yourself", "am": "are",
}  # fmt: skip
_SECOND_TO_FIRST = {
    "you": "I", "you're": "I'm", "you've": "I've", "you'd": "I'd", "you'll": "I'll", "your": "my", "yours": "mine",
    "yourself": "myself", "are": "am", "aren't": "am not", "were": "was", "weren't": "wasn't",
}  # fmt: skip
_AFTER_OBJECT = frozenset(
    {
        "in", "on", "at", "to", "for", "with", "from", "by", "when", "if", "that", "because", "and", "but", "or", "so",
        "who", "than", "as", "about", "after", "before", "again", "away", "alone", "off", "out", "up", "down", "back",
        "over", "until", "while", "like", "into",
    }
)  # fmt: skip
_SUBJECTS = ("she", "he", "they", "the player", "the user")
_TOKEN = re.compile(r"[\w’']+|[^\w’']+")


def base_form(verb: str) -> str:
    """`works` → `work`; anything that is no third-person form comes back as it was."""
    low = verb.lower()
    if low in _IRREGULAR:
        return _IRREGULAR[low]
    if not low.endswith("s") or low.endswith("ss") or low in _SAME or len(low) < len("has"):
        return verb
    if low.endswith("ies"):
        return verb[:-3] + "y"
    if low.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")):
        return verb[:-2]
    return verb[:-1]


def to_second(text: str, player: str) -> str:
    """“Ana is allergic to peanuts.” → “you are allergic to peanuts”; "" when the player is not its subject."""
    sentence = text.strip().rstrip(".!")
    first = re.match(r"(?i)(?:i|i'm|i’m|i've|i’ve|my)\b", sentence)
    if first:
        return _swap(sentence, _FIRST_TO_SECOND).replace("you was", "you were")
    subjects = sorted({player, player.split(" ", maxsplit=1)[0], *_SUBJECTS} - {""}, key=len, reverse=True)
    owner = re.match(rf"(?i)(?:{'|'.join(map(re.escape, subjects))})['’]s (?=\w)", sentence)
    if owner:
        return f"your {_third_words(sentence[owner.end() :], 'you')}"
    subject = re.match(rf"(?i)(?:{'|'.join(map(re.escape, subjects))}) (?=\w)", sentence)
    return f"you {_conjugated(sentence[subject.end() :], 'you')}" if subject else ""


def to_first(text: str, character: str) -> str:
    """A character's own past in its own mouth: “Mara left home.” → “I left home”; "" when it is about others."""
    sentence = text.strip().rstrip(".!")
    if re.match(r"(?i)(?:you|you're|you've|your|you’re)\b", sentence):
        return _swap(sentence, _SECOND_TO_FIRST)
    names = "|".join(map(re.escape, {character, character.split(" ", maxsplit=1)[0], "she", "he"} - {""}))
    subject = re.match(rf"(?i)(?:{names}) (?=\w)", sentence)
    if not subject:
        return ""
    return f"I {_conjugated(sentence[subject.end() :], 'I').replace(' are ', ' am ')}"


def _conjugated(rest: str, person: str) -> str:
    tokens = _TOKEN.findall(rest)
    turned = False
    for place, token in enumerate(tokens):
        if not turned and token.strip() and token.lower() not in _ADVERBS and token[0].isalpha():
            tokens[place] = _verb(token, person)
            turned = True
        elif turned and _previous(tokens, place) in {"and", "but"} and token.lower() in _JOINED:
            tokens[place] = _verb(token, person)
    return _third_words("".join(tokens), person)


def _verb(token: str, person: str) -> str:
    mine: Mapping[str, str] = {"is": "am", "was": "was", "isn't": "am not", "wasn't": "wasn't"}
    return mine[token.lower()] if person == "I" and token.lower() in mine else base_form(token)


def _previous(tokens: list[str], place: int) -> str:
    return tokens[place - 2].lower() if place > 1 and not tokens[place - 1].strip() else ""


def _third_words(text: str, person: str) -> str:
    own, object_, self_ = ("your", "you", "yourself") if person == "you" else ("my", "me", "myself")
    tokens = _TOKEN.findall(text)
    for place, token in enumerate(tokens):
        low = token.lower()
        if low in {"herself", "himself", "themselves", "themself"}:
            tokens[place] = self_
        elif low in {"his", "their"}:
            tokens[place] = own
        elif low == "her":
            tokens[place] = object_ if _ends_object(tokens, place) else own
        elif low in {"she", "he"}:
            tokens[place] = person
            if place + 2 < len(tokens) and tokens[place + 1].isspace():
                tokens[place + 2] = _verb(tokens[place + 2], person)
    return "".join(tokens)


def _ends_object(tokens: list[str], place: int) -> bool:
    following = "".join(tokens[place + 1 :])
    match = re.match(r"\s+([\w']+)", following)
    return match is None or match[1].lower() in _AFTER_OBJECT


def _swap(text: str, table: Mapping[str, str]) -> str:
    tokens = _TOKEN.findall(text)
    swapped = [table.get(token.lower().replace("’", "'"), token) for token in tokens]
    return "".join(swapped)
