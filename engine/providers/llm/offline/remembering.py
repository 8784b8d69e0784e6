"""Remembering aloud: a memory turned to the player, and a due hook picked up."""

from __future__ import annotations

import re

from engine.providers.llm.offline.clauses import without_when
from engine.providers.llm.offline.lexicon import has, words_of
from engine.providers.llm.offline.part import Part, say
from engine.providers.llm.offline.person import to_second
from engine.providers.llm.offline.scene import Remembered

_ASKED = ("remember", "remembered", "recall", "forgotten", "forget", "know about me")
_SHAPES = (
    ("allergy", re.compile(r"you(?: are|'re) allergic to (.+)")),
    (
        "dislikes",
        re.compile(r"you (?:hate|dislike|can't stand|cannot stand|don't like|do not like|don't eat|don't drink) (.+)"),
    ),
    ("likes", re.compile(r"you (?:really |still )?(?:like|love|adore|enjoy|prefer) (?!me\b|you\b)(.+)")),
    ("home", re.compile(r"you (?:now )?(?:live|moved back|moved) (?:in|to) (.+)")),
    ("job", re.compile(r"you (?:work as|are working as) (.+)")),
    ("fear", re.compile(r"you(?: are|'re) (?:afraid|scared|terrified) of (.+)")),
    ("goal", re.compile(r"you (?:want|plan|hope|are trying|are going) to (.+)")),
    ("promise", re.compile(r"you promised (?:me )?to (.+)")),
    ("name", re.compile(r"(?:your name is|you are called) (.+)")),
)
_SETTLED = frozenset({"fact", "preference", "goal", "relationship", "event"})
_WHAT_WORDS, _CLAUSE_WORDS = 7, 16
_HEATED = frozenset({"challenge", "refusal", "command", "touch", "apology", "off_topic"})
_EARLY, _SETTLING = 2, 4
_EVERY = 4
_STEM = 5
_ASIDE = re.compile(r"\([^()]*\)")


def hook_line(part: Part) -> str:
    """The opener of a due hook, once each: early in the scene, and again at every fourth turn while some are due."""
    if part.scene.turn > _EARLY and part.scene.turn % _EVERY != 1:
        return ""
    fresh = (
        thread.opener for thread in part.scene.hooks if thread.opener and thread.opener.lower() not in part.scene.spoken
    )
    return next(fresh, "")


def memory_line(part: Part) -> str:
    """One memory that fits, said to the player's face in the second person; "" when none fits or it is not time."""
    for memory in _candidates(part):
        line = _said(part, memory)
        if line:
            return line
    return ""


def asks_to_remember(part: Part) -> bool:
    """Whether the player asks what the character remembers."""
    return has(part.scene.line, _ASKED) and part.act.kind in {"question", "command", "challenge", "plea"}


def _candidates(part: Part) -> list[Remembered]:
    scene = part.scene
    unspoken = [memory for memory in scene.memories if not _mentioned(memory.text, scene.spoken, part)]
    if asks_to_remember(part):
        return unspoken
    told_now = "\n".join(scene.heard[:-1])
    grave = part.banks.lexicon("words.nouns.unspoken")
    unused = [one for one in unspoken if not has(one.text, grave) and not _mentioned(one.text, told_now, part)]
    spoken_of = _stems(f"{scene.line} {scene.said[-1] if scene.said else ''} {scene.direction}", part)
    fitting = [memory for memory in unused if _stems(memory.text, part) & spoken_of]
    first = len(unused) == len(scene.memories) and scene.turn <= _SETTLING
    due = scene.turn <= _EARLY or ((first or scene.turn % _EVERY == _EVERY - 1) and part.act.kind not in _HEATED)
    settled = [memory for memory in unused if memory.kind in _SETTLED and memory not in fitting] if due else []
    return fitting + settled


def _stems(text: str, part: Part) -> frozenset[str]:
    common = frozenset(part.banks.lexicon("words.stop.words")) | {
        part.scene.player.lower(),
        part.scene.character.lower(),
    }
    words = (word.removesuffix("'s") for word in words_of(text))
    return frozenset(word[:_STEM] for word in words if word not in common and len(word) > len("cat"))


def _mentioned(text: str, spoken: str, part: Part) -> bool:
    stems = _stems(text, part) - {"aller"}
    said = _stems(spoken, part)
    return bool(stems) and len(stems & said) * 2 >= len(stems)


def _to_my_face(clause: str, character: str) -> str:
    """Where a memory names the one who remembers, that one says “me”."""
    for name in (character, character.split(" ", maxsplit=1)[0]):
        if name:
            clause = re.sub(rf"\b{re.escape(name)}(['’]s)?\b", lambda match: "my" if match[1] else "me", clause)
    return clause


def _said(part: Part, memory: Remembered) -> str:
    clause = to_second(re.split(r"[.;]| and I(?:'m| )", memory.text)[0], part.scene.player)
    clause = without_when(_ASIDE.sub(" ", _to_my_face(clause, part.scene.character)))
    if not clause or len(clause.split()) > _CLAUSE_WORDS or "\n" in clause:
        return ""
    for name, shape in _SHAPES:
        match = shape.fullmatch(clause)
        if match:
            if name == "name":
                return (
                    say(part, "memory", part.banks.of("shared.memory.name"), name=match[1])
                    if has(part.scene.line, _ASKED)
                    else ""
                )
            if len(match[1].split()) <= _WHAT_WORDS:
                return say(part, "memory", part.banks.of(f"shared.memory.{name}"), what=match[1])
    return say(part, "memory", part.banks.of("shared.memory.clause"), clause=clause)
