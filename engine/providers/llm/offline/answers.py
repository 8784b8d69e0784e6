"""Answers to questions that a scene can answer: who, where, what is liked, what is wrong, what is remembered."""

from __future__ import annotations

import re

from engine.providers.llm.offline.lexicon import has, plain
from engine.providers.llm.offline.part import Part, say

_SHARE = 0.75
_TOPICS = (
    ("name", r"\b(?:what's|what is|tell me) your name\b|\bwho are you\b|\bwhat (?:do|should) i call you\b"),
    ("age", r"\bhow old are you\b|\byour age\b"),
    ("my_name", r"\b(?:remember|know) (?:my name|who i am)\b|\bwhat(?:'s| is) my name\b"),
    ("remember", r"\bremember\b|\bwhat do you know about me\b"),
    ("place", r"\bwhere (?:are we|am i|is this)\b|\bwhat is this place\b"),
    ("likes", r"\bwhat do you (?:like|love|enjoy)\b|\bwhat makes you happy\b|\bfavou?rite\b"),
    ("dislikes", r"\bwhat do you (?:hate|dislike)\b|\bwhat are you (?:afraid|scared) of\b"),
    ("wrong", r"\bwhat(?:'s| is) (?:wrong|bothering)\b|\bare you (?:ok|okay|al+ ?right)\b|\bwhat happened to you\b"),
    (
        "want",
        r"\bwhat do you (?:want|need)\b|\bwhat are you (?:after|looking for)\b|\bwhy (?:am i here|did you call)\b",
    ),
    ("trust", r"\b(?:can|should|could) i trust you\b|\bdo you trust me\b|\bwhy should i (?:trust|believe)\b"),
    ("feel", r"\bdo you (?:love|like|want|miss) me\b|\bdid you miss me\b|\bhow do you feel\b|\bwhat am i to you\b"),
    ("permission", r"^(?:can|may|could) i\b|\bdo you mind if\b|\bis it (?:ok|okay) if\b"),
    ("happened", r"\bwhat happened\b|\bwhat(?:'s| is) going on\b|\bwhat did you do\b"),
    ("alone", r"\bis (?:any|some)(?:one|body) (?:else )?here\b|\bare we alone\b|\bwho else\b"),
    ("why", r"^(?:but |and |so )?why\b"),
    ("who", r"^(?:but |and |so )?who\b|\bwhose\b"),
    ("when", r"^(?:but |and |so )?when\b|\bhow long\b"),
    ("what", r"^(?:but |and |so )?what(?:'s| is| are) (?:that|this|in|on|behind|inside)\b"),
)


def answer_line(part: Part) -> str:
    """An answer of the character's own when the player asked something that it can answer; else ""."""
    if part.act.kind not in {"question", "command"}:
        return ""
    text = plain(part.act.speech)
    topic = next((name for name, pattern in _TOPICS if re.search(pattern, text)), "")
    if part.act.kind == "command" and topic != "name":
        return ""
    if not topic or not part.dice.chance("answer", _SHARE if topic in {"why", "who", "when"} else 1.0):
        return _taste(part)
    return _taste(part) or say(part, "answer", part.banks.of(*part.keys(f"answers.{topic}")))


def _taste(part: Part) -> str:
    """“Do you like rain?” is answered from the character's own likes and dislikes."""
    match = re.search(r"\bdo you (?:like|love|enjoy|hate|mind) (?!me\b)(.+?)\??$", plain(part.act.speech))
    if not match:
        return ""
    for name, items in (("yes", part.persona.likes), ("no", part.persona.dislikes)):
        for item in items:
            if has(item, (match[1].strip(" ?.!"),)) or has(match[1], (plain(item),)):
                return say(part, "taste", part.banks.of(*part.keys(f"answers.taste_{name}")), what=item)
    return ""
