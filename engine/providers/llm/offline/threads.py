"""Planting hooks: promises, plans and open questions that the character may pick up another day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from engine.kernel.placeholders import fill
from engine.providers.llm.offline.banks import Banks
from engine.providers.llm.offline.clauses import clauses, when_of
from engine.providers.llm.offline.dice import Dice
from engine.providers.llm.offline.extracting import named, third
from engine.providers.llm.offline.facts import Turn
from engine.providers.llm.offline.lexicon import find, has

_MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Planted:
    """A thread to pick up later: `when` is the time phrase as the player said it."""

    kind: str
    content: str
    opener: str
    when: str = ""


def plant(turn: Turn, who: str, banks: Banks, dice: Dice) -> tuple[Planted, ...]:
    """The hooks in an exchange, at most three; openers never reproach."""
    found: list[Planted] = []
    for clause in clauses(turn.line, banks):
        hook = (
            _promise(clause, who, turn.character, banks, dice)
            or _event(clause, who, banks, dice)
            or _plan(clause, who, banks, dice)
        )
        if hook:
            found.append(hook)
    question = _left_open(turn.line, turn.reply, who, banks, dice)
    return tuple([*found, *([question] if question else [])][:3])


def _opener(kind: str, what: str, banks: Banks, dice: Dice) -> str:
    return fill(dice.pick(f"opener {kind} {what}", banks.of(f"shared.hooks.{kind}")).text, {"what": what})


def _promise(clause: str, who: str, character: str, banks: Banks, dice: Dice) -> Planted | None:
    match = _promised(banks.lexicon("words.speech.kept")).search(clause)
    if not match or len(match[1].split()) > _MOST_WORDS:
        return None
    when = when_of(clause)
    kept = " ".join(match[1].split())
    bare = " ".join(kept.replace(when, " ").split()) if when else kept
    told = named(third(kept), character)
    return Planted("promise", f"{who} promised to {told}", _opener("promise", _to_you(bare), banks, dice), when)


def _event(clause: str, who: str, banks: Banks, dice: Dice) -> Planted | None:
    events, when = find(clause, banks.lexicon("words.speech.events")), when_of(clause)
    if not events or not when or re.search(r"(?i)ago|yesterday|last", when):
        return None
    event = events[0]
    return Planted(
        "follow_up",
        f"{who} has {'an' if event[0] in 'aeiou' else 'a'} {event} {when}",
        _opener("follow_up", event, banks, dice),
        when,
    )


def _plan(clause: str, who: str, banks: Banks, dice: Dice) -> Planted | None:
    match, when = _outing(banks.lexicon("words.speech.outings")).search(clause), when_of(clause)
    if not match or not when or len(match[1].split()) > _MOST_WORDS:
        return None
    doing = clause[match.start() : match.end()]
    told = third(re.sub(r"(?i)^(?:i'm|i am) ", "", doing))
    bare = " ".join(_to_you(told).replace(when, "").split())
    return Planted("plan", f"{who} is {told}", _opener("plan", bare, banks, dice), when)


def _left_open(line: str, reply: str, who: str, banks: Banks, dice: Dice) -> Planted | None:
    if "?" not in line or not has(reply, banks.lexicon("words.speech.put_off")):
        return None
    question = next((part.strip() for part in re.findall(r"[^.!?*]+\?", line)), "")
    if not question or len(question.split()) > _MOST_WORDS:
        return None
    return Planted(
        "question",
        f"{who} asked “{question}” and got no answer",
        _opener("question", question.rstrip("?"), banks, dice),
    )


@cache
def _promised(verbs: tuple[str, ...]) -> re.Pattern[str]:
    vow = r"i promise(?: you)?(?: that)?(?: to| i'll| i will)?|i swear(?: i'll| i will| to)|i'll|i will"
    return re.compile(rf"(?i)\b(?:{vow}) ((?:{'|'.join(verbs)})\b[\w' -]*)")


@cache
def _outing(verbs: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?i)\b(?:i'm|i am) (?:{'|'.join(verbs)}) ([\w' -]+)")


def _to_you(words: str) -> str:
    table = {
        "you": "me",
        "your": "my",
        "their": "your",
        "them": "you",
        "they": "you",
        "my": "your",
        "me": "you",
        "yours": "mine",
    }
    return " ".join(table.get(word.lower(), word) for word in words.split())
