"""Seeing a moment: action, props, expression and caption for a picture, never anybody's looks."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import JsonValue

from engine.kernel.text import one_line
from engine.providers.llm.offline.banks import Banks
from engine.providers.llm.offline.dice import Dice
from engine.providers.llm.offline.facts import Facts, number, text, texts
from engine.providers.llm.offline.lexicon import find, has
from engine.providers.llm.offline.polish import sentences
from engine.providers.llm.offline.scene import tame

_ACTION = re.compile(r"\*([^*]{3,240})\*")
_FIRST = re.compile(r"^(?:(?:she|he|they|i|you|[A-Z][\w'-]+) )?((?:[a-z]+ly )*)([a-z]+)(.*)$", re.DOTALL)
_PARTICIPLES = {"lie": "lying", "tie": "tying", "die": "dying", "is": "being", "has": "having", "sits": "sitting"}
_DOUBLING = re.compile(r"^(?:[bcdfghjklmnprstvwz]*[aeiou](?:[bdgmnprtl])|.*(?:begin|forget|commit|permit|admit|let))$")
_SINGLE = frozenset(
    {"open", "listen", "gather", "wander", "answer", "linger", "offer", "cover", "enter", "hear", "lean", "look"}
)
_CAPTION, _PROPS, _ACTION_WORDS = 120, 3, 16


def see_moment(facts: Facts, banks: Banks, seed: int) -> Mapping[str, JsonValue]:
    """The answer to a `moment` ask."""
    dice = Dice(seed)
    reply, line, heat = text(facts, "reply"), text(facts, "line"), _band(number(facts, "tension", 30))
    return {
        "action": _action(reply, banks) or dice.pick("action", banks.lexicon(f"shared.moments.action.{heat}")),
        "props": list(_props(facts, f"{reply}\n{line}\n{text(facts, 'frame')}", banks)),
        "expression": _expression(f"{reply}\n{line}", heat, banks, dice),
        "caption": _caption(reply, text(facts, "place"), dice, banks),
    }


def _band(tension: int) -> str:
    return ("low", "mid", "high", "peak")[(tension >= 30) + (tension >= 60) + (tension >= 80)]  # noqa: PLR2004  (the four tension bands)


def _action(reply: str, banks: Banks) -> str:
    """The last action of the reply as a participle phrase; "" when it names looks or cannot be turned."""
    for told in reversed(_ACTION.findall(reply)):
        phrase = re.split(r"[.;—]|, (?=and )", told.strip())[0].strip(" ,")
        match = _FIRST.match(phrase[:1].lower() + phrase[1:])
        verb = participle(match[2]) if match else ""
        if match and verb and not has(phrase, banks.lexicon("words.looks.appearance")):
            return tame(" ".join(f"{match[1]}{verb}{match[3]}".split()[:_ACTION_WORDS]))
    return ""


def participle(verb: str) -> str:
    """`looks` → `looking`; "" for a word that is no verb in the third person."""
    if verb.endswith("ing"):
        return verb
    base = verb if verb in _PARTICIPLES else _base(verb)
    if not base:
        return ""
    if base in _PARTICIPLES:
        return _PARTICIPLES[base]
    if base.endswith("e") and not base.endswith(("ee", "oe", "ye")):
        return f"{base[:-1]}ing"
    if _DOUBLING.match(base) and base not in _SINGLE:
        return f"{base}{base[-1]}ing"
    return f"{base}ing"


def _base(verb: str) -> str:
    if not verb.endswith("s") or verb.endswith("ss") or len(verb) < len("has"):
        return ""
    if verb.endswith("ies") and len(verb) > len("lies"):
        return f"{verb[:-3]}y"
    if verb.endswith(("sses", "shes", "ches", "xes", "oes")):
        return verb[:-2]
    return verb[:-1]


def _props(facts: Facts, told: str, banks: Banks) -> tuple[str, ...]:
    """At most three props: those named first, then others of the scene's own that the words touch."""
    given = texts(facts, "props")
    named = [prop for prop in given if find(told, (prop.lower(),))]
    seen = find(told, (*banks.lexicon("words.nouns.held"), *banks.lexicon("words.nouns.fixture")))
    fit = (tame(one_line(prop, 40)) for prop in dict.fromkeys((*named, *seen)))
    return tuple(prop for prop in fit if prop and not has(prop, banks.lexicon("words.looks.appearance")))[:_PROPS]


def _expression(told: str, heat: str, banks: Banks, dice: Dice) -> str:
    near = len(find(told, banks.lexicon("words.pressure.closeness"))) + len(
        find(told, banks.lexicon("words.acts.touch"))
    )
    doubt = len(find(told, banks.lexicon("words.pressure.suspicion"))) + len(
        find(told, banks.lexicon("words.acts.conflict"))
    )
    flavour = "even" if near == doubt else "closeness" if near > doubt else "suspicion"
    return dice.pick("expression", banks.lexicon(f"shared.moments.expression.{heat}.{flavour}"))


def _caption(reply: str, place: str, dice: Dice, banks: Banks) -> str:
    spoken = [
        sentence
        for sentence in sentences(reply)
        if len(sentence) <= _CAPTION - 2 and not has(sentence, banks.lexicon("words.looks.appearance"))
    ]
    if spoken:
        return f"“{tame(min(spoken[-2:], key=len)).strip('“”')}”"
    return one_line(tame(place), _CAPTION) or dice.pick("caption", banks.lexicon("shared.moments.captions"))
