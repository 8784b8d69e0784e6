"""What a player says will happen: events and plans with a day, theirs or of people near to them.

Read as grammar: a stretch of a sentence that names a day to come, whose subject is the player, somebody of theirs, or
an event. None in what is past, usual, doubtful, denied, or about somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from engine.kernel import dates, tense
from engine.kernel.dates import Phrase
from engine.kernel.stems import stem, stems
from engine.providers.llm.offline.banks import Banks
from engine.providers.llm.offline.clauses import clauses
from engine.providers.llm.offline.lexicon import has

Shape = Literal["event", "doing", "theirs", "said"]
_CUT = re.compile(
    r"\s*(?:[,;]|:(?!\d)|\s[-–]+\s|[—–…])\s*(?:(?:and|but|so|because|then)\s+)?"
    r"|\s+(?:and|but|so|because|while|though|when|which|who)\s+(?=(?:she|he|they|it|you|the|that|there|everyone|nobody)\b)",
    re.IGNORECASE,
)
_YOU = re.compile(r"\b(?:you|your|yours|you're|you'll|you've|yourself|us)\b", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:not|never|no|nobody|nothing|none|cannot|neither)\b|n't\b", re.IGNORECASE)
_NOT_DOING = re.compile(r"(?i)(?:\b(?:not|never|no longer)|n't) (?:\w+ly )?(?:\w+ing\b|to\b)|\bwon't\b|\bwill not\b")
_MINE = re.compile(
    r"(?i)(?:i|we|(?:me|i) and (?:my )?\w+|(?:my )?\w+ and (?:i|me))(?:'m|'re|'ve|'ll)?\b(?!')\s*"
    r"(?:(?:am|are|will|have|'ve|got|gonna|finally|also|still|really|actually|just|both|all|already|definitely)\s+)*"
)
_DOING = re.compile(
    r"(?i)^(?:i'm|i am|we're|we are|(?:me|i) and (?:my )?\w+ are|(?:my )?\w+ and (?:i|me) are) "
    r"(?:(?:finally|also|still|really|actually|just|both|all|already|definitely) )*(\w+ing\b.*)"
)
_TO_DO = re.compile(r"(?i)going to (?!the\b|an?\b|my\b|our\b|his\b|her\b|their\b|(?-i:[A-Z]))\w")
_OWN = re.compile(r"(?i)^(?:my|our) (?=\w)")
_PRONOUN = re.compile(r"(?i)^(she|he|they|her|his|their|it|that|this)('s|'re|'ll|)\b\s*")
_IT = re.compile(r"(?i)\b(?:it|that|this)\b")
_DONE_TO_ME = re.compile(r"(?i)^(?:they(?:'re|'ll)?|the \w+) .*\b(?:my|me|our)\b")
_PERSON = re.compile(r"(?i)\b((?:my|our) (?:[\w-]+ ){0,2}?<kin>)\b(?!')")
_TODAY = re.compile(
    r"(?i)^(?:today|tonight|tonite|this (?:morning|afternoon|evening|lunchtime)|in .*(?:hours?|minutes))\b"
)
_VAGUE_SPAN = re.compile(r"(?i)^this (?:week|month|year)$")
_MEANT_FOR = re.compile(r"(?i)\b(?:to|for|until|till)\s*$")
_AS_FOR = re.compile(r"(?i)^(?:for|to|until|till|by)\b")
_SUBJECT = re.compile(r"(?i)\b(?:i|we|my|our|is|are|it)\b")
_BESIDE_A_DAY = frozenset(stem(word) for word in ("early", "late", "first", "thing", "sharp", "straight"))
_COUNTDOWN = re.compile(r"(?i)\b(?:away|to go|until|till)$")
_GOES = re.compile(r"(?i)\b(?:go|going|have|having|take|taking|do|doing|attend|attending|get|getting|need) (?:to )?$")
_ASKED = re.compile(r"(?i)(?:'ve|\b(?:have|has)) (?:\w+ ){0,2}(?:been|got) ")
_TOGETHER = re.compile(
    r"(?<![\w'] )(?<![\w'])(?!You )(?:(?:[Mm]y|[Oo]ur) (?:[a-z-]+ ){1,3}|[A-Z][a-z]+ )and I\b"
    r"|(?<![\w'] )\b(?:[Mm]e|I) and (?:(?:my|our) [a-z-]+|(?!You)[A-Z][a-z]+)\b"
)
_EITHER_TENSE = re.compile(r"(?i)^(?:quit|put|cut|hit|let|set|read|hurt|shut|split|beat|bet)\b")
_NO_PART = "is|are|was|to|and|of|with|has|have|the|an?|my|our"
"""What cannot stand between an article and its event."""
_MOST_WORDS = 16


@dataclass(frozen=True, slots=True)
class Coming:
    """Something that lies ahead: its words without their day, the day as it was said, and how it is told.

    `event` is a noun ("visa interview"), `doing` begins with a verb ("driving up the coast"), `theirs` is somebody's or
    something's of the player ("my boss wants to see me"), `said` is the player's own sentence. `words` is the sentence
    with its day, `bare` without; `doing` what the player will be doing then.
    """

    shape: Shape
    what: str
    words: str
    bare: str
    when: str
    doing: str = ""


@dataclass(frozen=True, slots=True)
class Turned:
    """Something planned that was called off, or moved to another day (`when`)."""

    what: str
    when: str = ""
    is_event: bool = True


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A part of a sentence and the phrase of time that counts in it."""

    text: str
    day: Phrase | None

    @property
    def bare(self) -> str:
        """The text without its phrases of time."""
        if self.day is None:
            return self.text
        return " ".join(f"{self.text[: self.day.start]} {self.text[self.day.end :]}".split()).strip(" ,")


def coming(line: str, banks: Banks) -> Iterator[Coming | Turned]:
    """What lies ahead by a player's line, in order."""
    person, event = "", ""
    if has(line, banks.lexicon("words.threads.sarcasm")):
        return
    for clause in clauses(_TOGETHER.sub("we", line), banks):
        for stretch in _stretches(_TOGETHER.sub("we", _stripped(clause, banks))):
            found = _turned(stretch, event, banks) or _read(stretch, person, event, banks)
            if found:
                yield found
            person = next((match[1] for match in _people(banks).finditer(stretch.text)), person)
            event = _event_of(stretch.text, banks) or event


def _read(stretch: _Stretch, person: str, event: str, banks: Banks) -> Coming | None:
    text, day = stretch.text, stretch.day
    if day is None or _VAGUE_SPAN.match(day.words) or len(stretch.bare.split()) > _MOST_WORDS:
        return None
    if has(text, banks.lexicon("words.threads.doubts")) or has(text, banks.lexicon("words.threads.meant")):
        return None
    if _YOU.search(text) or _is_denied(stretch, banks) or _is_past(stretch, banks):
        return None
    words = _named(stretch.bare, person, event)
    told = _told(words, banks, counted=_COUNTDOWN.search(day.words) is not None)
    if told is None or (_TODAY.match(day.words) and not _worth_today(told, banks)):
        return None
    doing, event_of = _DOING.match(words), told[0] == "event"
    what = told[1] if not event_of or told[1][:2].isupper() else told[1][:1].lower() + told[1][1:]
    return Coming(told[0], what, _named(text, person, event), words, day.words, doing[1] if doing else "")


def _told(words: str, banks: Banks, *, counted: bool) -> tuple[Shape, str] | None:
    """How a stretch tells of something that is the player's, and what; None when it does not."""
    event = _event_of(words, banks)
    doing = _DOING.match(words)
    mine = _MINE.match(words)
    if mine and has(_opening(words[mine.end() :]), banks.lexicon("words.threads.trivial")) and not event:
        return None
    if event and (mine or _OWN.match(words) or _starts_with_event(words, banks) or _attached(words) or counted):
        return "event", event
    if doing and not _TO_DO.match(doing[1]):
        return "doing", doing[1]
    if has(words, banks.lexicon("words.threads.favourites")):
        return None
    if _OWN.match(words) or _elder(banks).match(words) or _DONE_TO_ME.match(words):
        return "theirs", words
    return ("said", words) if mine and len(words.split()) > 1 else None


def _is_denied(stretch: _Stretch, banks: Banks) -> bool:
    """Whether a stretch says that something will not be; “can't wait for”, and “not ready before my exam on Friday”,
    say no such thing.
    """
    text = _attitude(banks).sub(" ", stretch.text)
    if not _DENIED.search(text):
        return False
    owned = re.search(
        r"(?i)\b(?:my|our) (?:[\w'-]+ ){0,3}?[\w'-]+\s*$", text[: stretch.day.start] if stretch.day else ""
    )
    return owned is None or not _event_of(owned[0], banks) or _GOES.search(text[: owned.start()]) is not None


def _is_past(stretch: _Stretch, banks: Banks) -> bool:
    """Whether a stretch tells of what is over: a past verb, unless it arranged something for a day to come."""
    day = stretch.day
    mine = _MINE.match(stretch.bare)
    if day and mine and not day.ahead and _EITHER_TENSE.match(stretch.bare[mine.end() :]):
        return "ll" not in mine[0] and "will" not in mine[0]
    if day is None or not tense.looks_back(stretch.text):
        return False
    before = stretch.text[: day.start]
    aimed = bool(_AS_FOR.match(day.words) or _MEANT_FOR.search(before))
    arranged = has(before, banks.lexicon("words.threads.arranged"))
    asked = arranged and _ASKED.search(before) is not None
    return not (
        (arranged and (aimed or asked or day.ahead > 0)) or (day.ahead > 0 and _event_of(stretch.text, banks) != "")
    )


def _turned(stretch: _Stretch, event: str, banks: Banks) -> Turned | None:
    """What a stretch calls off or moves."""
    text = stretch.text
    if has(text, banks.lexicon("words.threads.doubts")):
        return None
    what = _event_of(text, banks) or (event if _IT.search(text) else "") or stretch.bare
    off = has(text, banks.lexicon("words.threads.cancelled"))
    planned = _NOT_DOING.search(text) or (_DENIED.search(text) and _event_of(text, banks))
    given_up = bool(planned) and has(text, banks.lexicon("words.threads.after_all"))
    if (
        off and not _DENIED.search(re.sub(r"(?i)\b(?:is|are|was)?n't happening|\bnot happening", "", text))
    ) or given_up:
        return Turned(what, is_event=what != stretch.bare)
    if not has(text, banks.lexicon("words.threads.moved")) or not (
        _event_of(text, banks) or (event and _IT.search(text))
    ):
        return None
    day = stretch.day
    aimed = day is not None and (_AS_FOR.match(day.words) or _MEANT_FOR.search(text[: day.start]))
    return (
        Turned(what, re.sub(r"(?i)^(?:to|until|till|for)\b", "on", day.words))
        if day and aimed and day.ahead >= 0
        else None
    )


def _stretches(clause: str) -> Iterator[_Stretch]:
    """A clause cut at its commas, a day that stands alone put to the words that it belongs to."""
    spans = dates.phrases(clause)
    cuts = [cut for cut in _CUT.finditer(clause) if not any(p.start < cut.end() and cut.start() < p.end for p in spans)]
    edges = [0, *(place for cut in cuts for place in (cut.start(), cut.end())), len(clause)]
    parts = [clause[start:end].strip() for start, end in zip(edges[::2], edges[1::2], strict=True)]
    for text in _joined([part for part in parts if part]):
        yield _Stretch(text, _day_of(text))


def _joined(parts: Sequence[str]) -> Iterator[str]:
    held = ""
    for place, part in enumerate(parts):
        text = f"{held} {part}".strip()
        last = place == len(parts) - 1
        held = text if _only_a_day(text) and not last else ""
        following = parts[place + 1] if not last else ""
        if held or (last and _only_a_day(text) and place):
            continue
        if following and not dates.phrases(text) and place == len(parts) - 2 and _only_a_day(following):
            text = f"{text} {following}"
        yield text


def _only_a_day(text: str) -> bool:
    found = dates.phrases(text)
    if not found:
        return False
    rest = text[: found[0].start] + text[found[-1].end :]
    return not _SUBJECT.search(rest) and set(stems(rest)) <= _BESIDE_A_DAY


def _day_of(text: str) -> Phrase | None:
    """The phrase that counts: the last one that is not of the past; an hour of the clock where no day is named."""
    found = [one for one in dates.phrases(text) if one.ahead >= 0 and not _VAGUE_SPAN.match(one.words)]
    behind = any(one.ahead < 0 for one in dates.phrases(text))
    if found:
        return found[-1]
    return None if behind else dates.clock(text)


def _worth_today(told: tuple[Shape, str], banks: Banks) -> bool:
    """Today is often talk of the scene itself: only an event, a journey or what befalls somebody near is a thread."""
    outings = banks.lexicon("words.speech.outings")
    return told[0] in {"event", "theirs"} or (told[0] == "doing" and has(_opening(told[1]), outings))


def _named(words: str, person: str, event: str) -> str:
    """A stretch that begins with a pronoun, with what it stands for: “her operation” → “my mum's operation”."""
    match = _PRONOUN.match(words)
    if not match:
        return words
    thing = match[1].lower() in {"it", "that", "this"}
    stands = (f"my {event}" if event else "") if thing else person
    if not stands:
        return words
    verb = {"'s": " is", "'re": " are", "'ll": " will", "": ""}[match[2]]
    owned = match[1].lower() in {"her", "his", "their"}
    return f"{stands}{chr(39) + 's' if owned else ''}{verb} {words[match.end() :]}".strip()


def _opening(words: str) -> str:
    return " ".join(words.split()[:2])


def _event_of(words: str, banks: Banks) -> str:
    """The noun of an event in a stretch, with what qualifies it and without its owner; "" when there is none."""
    match = _events(banks).search(words)
    found = " ".join((match[1] or match[2] or match[3] or "").split()) if match else ""
    return re.split(r"(?i)'s |\b(?:my|our|the|his|her|their|this|that|another|one|an?) ", found)[-1]


def _starts_with_event(words: str, banks: Banks) -> bool:
    """“Big exam”, “the boat race is”, “Lena's wedding is”: the event itself is what the stretch is about."""
    match = _events(banks).search(words)
    return match is not None and len(words[: match.start()].split()) == 0


def _attached(words: str) -> bool:
    """Whether the event stands with the player's own: “nervous about my interview”."""
    return re.search(r"(?i)\b(?:my|our)\b", words) is not None


def _stripped(clause: str, banks: Banks) -> str:
    """A clause without the fillers it begins with."""
    return _filler(banks).sub("", clause)


@cache
def _events(banks: Banks) -> re.Pattern[str]:
    strong, weak = _either(banks, "events"), _either(banks, "events", "doubtful")
    owner = r"(?:my|our|the|an?|his|her|their|this|that|one|(?-i:[A-Z])\w+'s|first|last|another)"
    return re.compile(
        rf"(?i)\b(?:{owner}) "
        rf"((?:(?!(?:{_NO_PART})\b)[\w'-]+ ){{0,4}}?(?:{weak})(?: (?:{weak}))*)\b(?!['-])"
        rf"|(?:\b(?:have|having|got|has) )((?:[\w'-]+ ){{0,2}}(?:{weak})(?: (?:{weak}))*)\b(?!['-])"
        rf"|^((?:(?!(?:is|are|was|to|and|of|i|we|he|she|they|people|in)\b)[\w-]+ ){{0,2}}(?:{strong}))\b"
    )


@cache
def _people(banks: Banks) -> re.Pattern[str]:
    kin = "|".join(map(re.escape, sorted(banks.lexicon("words.speech.kin"), key=len, reverse=True)))
    return re.compile(_PERSON.pattern.replace("<kin>", f"(?:{kin})"), re.IGNORECASE)


@cache
def _elder(banks: Banks) -> re.Pattern[str]:
    return re.compile(rf"(?i)^(?:{_either(banks, 'elders')})(?:'s)? \w")


@cache
def _attitude(banks: Banks) -> re.Pattern[str]:
    return re.compile(rf"(?i)\b(?:{_either(banks, 'attitudes')})\b")


@cache
def _filler(banks: Banks) -> re.Pattern[str]:
    return re.compile(rf"(?i)^(?:(?:{_either(banks, 'fillers')})\b[,:]? +)+(?=\w)")


def _either(banks: Banks, *names: str) -> str:
    words = [word for name in names for word in banks.lexicon(f"words.threads.{name}")]
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
