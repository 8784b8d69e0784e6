"""Extracting memories from a player's line, by the rules in `data/offline/memory_rules.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from engine.kernel import dates
from engine.providers.llm.offline.banks import Banks
from engine.providers.llm.offline.clauses import clauses, introduced, when_of
from engine.providers.llm.offline.earnest import is_stated
from engine.providers.llm.offline.lexicon import has
from engine.providers.llm.offline.telling import filled, named

_ROOM = "memory_rules."
_LIMIT = 300
_MACRO = re.compile(r"(?<!\?P)<(\w+)>")
_ONCE = re.compile(
    r"(?i)\b(?:when (?:i was|we were)|as a (?:kid|child|teenager|girl|boy|student)|"
    r"(?:days|weeks|months|years|ages|long|a while|some time) ago|back in|once|"
    r"the other (?:day|night|morning|afternoon|evening|week|weekend|month)|recently|lately|"
    r"in (?:19|20)\d\d|last (?:spring|summer|autumn|fall|winter))\b"
)
_SMALL = re.compile(r"^(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)[A-Z](?=[a-z]+\b)")
_DANGLING = re.compile(r"(?i)(?:,? (?:and|but|because|or))+$")
_PLANS = ("trip", "plan")
_WORDS = ("facts", "speech", "threads")


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
    says: re.Pattern[str]
    attribute: str
    text: str
    own: str
    whole: str
    importance: float
    timed: int
    dated: bool
    also: str
    also_attribute: str


def extract(line: str, who: str, character: str, banks: Banks) -> tuple[Found, ...]:
    """The memories in a player's line, told of `who` (a name, or “The player”) to `character`."""
    found: dict[str, Found] = {}
    name = introduced(line, banks)
    if name:
        found["name"] = Found("fact", "name", f"The player's name is {name}", 0.9)
    turned = has(line, banks.lexicon("words.facts.turns"))
    for said in clauses(line, banks):
        clause = _unaddressed(said, character)
        for told in _told_in(clause, who, character, banks) if len(clause) <= _LIMIT else ():
            instead = turned and told.attribute in _PLANS and "instead" not in told.text
            memory = replace(told, text=f"{told.text} instead") if instead else told
            found.setdefault(memory.text.lower(), memory)
    return tuple(found.values())


def _told_in(clause: str, who: str, character: str, banks: Banks) -> Iterator[Found]:
    """What the earliest statement of a clause tells, by the first rule that fits it."""
    hits = ((match.start(), place, rule, match) for place, rule, match in _matches(clause, banks))
    _, _, rule, match = min(hits, key=lambda hit: hit[:2], default=(0, 0, None, None))
    if rule is None or match is None:
        return
    attribute = filled(rule.attribute, match)
    if attribute.endswith("_"):
        return
    words = _worded(rule, match, who)
    text = _cleaned(named(words, character) + _fronted(clause, rule, match, words))
    attribute = "" if attribute.startswith("_") else attribute
    yield Found(rule.kind, attribute, text, rule.importance, when_of(text))
    if rule.also:
        yield Found(rule.kind, rule.also_attribute, _cleaned(f"{who} {filled(rule.also, match)}"), rule.importance)


def _worded(rule: _Rule, match: re.Match[str], who: str) -> str:
    """A rule's sentence about the player: told of them, of what is theirs, or of what somebody did to them."""
    if rule.whole:
        return filled(rule.whole, match).replace("{who}", who)
    return f"{who}'s {filled(rule.own, match)}" if rule.own else f"{who} {filled(rule.text, match)}"


def _unaddressed(clause: str, character: str) -> str:
    """A clause without the name of whom it is said to: “I have a brother, Mara” names no brother."""
    names = {character, character.split(" ", maxsplit=1)[0]} - {""}
    return re.sub(rf"(?:, ?(?:{'|'.join(map(re.escape, names))}))+(?=$|,)", "", clause) if names else clause


def _matches(clause: str, banks: Banks) -> Iterator[tuple[int, _Rule, re.Match[str]]]:
    for place, rule in enumerate(_rules(banks)):
        match = next((one for one in rule.says.finditer(clause) if is_stated(clause[: one.start()], banks)), None)
        if match and _is_timely(rule, match, clause):
            yield place, rule, match


def _is_timely(rule: _Rule, match: re.Match[str], clause: str) -> bool:
    """Whether a rule that wants a time finds it: as the beginning of a group, or anywhere."""
    if rule.timed:
        told = match[rule.timed]
        return told.lower().startswith((dates.find(told) or "-").lower())
    told = clause[: match.end()]
    return not rule.dated or bool(dates.find(told)) or _ONCE.search(told) is not None


def _fronted(clause: str, rule: _Rule, match: re.Match[str], words: str) -> str:
    """The time that stands before a statement (“tomorrow I'm signing”), to be told behind it."""
    happens = rule.kind in {"event", "goal"} or not rule.attribute
    before = dates.find(clause[: match.start()]) if happens else None
    return f" {_SMALL.sub(lambda word: word[0].lower(), before)}" if before and not dates.find(words) else ""


def _cleaned(text: str) -> str:
    plain = " ".join(text.split()).replace(" 's ", "'s ").replace(" ,", ",").strip(" ,-")
    return _DANGLING.sub("", plain)[:_LIMIT]


@cache
def _rules(banks: Banks) -> tuple[_Rule, ...]:
    names = dict.fromkeys(key.split(".")[1] for key in banks.texts if key.startswith(_ROOM) and key.endswith(".says"))
    return tuple(_rule(f"{_ROOM}{name}", banks) for name in names)


def _rule(key: str, banks: Banks) -> _Rule:
    return _Rule(
        kind=banks.texts.get(f"{key}.kind", "fact"),
        says=re.compile(r"(?<!\w)" + _expanded(banks.texts[f"{key}.says"], banks), re.IGNORECASE),
        attribute=banks.texts.get(f"{key}.attribute", ""),
        text=banks.texts.get(f"{key}.text", ""),
        own=banks.texts.get(f"{key}.own", ""),
        whole=banks.texts.get(f"{key}.whole", ""),
        importance=banks.weights.get(f"{key}.importance", 0.5),
        timed=int(banks.weights.get(f"{key}.timed", 0)),
        dated=bool(banks.weights.get(f"{key}.dated", 0)),
        also=banks.texts.get(f"{key}.also", ""),
        also_attribute=banks.texts.get(f"{key}.also_attribute", ""),
    )


def _expanded(says: str, banks: Banks) -> str:
    """A pattern with its macros and lists written out; longer list words first."""

    def write(match: re.Match[str]) -> str:
        listed = {word for room in _WORDS for word in banks.lexicon(f"words.{room}.{match[1]}")}
        longest_first = "|".join(re.escape(word) for word in sorted(listed, key=lambda word: (-len(word), word)))
        return banks.texts.get(f"{_ROOM}macros.{match[1]}") or longest_first

    while _MACRO.search(says):
        says = _MACRO.sub(write, says)
    return says
