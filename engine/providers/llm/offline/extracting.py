"""Extracting memories from a player's line by rules: first-person facts, tastes, plans, losses and promises."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from engine.providers.llm.offline.banks import Banks

_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|(?<!\w)'[^']*'(?!\w)|\*[^*]*\*|\([^()]*\)")
_JOKE = re.compile(r"(?i)\b(?:just kidding|jk|i'm (?:joking|kidding)|only joking|lol j/k|haha no)\b|/s\b")
_UNREAL = re.compile(
    r"(?i)\b(?:if i|if only|what if|imagine|suppose|supposing|pretend|let's say|let us say|as if|as though|i wish|i'd (?!like\b)|i would|i could|"
    r"i might|i may|maybe|perhaps|hypothetically|would you|could you|say i|in my dream|i dreamed|i dreamt|in the book|in the story|in the film|"
    r"in the movie|in the play|my character|sometimes i (?:pretend|imagine)|people (?:say|think)|should i|were i)\b"
)
_REPORTED = re.compile(
    r"(?i)\b(?:he|she|they|mom|mum|dad|boss|friend|sister|brother|mother|father|wife|husband|people|everyone|you|who|nobody|somebody|someone) "
    r"(?:always |once |just |even |never )?(?:said|says|say|told|tells|claims?|claimed|thinks?|thought|insists?|shouted|called|calls|swears?|believes?)\b"
)
_SENTENCE = re.compile(r"[^.!?;…\n]+[.!?;…]*")
_JOIN = re.compile(
    r"(?i),? (?:and|but|so|also|because|then|though|although|while),? (?=(?:i|i'm|i've|i'll|my|we)\b)|, (?=(?:i|i'm|i've|i'll|my)\b)"
)
_WHEN = re.compile(
    r"(?i)\b(day after tomorrow|tomorrow(?: morning| afternoon| evening| night)?|tonight|this (?:morning|afternoon|evening|weekend|week|month|year|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday)|(?:next|last) (?:week|weekend|month|year|summer|winter|spring|autumn|monday|tuesday|"
    r"wednesday|thursday|friday|saturday|sunday)|yesterday|on (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)|in (?:a|an|one|two|three|"
    r"four|five|six|seven|ten|\d+) (?:minutes?|hours?|days?|weeks?|months?|years?)|(?:a|an|one|two|three|four|five|six|ten|\d+) (?:days?|weeks?|"
    r"months?|years?) ago|on the \d{1,2}(?:st|nd|rd|th)(?: of [a-z]+)?|in (?:january|february|march|april|may|june|july|august|september|october|november|december))\b"
)
_SAME_SUBJECT = re.compile(
    r"(?i)(?<=\w)(,? (?:and|but)) (?=(?:work|live|have|love|hate|like|own|miss|play|study|want|can't stand|don't)\b)"
)
_LIMIT = 300
_WORDS = 14


@dataclass(frozen=True, slots=True)
class Found:
    """A memory found in a line; `text` is in the third person, about `subject`."""

    kind: str
    attribute: str
    text: str
    importance: float
    when: str = ""
    subject: str = "player"


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: str
    pattern: re.Pattern[str]
    make: Callable[[re.Match[str]], tuple[str, str] | None]
    importance: float


def clauses(line: str) -> Iterator[str]:
    """The player's own earnest statements: no questions, quotations, actions, jokes, dreams or what others said."""
    plain = line.replace("’", "'").replace("‘", "'")
    if _JOKE.search(plain):
        return
    for sentence in _SENTENCE.findall(_QUOTED.sub(" ", plain)):
        if sentence.rstrip().endswith("?") or _UNREAL.search(sentence) or _REPORTED.search(sentence):
            continue
        for clause in _JOIN.split(_SAME_SUBJECT.sub(r"\1 I ", sentence)):
            yield " ".join(clause.split()).strip(" .!;,…-")


def when_of(clause: str) -> str:
    """The time phrase of a clause as it was said, or ""."""
    match = _WHEN.search(clause)
    return match[1] if match else ""


def introduced(line: str, banks: Banks) -> str:
    """The name by which the player introduces themself in this line, or ""."""
    for clause in clauses(line):
        match = re.search(
            r"(?i:\b(?:my name is|my name's|the name is|the name's|call me|i go by)) ([A-Za-z][\w'-]+(?: [A-Z][\w'-]+)?)\s*$",
            clause,
        ) or re.search(r"(?i:\b(?:my name is|my name's|call me)) ([A-Z][\w'-]+)", clause)
        match = match or re.match(
            r"(?:(?i:hi|hello|hey|well|oh|yes),? )?(?i:i'm|i am|it's) ([A-Z][\w'-]+(?: [A-Z][\w'-]+)?)(?:, .*| by the way)?$",
            clause,
        )
        if match and _is_name(match[1], banks):
            return match[1][:1].upper() + match[1][1:]
    return ""


def _is_name(word: str, banks: Banks) -> bool:
    low = word.lower()
    first = low.split(" ")[0]
    lists = ("notnames", "legends", "feelings", "jobs")
    return not any(
        low in banks.lexicon(f"words.speech.{name}") or first in banks.lexicon(f"words.speech.{name}") for name in lists
    ) and not first.endswith("ing")


def extract(line: str, who: str, character: str, banks: Banks) -> tuple[Found, ...]:
    """The memories in a player's line, told of `who` (a name, or “The player”) to `character`."""
    found: dict[str, Found] = {}
    name = introduced(line, banks)
    if name:
        found["name"] = Found("fact", "name", f"{who if who != name else 'The player'}'s name is {name}", 0.9)
    for clause in clauses(line):
        if len(clause) > _LIMIT:
            continue
        for rule in _rules(banks):
            match = rule.pattern.search(clause)
            made = rule.make(match) if match else None
            if made:
                attribute, told = made[0], named(made[1], character)
                text = f"{_subject(told, who)}{told.removeprefix('OWN ')}"[:_LIMIT]
                found.setdefault(text.lower(), Found(rule.kind, attribute, text, rule.importance, when_of(clause)))
                break
    return tuple(found.values())


def _subject(told: str, who: str) -> str:
    return f"{who}'s " if told.startswith("OWN ") else f"{who} "


def third(words: str) -> str:
    """The object of a first-person sentence, told of somebody: my → their, me → them; at most fourteen words."""
    table = {
        "my": "their",
        "me": "them",
        "i": "they",
        "mine": "theirs",
        "myself": "themself",
        "i'm": "they are",
        "i've": "they have",
        "am": "are",
        "i'll": "they will",
    }
    return " ".join(table.get(word.lower(), word) for word in words.strip(" ,").split()[:_WORDS])


def named(told: str, character: str) -> str:
    """“bring you the letter” → “bring Mara the letter”: who was spoken to, by name."""
    name = character or "the character"
    return re.sub(r"(?i)\byou\b", name, re.sub(r"(?i)\byour\b", f"{name}'s", told))


def key(words: str) -> str:
    """The head of a thing as an attribute: “black coffee in the morning” → `black_coffee`."""
    head = re.split(
        r"\b(?:in|on|at|with|when|and|or|because|that|which|from|anymore|any more|so|very|too)\b|,", words.lower()
    )[0]
    kept = re.findall(r"[a-z]+", re.sub(r"^(?:a|an|the|my|your|all|any|some)\s+", "", head.strip()))
    return "_".join(kept[:3])


def _either(banks: Banks, name: str) -> str:
    return "|".join(re.escape(word) for word in sorted(banks.lexicon(f"words.speech.{name}"), key=len, reverse=True))


def _rules(banks: Banks) -> tuple[_Rule, ...]:
    lists = ("feelings", "jobs", "kin", "partners", "pets", "scenewants")
    return _compiled(*(_either(banks, name) for name in lists))


@cache
def _compiled(feelings: str, jobs: str, kin: str, partners: str, pets: str, inscene: str) -> tuple[_Rule, ...]:
    body, life = _about_body(feelings), _about_life(jobs, kin, partners, pets)
    return (*body, *life, *_about_taste(), *_about_time(inscene))


def _rule(kind: str, pattern: str, make: Callable[[re.Match[str]], tuple[str, str] | None], importance: float) -> _Rule:
    return _Rule(kind, re.compile(pattern, re.IGNORECASE), make, importance)


_IM = r"(?:i'm|i am)(?: still| really| very| so| terribly| quite| actually| a bit| kind of| also)*"


def _about_body(feelings: str) -> tuple[_Rule, ...]:
    return (
        _rule(
            "fact",
            r"(?:i'm|i am) not allergic to (?:any )?([\w' -]+)",
            lambda m: (f"allergy_{key(m[1])}", f"is not allergic to {third(m[1])}"),
            0.8,
        ),
        _rule(
            "fact",
            rf"{_IM} (?:deathly |badly |severely |mildly )?allergic to ([\w' -]+)",
            lambda m: (f"allergy_{key(m[1])}", f"is allergic to {third(m[1])}"),
            0.9,
        ),
        _rule("fact", rf"{_IM} (\d{{1,2}})(?: years old)?$", lambda m: ("age", f"is {m[1]} years old"), 0.7),
        _rule("fact", r"my birthday is (?:on )?(.+)", lambda m: ("birthday", f"OWN birthday is {third(m[1])}"), 0.8),
        _rule(
            "fact",
            rf"{_IM} (?:afraid|scared|terrified) of ((?!you\b)[\w' -]+)",
            lambda m: ("", f"is afraid of {third(m[1])}"),
            0.7,
        ),
        _rule(
            "preference", rf"{_IM} (?:a )?(vegan|vegetarian|teetotal)", lambda m: ("diet", f"is {m[1].lower()}"), 0.7
        ),
        _rule("emotion", rf"{_IM} (?:feeling )?({feelings})(?=$|[ ,])", lambda m: ("", f"was {m[1].lower()}"), 0.4),
        _rule(
            "emotion",
            rf"i (?:feel|felt) (?:so |very |really )?({feelings})\b",
            lambda m: ("", f"was {m[1].lower()}"),
            0.4,
        ),
        _rule("emotion", r"i(?: really)? miss (?!you\b)([\w' -]+)", lambda m: ("", f"misses {third(m[1])}"), 0.6),
    )


def _about_life(jobs: str, kin: str, partners: str, pets: str) -> tuple[_Rule, ...]:
    return (
        _rule(
            "fact",
            r"i(?: just| recently)? (?:live|moved|am living|'m living) (?:back )?(?:now )?(?:in|to|near) ([A-Za-z][\w' -]+)",
            _home,
            0.8,
        ),
        _rule(
            "fact", rf"{_IM} (?:originally )?from ([A-Z][\w' -]+)", lambda m: ("origin", f"is from {third(m[1])}"), 0.7
        ),
        _rule("fact", r"i grew up in ([A-Za-z][\w' -]+)", lambda m: ("origin", f"grew up in {third(m[1])}"), 0.6),
        _rule("fact", r"i(?: now)? work as (an? [\w' -]+)", lambda m: ("job", f"works as {third(m[1])}"), 0.8),
        _rule(
            "fact", rf"{_IM} (an? (?:[\w-]+ )?(?:{jobs}))(?=$|[ ,])", lambda m: ("job", f"works as {m[1].lower()}"), 0.8
        ),
        _rule("fact", r"i work (?:at|for|in) ([\w' -]+)", lambda m: ("workplace", f"works at {third(m[1])}"), 0.7),
        _rule(
            "relationship",
            rf"my ({partners})(?:'s name is| is called| is named|,) ([A-Z]\w+)",
            lambda m: ("partner", f"OWN {m[1].lower()} is called {m[2]}"),
            0.8,
        ),
        _rule(
            "relationship",
            rf"{_IM} (married|engaged|divorced|single|widowed)",
            lambda m: ("partner_status", f"is {m[1].lower()}"),
            0.8,
        ),
        _rule(
            "relationship",
            rf"i (?:have|'ve got|have got|had) ((?:an?|one|two|three|four|five) (?:{kin})s?\b[\w' ]*)",
            lambda m: ("", f"{'had' if m[0].lower().startswith('i had') else 'has'} {third(m[1])}"),
            0.7,
        ),
        _rule(
            "relationship",
            rf"my ({kin}) ((?:is|was|died|left|lives|works|has|had|never|taught|passed|moved|called|is called|raised|hates|loves)\b[\w', -]*)",
            _kin,
            0.7,
        ),
        _rule(
            "fact",
            rf"i (?:have|'ve got|own) (an? (?:[\w-]+ )?(?:{pets})\b[\w' ]*)",
            lambda m: ("", f"has {third(m[1])}"),
            0.6,
        ),
        _rule(
            "fact",
            rf"my ({pets})(?:'s name is| is called| is named|'s called) (\w+)",
            lambda m: (f"{m[1].lower()}_name", f"OWN {m[1].lower()} is called {m[2]}"),
            0.6,
        ),
    )


def _home(match: re.Match[str]) -> tuple[str, str]:
    place = third(re.sub(r"(?i)\s+(?:now|these days|at the moment|again)$", "", _WHEN.sub("", match[1]).strip()))
    return "home", f"lives in {place.removeprefix('the ') if place.islower() else place}"


def _kin(match: re.Match[str]) -> tuple[str, str]:
    return "", f"OWN {match[1].lower()} {third(match[2])}"


def _about_taste() -> tuple[_Rule, ...]:
    thing = r"((?!you\b|it\b|this\b|that\b|the way\b|how\b|to know\b|to hear\b|to see\b|when you\b|your\b|what you\b|him\b|her\b|them\b)[\w' -]+)"
    very = r"(?: really| truly| just| also| absolutely| secretly| still| always)*"
    return (
        _rule(
            "preference",
            r"my favou?rite ([\w ]+?) (?:is|are|has always been|'s) (.+)",
            lambda m: (f"favourite_{key(m[1])}", f"OWN favourite {m[1].lower()} is {third(m[2])}"),
            0.7,
        ),
        _rule(
            "preference",
            rf"i{very} (?:don't|do not|never)(?: really| much)? (like|love|enjoy|eat|drink) {thing}",
            _distaste,
            0.6,
        ),
        _rule(
            "preference",
            rf"i{very} (hate|dislike|despise|loathe|can't stand|cannot stand|can't bear) {thing}",
            _distaste,
            0.6,
        ),
        _rule("preference", rf"i{very} (like|love|adore|enjoy|prefer) {thing}", _taste, 0.6),
        _rule(
            "fact",
            r"i (never|don't|do not) (drive|smoke|dance|sing|swim|sleep well|sleep much|gamble)\b",
            lambda m: (
                m[2].split()[0].lower(),
                f"{'never' if m[1].lower() == 'never' else 'does not'} {m[2].lower()}{'s' if m[1].lower() == 'never' else ''}",
            ),
            0.5,
        ),
    )


def _taste(match: re.Match[str]) -> tuple[str, str] | None:
    verb = {"like": "likes", "love": "loves", "adore": "adores", "enjoy": "enjoys", "prefer": "prefers"}[
        match[1].lower()
    ]
    return (f"taste_{key(match[2])}", f"{verb} {third(match[2])}") if key(match[2]) else None


def _distaste(match: re.Match[str]) -> tuple[str, str] | None:
    verb = match[1].lower()
    told = (
        f"does not {verb}"
        if verb in {"like", "love", "enjoy", "eat", "drink"}
        else {"hate": "hates", "dislike": "dislikes", "despise": "despises", "loathe": "loathes"}.get(
            verb, "cannot stand"
        )
    )
    return (f"taste_{key(match[2])}", f"{told} {third(match[2])}") if key(match[2]) else None


def _about_time(inscene: str) -> tuple[_Rule, ...]:
    event = r"(?:exam|interview|audition|date|flight|surgery|operation|appointment|wedding|funeral|deadline|concert|match|test|presentation|trial|meeting|birthday|recital|competition|shift|train)"
    return (
        _rule(
            "goal",
            r"i (?:promise|swear)(?: you)?(?: that)?(?: to| i'll| i will) ([\w' -]+)",
            lambda m: ("", f"promised to {third(m[1])}"),
            0.8,
        ),
        _rule(
            "goal",
            r"(?:i'll|i will) (come back|return|call you|write to you|bring you [\w' -]+|find you [\w' -]+|help you [\w' -]+|meet you [\w' -]+)(.*)",
            lambda m: ("", f"promised to {third(m[1] + m[2])}"),
            0.7,
        ),
        _rule(
            "event",
            rf"i(?:'ve| have)?(?: got)?(?: an?| my| the) ([\w' -]*{event})\b(.*)",
            lambda m: ("", f"has {_article(third(m[1]))} {third(m[2])}".strip()),
            0.7,
        ),
        _rule("event", rf"my ([\w' -]*{event}) is (.+)", lambda m: ("", f"OWN {m[1].lower()} is {third(m[2])}"), 0.7),
        _rule(
            "event",
            r"i(?: just| recently| finally)? (lost|quit|left|broke up|failed|passed|won|sold|bought|graduated|retired|resigned|adopted|buried|started|survived) ((?:my|with|from|the|a|an|school|college)\b[\w' -]*)",
            lambda m: ("", f"{m[1].lower()} {third(m[2])}"),
            0.7,
        ),
        _rule(
            "event",
            r"i(?: just| recently| finally)? (quit|graduated|retired|resigned|got married|got engaged|got divorced|got fired|got promoted|broke up)\b(.*)",
            lambda m: ("", f"{m[1].lower()} {third(m[2])}".strip()),
            0.7,
        ),
        _rule(
            "event",
            r"i(?:'m| am) (?:going|flying|moving|travelling|traveling|starting|getting married|getting) ((?:to|in|on|away|home|back|a|an|my|the|married)\b[\w' -]*)",
            _travel,
            0.6,
        ),
        _rule(
            "goal",
            rf"i (?:want|plan|hope|intend|need) to (?!(?:{inscene})\b)([\w' -]+)",
            lambda m: ("", f"wants to {third(m[1])}"),
            0.7,
        ),
        _rule(
            "goal",
            r"(?:i'm|i am) trying to (?!(?:help|be|understand|find out|tell|get|say|make|figure|keep|see|talk|listen)\b)([\w' -]+)",
            lambda m: ("", f"is trying to {third(m[1])}"),
            0.6,
        ),
        _rule(
            "goal",
            r"my (?:dream|goal|plan|ambition) is to ([\w' -]+)",
            lambda m: ("", f"dreams of being able to {third(m[1])}"),
            0.7,
        ),
        _rule(
            "fact",
            r"i(?: have| 've|'ve)? (never (?:told|learned|learnt|been|seen|finished|had|met|known|forgave|forgiven|danced|loved|left) [\w' -]+)",
            lambda m: ("", f"has {third(m[1])}"),
            0.6,
        ),
        _rule(
            "fact", r"i used to (?!(?:think|know|believe)\b)([\w' -]+)", lambda m: ("", f"used to {third(m[1])}"), 0.6
        ),
        _rule(
            "fact",
            r"i play(?: the)? (violin|piano|guitar|cello|drums|flute|trumpet|saxophone|chess|football|tennis|poker)\b",
            lambda m: ("", f"plays {_played(m[1].lower())}"),
            0.6,
        ),
    )


def _article(noun: str) -> str:
    return (
        noun if noun.startswith(("a ", "an ", "the ", "their ")) else f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"
    )


def _played(what: str) -> str:
    return what if what in {"chess", "football", "tennis", "poker", "drums"} else f"the {what}"


def _travel(match: re.Match[str]) -> tuple[str, str] | None:
    verb = match[0].split(match[1])[0].split()[-1].lower()
    vague = match[1].lower() in {"to", "in", "on", "back", "home", "away"} or re.match(
        r"to (?!the\b|a\b|my\b)[a-z]", match[1]
    )
    return None if vague else ("", f"is {verb} {third(match[1])}")
