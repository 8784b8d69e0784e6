"""Landing: toward one of the possible resolutions near the budget, and there at its end."""

from __future__ import annotations

import re

from engine.providers.llm.offline.lexicon import find, has, words_of
from engine.providers.llm.offline.moves import CLOSING
from engine.providers.llm.offline.part import Part
from engine.providers.llm.offline.person import base_form
from engine.providers.llm.offline.scene import Resolution, tame

_ORDER = {
    "positive": ("positive", "surprise", "neutral", "negative"),
    "negative": ("negative", "neutral", "surprise", "positive"),
    "neutral": ("neutral", "surprise", "positive", "negative"),
    "surprise": ("surprise", "neutral", "positive", "negative"),
}
_PARTING = 0.6
_MIXED = 2
_MARGIN = 1
_TOLD = 0.7
_STEM = 5
_SENTENCE = re.compile(r"[^.!?]+[.!?]*")
_PUT_IN_MOUTH = re.compile(r"(?i)^you (?:say|feel|decide|tell|answer|ask|admit|think|realise|realize)\b")


def leaning(part: Part) -> str:
    """How the player has behaved so far: closeness is positive, conflict negative, much of both a surprise."""
    heard = " \n ".join(part.scene.heard)
    near = len(find(heard, part.banks.lexicon("words.acts.closeness"))) + len(
        find(heard, part.banks.lexicon("words.acts.touch"))
    )
    against = len(find(heard, part.banks.lexicon("words.acts.conflict")))
    if min(near, against) >= _MIXED and abs(near - against) <= _MARGIN:
        return "surprise"
    if near == against:
        return "neutral"
    return "positive" if near > against else "negative"


def goal(part: Part) -> Resolution | None:
    """The resolution that the scene moves to, among those listed; None when the episode lists none."""
    for kind in _ORDER[leaning(part)]:
        listed = [resolution for resolution in part.scene.resolutions if resolution.kind == kind]
        if listed:
            return part.dice.pick("resolution", listed)
    return None


def landed(part: Part) -> bool:
    """Whether a visible reply has already told one of the resolutions."""
    texts = [resolution.text for resolution in part.scene.resolutions]
    return any(share_told(reply, text) >= _TOLD for reply in part.scene.said for text in texts)


def share_told(reply: str, text: str) -> float:
    """How much of a resolution a reply tells: the share of its longer words, 0-1."""
    wanted = {word[:_STEM] for word in words_of(text) if len(word) > len("they")}
    told = {word[:_STEM] for word in words_of(reply)}
    return len(wanted & told) / len(wanted) if wanted else 0.0


def must_land(part: Part) -> bool:
    """The last turn of the budget, or a decisive goodbye late in the scene."""
    parting = part.act.kind == "farewell" and has(part.scene.line, part.banks.lexicon("words.acts.parting"))
    return part.scene.progress >= 1 or (parting and part.scene.progress >= _PARTING)


def approaches(part: Part) -> bool:
    """Whether the scene has begun to move toward its end."""
    return part.scene.progress >= CLOSING


def staged(text: str, character: str) -> str:
    """A resolution as the end of a reply: what happens between asterisks, what is said outside them.

    “She hands you the key.” → “*hands you the key*”; “It is late, she says.” → “It is late.”. Nothing is put in the
    player's mouth.
    """
    pieces: list[tuple[bool, str]] = []
    speaking = False
    for sentence in (found.strip() for found in _SENTENCE.findall(_facing(tame(text)))):
        words = _as_speech(sentence, character)
        speaking = bool(words) or (speaking and not _narrated(sentence, character))
        if sentence and not _PUT_IN_MOUTH.match(sentence):
            pieces.append((speaking, words or sentence))
    return " ".join(_joined(speech, group, character, alone=len(pieces) == 1) for speech, group in _grouped(pieces))


def _grouped(pieces: list[tuple[bool, str]]) -> list[tuple[bool, str]]:
    groups: list[tuple[bool, str]] = []
    for speech, sentence in pieces:
        if groups and groups[-1][0] == speech:
            groups[-1] = (speech, f"{groups[-1][1]} {sentence}")
        else:
            groups.append((speech, sentence))
    return groups


def _joined(speech: bool, group: str, character: str, *, alone: bool) -> str:  # noqa: FBT001  (one of a pair)
    if speech:
        return group
    return f"*{_without_subject(group, character).strip(' .')}*" if alone else f"*{group}*"


def _as_speech(sentence: str, character: str) -> str:
    """“Thank you, she says, that was all.” → “Thank you, that was all.”; "" when it is not plainly speech."""
    names = "|".join(
        [re.escape(name) for name in (character, character.split(" ", maxsplit=1)[0]) if name] + ["she", "he", "they"]
    )
    match = re.match(rf"(.+), (?:{names}) says?(?: at last| finally| then)?(?:\.|(, .+))$", sentence)
    words = f"{match[1]}{match[2] or '.'}" if match else ""
    return "" if _narrated(words, character) else words


def _narrated(sentence: str, character: str) -> bool:
    names = "|".join([re.escape(character.split(" ", maxsplit=1)[0])] if character else []) or "she"
    return (
        re.search(
            rf"\b(?:[Ss]he|[Hh]e|[Hh]er|[Hh]is|{names})\b|^(?:The|In the|From|Behind|Outside|Then the)\b", sentence
        )
        is not None
    )


def _facing(text: str) -> str:
    """“the player” becomes “you”, with its verb."""
    facing = re.sub(r"(?i)\bthe (?:player|user)'s\b", "your", text)
    facing = re.sub(r"(?i)\bthe (?:player|user) (\w+s)\b", lambda match: f"you {base_form(match[1])}", facing)
    facing = re.sub(r"(?i)\bthe (?:player|user)\b", "you", facing)
    return re.sub(r"(^|[.!?] )you\b", lambda match: f"{match[1]}You", facing)


def _without_subject(sentence: str, character: str) -> str:
    """A single action, as this room writes actions: without its subject."""
    names = [re.escape(name) for name in (character, character.split(" ", maxsplit=1)[0]) if name]
    subject = re.match(rf"(?:{'|'.join([*names, 'She', 'He'])}) (?!and\b|or\b)(?=[a-z])", sentence)
    return sentence[subject.end() :] if subject else sentence
