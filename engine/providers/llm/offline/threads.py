"""Planting hooks: promises, plans and open questions that the character may pick up another day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from engine.kernel import dates
from engine.kernel.placeholders import fill
from engine.providers.llm.offline.banks import Banks
from engine.providers.llm.offline.clauses import clauses
from engine.providers.llm.offline.coming import Coming, Turned, coming
from engine.providers.llm.offline.dice import Dice
from engine.providers.llm.offline.facts import Turn
from engine.providers.llm.offline.lexicon import has
from engine.providers.llm.offline.telling import named, third, with_article

_MOST = 3
_MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Planted:
    """A thread to pick up later: `when` is the time phrase as the player said it.

    `instead` says that it takes the place of what was planned before: moved, or `called_off` for good.
    """

    kind: str
    content: str
    opener: str
    when: str = ""
    instead: bool = False


def plant(turn: Turn, who: str, banks: Banks, dice: Dice) -> tuple[Planted, ...]:
    """The hooks in an exchange, at most three; openers never reproach."""
    found = [
        hook for clause in clauses(turn.line, banks) if (hook := _promise(clause, who, turn.character, banks, dice))
    ]
    kept = {hook.when for hook in found if hook.when}
    for ahead in coming(turn.line, banks):
        if isinstance(ahead, Turned):
            found.append(_changed(ahead, who, banks, dice))
        elif ahead.when not in kept:
            found.append(_planned(ahead, who, banks, dice))
    question = _left_open(turn.line, turn.reply, who, banks, dice)
    once = {hook.content: hook for hook in [*found, *([question] if question else [])]}
    return tuple(once.values())[:_MOST]


def _opener(kind: str, what: str, banks: Banks, dice: Dice) -> str:
    return fill(dice.pick(f"opener {kind} {what}", banks.of(f"shared.hooks.{kind}")).text, {"what": what})


def _promise(clause: str, who: str, character: str, banks: Banks, dice: Dice) -> Planted | None:
    match = _promised(banks.lexicon("words.speech.kept")).search(clause)
    if not match or len(match[1].split()) > _MOST_WORDS or not _is_to_them(match, banks):
        return None
    when = dates.find(clause) or ""
    kept = " ".join(match[1].split())
    bare = " ".join(kept.replace(when, " ").split()) if when else kept
    told = named(third(kept), character)
    return Planted("promise", f"{who} promised to {told}", _opener("promise", _to_you(bare), banks, dice), when)


def _is_to_them(vow: re.Match[str], banks: Banks) -> bool:
    """Whether words are a promise to the one who hears them: “I'll bring you one”, not “I'll tell my parents”."""
    spoken = re.match(r"(?i)i'll|i will", vow[0]) is None or re.search(r"(?i)\byour?\b", vow[1]) is not None
    return spoken or has(" ".join(vow[1].split()[:2]), banks.lexicon("words.threads.returning"))


def _planned(ahead: Coming, who: str, banks: Banks, dice: Dice) -> Planted:
    """A hook for something that lies ahead, told of the player and opened to their face."""
    if ahead.shape == "event":
        return Planted("follow_up", _of_event(ahead, who), _opener("follow_up", ahead.what, banks, dice), ahead.when)
    if ahead.shape == "doing":
        content, doing = f"{who} is {_theirs(ahead.what)} {ahead.when}", _to_you(_theirs(ahead.what))
        return Planted("plan", content, _opener("plan", doing, banks, dice), ahead.when)
    kind, content = ("follow_up", _owned(ahead, who)) if ahead.shape == "theirs" else ("plan", _quoted(ahead, who))
    return Planted(kind, content, _opener("told", _small(ahead.what), banks, dice), ahead.when)


def _of_event(ahead: Coming, who: str) -> str:
    if re.match(r"(?i)(?:my|our)\b", ahead.words):
        return _owned(ahead, who)
    if ahead.doing:
        return f"{who} is {_theirs(ahead.doing)} {ahead.when}"
    has_it = re.match(rf"(?i)(?:(?:i|we)(?: have|'ve)|(?:the )?{re.escape(ahead.what)})\b", ahead.bare)
    return f"{who} has {_a(ahead.what)} {ahead.when}" if has_it else _quoted(ahead, who)


def _owned(ahead: Coming, who: str) -> str:
    """“My sister is having surgery” → “Ana's sister is having surgery”, with its day."""
    words = re.sub(r"(?i)^(?:my|our) ", "", ahead.words)
    return _quoted(ahead, who) if re.match(r"(?i)(?:they|the)\b", ahead.bare) else f"{who}'s {_small(_theirs(words))}"


def _quoted(ahead: Coming, who: str) -> str:
    return f"{who} said “{ahead.words}”"


def _theirs(words: str) -> str:
    return re.sub(r"(?i)\bour\b", "their", third(words))


def _changed(turned: Turned, who: str, banks: Banks, dice: Dice) -> Planted:
    if not turned.when:
        told = f"{who}'s {turned.what} is off" if turned.is_event else f"{who} said “{turned.what}”"
        return Planted("called_off", told, "", instead=True)
    content = f"{who} has {_a(turned.what)} {turned.when}"
    return Planted("follow_up", content, _opener("follow_up", turned.what, banks, dice), turned.when, instead=True)


def _a(noun: str) -> str:
    """The noun with an article, unless it is many."""
    many = noun.endswith("s") and not noun.endswith("ss")
    return noun if many else with_article(noun)


def _small(words: str) -> str:
    """A sentence to be quoted: it begins small, unless with “I”."""
    return words if re.match(r"I\b|[A-Z]{2}", words) else words[:1].lower() + words[1:]


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
