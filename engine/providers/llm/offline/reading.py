"""Reading the player's line: which act it is, and which of its words are worth picking up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.providers.llm.offline.banks import Banks
from engine.providers.llm.offline.lexicon import find, has, plain, words_of

_ACTION = re.compile(r"\*([^*]+)\*|\(([^()]*)\)")
_QUESTION = re.compile(
    r"^(?:and |but |so |then |wait,? )?(?:who|what|where|when|why|how|which|whose|are|is|am|was|were|do|does|did|can|"
    r"could|will|would|should|shall|have|has|had|may|might|isn't|aren't|don't|didn't|won't)\b"
)
_SHORT = 3
_PHRASE_MAX = 8
_ECHO_MIN, _ECHO_MAX = 4, 14


@dataclass(frozen=True, slots=True)
class Act:
    """What the player did. `speech` is the line without its actions, `action` what stood in asterisks."""

    kind: str
    speech: str
    action: str


def read_act(line: str, banks: Banks) -> Act:
    """The player's act; a line that fits nothing is a `statement`, an empty one `silence`."""
    action = " ".join((match[1] or match[2]).strip() for match in _ACTION.finditer(line))
    speech = " ".join(_ACTION.sub(" ", line).split())
    kind = _outside(line, banks) or _bodily(speech, action, banks) or _spoken(speech, banks)
    return Act(kind, speech, action)


def _outside(line: str, banks: Banks) -> str:
    kinds = ("underage", "explicit", "meta", "probe")
    found = next((kind for kind in kinds if has(line, banks.lexicon(f"words.acts.{kind}"))), "")
    return "off_topic" if found == "probe" else found


def _bodily(speech: str, action: str, banks: Banks) -> str:
    if not action or len(words_of(speech)) > _PHRASE_MAX:
        return ""
    if has(action, banks.lexicon("words.acts.touch")):
        return "touch"
    if has(action, banks.lexicon("words.acts.parting")):
        return "farewell"
    if not speech:
        return "silence" if has(action, banks.lexicon("words.acts.silence")) else "action"
    return ""


def _spoken(speech: str, banks: Banks) -> str:
    text, count = plain(speech).strip(" .!…"), len(words_of(speech))

    def says(kind: str) -> bool:
        return has(speech, banks.lexicon(f"words.acts.{kind}"))

    if not count or text in banks.lexicon("words.acts.silence"):
        return "silence"
    if says("off_topic"):
        return "off_topic"
    if count <= _SHORT and says("insult"):
        return "challenge"
    for kind in ("farewell", "challenge"):
        if says(kind):
            return kind
    if says("greeting") and find(speech, banks.lexicon("words.acts.greeting"))[0] == _opening(text) and count <= _SHORT:
        return "greeting"
    return _asked_or_told(speech, text, count, banks)


def _asked_or_told(speech: str, text: str, count: int, banks: Banks) -> str:
    def says(kind: str) -> bool:
        return has(speech, banks.lexicon(f"words.acts.{kind}"))

    question = speech.rstrip(" \"'”)").endswith("?") or (_QUESTION.match(text) is not None and count > 1)
    if says("apology"):
        return "apology"
    if question:
        return "question"
    for kind in ("compliment", "thanks", "plea"):
        if says(kind):
            return kind
    if says("disclosure") and not _leads(text, ("no", "nope", "yes", "okay", "ok")):
        return "disclosure"
    return _answered(text, count, banks) or ("disclosure" if says("secret") else "statement")


def _answered(text: str, count: int, banks: Banks) -> str:
    if _leads(text, banks.lexicon("words.acts.refusal")) and count <= _PHRASE_MAX:
        return "refusal"
    if _leads(text, banks.lexicon("words.acts.agreement")) and count <= _PHRASE_MAX:
        return "agreement"
    if _leads(
        text.removeprefix("please ").removeprefix("just ").removeprefix("then "), banks.lexicon("words.acts.command")
    ):
        return "command"
    return ""


def _leads(text: str, phrases: Sequence[str]) -> bool:
    return any(
        text == phrase or text.startswith((f"{phrase} ", f"{phrase},", f"{phrase}.", f"{phrase}!"))
        for phrase in phrases
    )


def _opening(text: str) -> str:
    match = re.match(r"(?:good (?:evening|morning|afternoon)|(?:hi|hey|hello) there|\w+)", text)
    return match[0] if match else ""


def pick_up(speech: str, banks: Banks) -> tuple[str, ...]:
    """Nouns of the player's line worth echoing, the best first; nothing crude or dark."""
    stop = frozenset(banks.lexicon("words.stop.words")) | frozenset(banks.lexicon("words.nouns.small"))
    words = words_of(speech)
    if frozenset(banks.lexicon("words.nouns.unspoken")) & frozenset(words):
        return ()
    kinds = ("held", "object", "surface", "fixture", "sound", "ambient", "place")
    known = frozenset(noun for kind in kinds for noun in banks.lexicon(f"words.nouns.{kind}"))
    fit = [word for word in words if word not in stop and _ECHO_MIN <= len(word) <= _ECHO_MAX]
    nouns = [word for word in fit if word in known or _as_written(word, speech).istitle() or _is_noun(word, speech)]
    ordered = dict.fromkeys(sorted(nouns, key=lambda word: (word not in known, _verbish(word), -len(word))))
    return tuple(_as_written(word, speech) for word in ordered)


def _is_noun(word: str, speech: str) -> bool:
    """Whether a word stands where nouns stand: after an article, a possessive or a preposition."""
    before = r"(?:a|an|the|my|his|her|their|our|some|no|any|about|of|for|with|without|from|like)"
    direct = re.search(
        rf"\b{before} (?:old |new |little |last |first |only )?{re.escape(word)}\b(?! [a-z]+ing\b)", plain(speech)
    )
    plural = word.endswith("s") and re.search(rf"\b(?:to|your|love|hate|like) {re.escape(word)}\b", plain(speech))
    return not _verbish(word) and not word.endswith("ly") and (direct is not None or bool(plural))


def _as_written(word: str, speech: str) -> str:
    """A name keeps its capital, unless the capital is only that of a sentence."""
    match = re.search(rf"[a-z,] ({re.escape(word)})\b", speech, re.IGNORECASE)
    return match[1] if match and match[1].istitle() else word


def _verbish(word: str) -> bool:
    return word.endswith(("ing", "ed")) or "'" in word


def quotation(heard: Sequence[str], banks: Banks) -> tuple[str, ...]:
    """Short things that the player said earlier, fit to be quoted back, newest first."""
    unspoken = frozenset(banks.lexicon("words.nouns.unspoken"))
    found: list[str] = []
    for line in reversed(heard):
        for part in re.findall(r"[^.!?…;]+(?![^.!?…;]*\?)", _ACTION.sub(" ", line)):
            words = words_of(part)
            if (
                _SHORT <= len(words) <= _PHRASE_MAX
                and not unspoken & frozenset(words)
                and not re.search(r"[^\w\s',’-]", part)
            ):
                found.append(" ".join(part.split()))
    return tuple(dict.fromkeys(found))
