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
_SENTENCE = re.compile(r"[^.!?]+[.!?]*")
_PUT_IN_MOUTH = re.compile(r"(?i)^you (?:say|feel|decide|tell|answer|ask|admit|think|realise|realize)\b")


def leaning(part: Part) -> str:
    """How the player has behaved so far: closeness is positive, conflict negative, much of both a surprise."""
    heard = " \n ".join(part.scene.heard)
    near = len(find(heard, part.banks.lexicon("words.acts.closeness"))) + len(find(heard, part.banks.lexicon("words.acts.touch")))
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
    return any(tells(part.scene.spoken, resolution.text, part) for resolution in part.scene.resolutions)


def tells(reply: str, text: str, part: Part) -> bool:
    """Whether a reply contains the resolution's action as this room writes it."""
    return as_action(text, part.scene.character).lower() in reply.lower()


def must_land(part: Part) -> bool:
    """The last turn of the budget, or a decisive goodbye late in the scene."""
    parting = part.act.kind == "farewell" and has(part.scene.line, part.banks.lexicon("words.acts.parting"))
    return part.scene.progress >= 1 or (parting and part.scene.progress >= _PARTING)


def approaches(part: Part) -> bool:
    """Whether the scene has begun to move toward its end."""
    return part.scene.progress >= CLOSING


def as_action(text: str, character: str) -> str:
    """“She hands you the key.” → “hands you the key”: the resolution as a stage action, never in the player's mouth."""
    found = (_without_subject(sentence.strip(), character) for sentence in _SENTENCE.findall(tame(text)))
    kept = [sentence for sentence in found if sentence and not _PUT_IN_MOUTH.match(sentence)]
    return " ".join(kept).strip(" .")


def _without_subject(sentence: str, character: str) -> str:
    facing = re.sub(r"(?i)\bthe (?:player|user|visitor)'s\b", "your", sentence)
    facing = re.sub(r"(?i)\bthe (?:player|user)\b", "you", facing)
    names = [re.escape(name) for name in (character, character.split(" ", maxsplit=1)[0]) if name]
    subject = re.match(rf"(?:{'|'.join([*names, 'She', 'He', 'she', 'he'])}) (?!and\b|or\b)(?=[a-z])", facing)
    if subject:
        return facing[subject.end() :]
    player_verb = re.match(r"(You|you) (\w+)(.*)$", facing, re.DOTALL)
    if player_verb and player_verb[2].endswith("s"):
        facing = f"{player_verb[1]} {base_form(player_verb[2])}{player_verb[3]}"
    return facing[:1].lower() + facing[1:] if words_of(facing) and words_of(facing)[0] in {"you", "they", "the", "a", "an", "it", "nobody", "both"} else facing
