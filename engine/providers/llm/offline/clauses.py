"""The player's own earnest statements, clause by clause, with the time and the name that they give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from engine.providers.llm.offline.banks import Banks
from engine.providers.llm.offline.lexicon import has

_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|(?<!\w)'[^']*'(?!\w)|\*[^*]*\*|\([^()]*\)")
_SENTENCE = re.compile(r"[^.!?;…\n]+[.!?;…]*")
_MINE = r"(?:i|i'm|i've|i'll|my)\b"
_JOIN = re.compile(
    rf"(?i),? (?:and|but|so|also|because|then|though|although|while),? (?=(?:{_MINE}|we\b))|, (?={_MINE})"
)
_SAME_SUBJECT = re.compile(
    r"(?i)(?<=\w)(,? (?:and|but)) (?=(?:work|live|have|love|hate|like|own|miss|play|study|want|can't stand|don't)\b)"
)
_COUNT = r"(?:an?|one|two|three|four|five|six|seven|ten|\d+)"
_DAY = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_MONTH = r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
_SPAN = r"(?:week|weekend|month|year|summer|winter|spring|autumn)"
_WHEN = re.compile(
    rf"(?i)\b(day after tomorrow|tomorrow(?: morning| afternoon| evening| night)?|tonight|yesterday|"
    rf"this (?:morning|afternoon|evening|{_SPAN}|{_DAY})|(?:next|last) (?:{_SPAN}|{_DAY})|on {_DAY}|"
    rf"in {_COUNT} (?:minutes?|hours?|days?|weeks?|months?|years?)|{_COUNT} (?:days?|weeks?|months?|years?) ago|"
    rf"on the \d{{1,2}}(?:st|nd|rd|th)(?: of [a-z]+)?|in {_MONTH})\b"
)
_NAMING = (
    re.compile(
        r"(?i:\b(?:my name is|my name's|the name is|the name's|call me|i go by)) "
        r"([A-Za-z][\w'-]+(?: [A-Z][\w'-]+)?)\s*$"
    ),
    re.compile(r"(?i:\b(?:my name is|my name's|call me)) ([A-Z][\w'-]+)"),
    re.compile(
        r"(?:(?i:hi|hello|hey|well|oh|yes),? )?(?i:i'm|i am|it's) "
        r"([A-Z][\w'-]+(?: [A-Z][\w'-]+)?)(?:, (?:[^'].*)?| by the way)?$"
    ),
)


def clauses(line: str, banks: Banks) -> Iterator[str]:
    """What the player states in earnest: no questions, quotations, actions, jokes, dreams or what others said."""
    plain = line.replace("’", "'").replace("‘", "'")
    if has(plain, banks.lexicon("words.speech.joke")):
        return
    for sentence in _SENTENCE.findall(_QUOTED.sub(" ", plain)):
        if sentence.rstrip().endswith("?") or has(sentence, banks.lexicon("words.speech.unreal")):
            continue
        if _is_report(sentence, banks):
            continue
        for clause in _JOIN.split(_SAME_SUBJECT.sub(r"\1 I ", sentence)):
            yield " ".join(clause.split()).strip(" .!;,…-")


def _is_report(sentence: str, banks: Banks) -> bool:
    return (
        _report(banks.lexicon("words.speech.speakers"), banks.lexicon("words.speech.reports")).search(sentence)
        is not None
    )


@cache
def _report(speakers: tuple[str, ...], reports: tuple[str, ...]) -> re.Pattern[str]:
    often = "(?:always |once |just |even |never )?"
    return re.compile(rf"(?i)\b(?:{'|'.join(speakers)}) {often}(?:{'|'.join(reports)})\b")


def when_of(clause: str) -> str:
    """The time phrase of a clause as it was said, or ""."""
    match = _WHEN.search(clause)
    return match[1] if match else ""


def without_when(clause: str) -> str:
    """The clause without its time phrase."""
    return " ".join(_WHEN.sub(" ", clause).split())


def introduced(line: str, banks: Banks) -> str:
    """The name by which the player introduces themself in this line, or ""."""
    for clause in clauses(line, banks):
        found = _NAMING[0].search(clause) or _NAMING[1].search(clause) or _NAMING[2].match(clause)
        if found and _is_name(found[1], banks):
            return found[1][:1].upper() + found[1][1:]
    return ""


def _is_name(word: str, banks: Banks) -> bool:
    whole, first = word.lower(), word.lower().split(" ", maxsplit=1)[0]
    lists = [banks.lexicon(f"words.speech.{name}") for name in ("notnames", "legends", "feelings", "jobs")]
    return not first.endswith("ing") and not any(whole in words or first in words for words in lists)
