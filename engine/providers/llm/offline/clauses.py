"""The player's own earnest statements, clause by clause, with the time and the name that they give."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.kernel import dates
from engine.providers.llm.offline.banks import Banks
from engine.providers.llm.offline.earnest import (
    beside_me,
    is_doubtful,
    is_fiction,
    is_mocking,
    is_stated,
    opens_play,
    without_irony,
)

_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|«[^»]*»|(?<!\w)'[^']*'(?!\w)|\*[^*]*\*|\([^()]*\)|[♪♫][^♪♫]*[♪♫]?")
_SENTENCE = re.compile(r"[^.!?;…\n]+[.!?;…]*")
_MINE = r"(?:i|i'm|i've|i'll|my|we|we're|we've|our)\b"
_BOTH = re.compile(
    r"(?:(?<=^)|(?<=[,:] )|(?<=\bso )|(?<=\bbecause ))((?:my (?:new )?\w+ )?(?-i:[^\W\d_a-z])[\w'-]+|"
    r"my (?:new )?\w+) and (i) "
    r"(?=(?:are|were|have|got|broke|split|separated|married|divorced|tied|met|moved|live)\b)",
    re.IGNORECASE,
)
_JOIN = re.compile(
    rf"(?i)(?<!^me),? (?:and|but|so|also|because|since|then|though|although|while|cause),? (?:now,? )?(?={_MINE})|"
    rf", (?={_MINE})| [-–—]+ |—"
)
_SAME_SUBJECT = re.compile(
    r"(?i)(?<=\w)(,? (?:and|but)) (?=(?:work|live|have|love|hate|like|own|miss|play|study|want|speak|"
    r"can't stand|don't)\b)"
)
_NOT_STATED = re.compile(
    r"(?i)\b(?:to|don't|can't|cannot|never|not|would|could|used|he|she|they|you|who|people|"
    r"my [\w ]+?|parents|friends)\b[^.]*$"
)
_ASKED = re.compile(
    r"(?i),? (?:so |and |but )?(?:(?:can|could|would|will|do|did|are|were|is|was|shall|should|may|have|has) "
    r"(?:you|we|that|it|he|she|they)|"
    r"what|how|why|where|who) [^,]*\?\s*$|, (?:and you|do you|you|remember|ok|okay)\?\s*$"
)
_CASUAL = {
    "im": "i'm", "ive": "i've", "dont": "don't", "cant": "can't", "didnt": "didn't", "doesnt": "doesn't",
    "isnt": "isn't", "wasnt": "wasn't", "arent": "aren't", "youre": "you're", "wont": "won't", "favorite": "favourite",
    "fave": "favourite", "fav": "favourite",
}  # fmt: skip
_CASUAL_WORD = re.compile(rf"(?i)\b(?:{'|'.join(_CASUAL)})\b")
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
        r"(?i:\b(?:(?:everyone|everybody|people|they all|my friends|friends|most people|they) (?:just )?calls? me|"
        r"i(?: now| also)? (?:go by|changed my name to)|i(?:'m| am) (?:now )?called|"
        r"my (?:real|full|first|new|actual) name(?:'s| is)|"
        r"my name(?:'s| is) (?:now|actually))) ([A-Z][\w'-]+)"
    ),
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
    plain = _CASUAL_WORD.sub(lambda word: _CASUAL[word[0].lower()], line.replace("’", "'").replace("‘", "'"))
    if is_mocking(plain, banks):
        return
    for sentence in _SENTENCE.findall(without_irony(_QUOTED.sub(" ", plain))):
        if opens_play(sentence, banks):
            return
        told = _before_question(sentence) if sentence.rstrip().endswith("?") else sentence
        if told and not is_fiction(sentence, banks):
            yield from _parts(told, banks)


def _before_question(sentence: str) -> str:
    """“I have a migraine, can we stop?”: what is stated before what is asked; "" when all is asked."""
    asked = _ASKED.search(sentence)
    return sentence[: asked.start()] if asked else ""


def _parts(sentence: str, banks: Banks) -> Iterator[str]:
    """The clauses of a sentence up to the first that is in doubt."""
    whole = _SAME_SUBJECT.sub(
        lambda join: join[0] if _NOT_STATED.search(sentence[: join.start()]) else f"{join[1]} I ", sentence
    )
    for clause in _JOIN.split(_BOTH.sub(r"\1 && \2 ", _coordinated(whole.strip(), banks))):
        if is_doubtful(clause, banks):
            return
        yield " ".join(clause.split()).strip(" .!;,…-").replace(" && ", " and ")


def _coordinated(sentence: str, banks: Banks) -> str:
    """A sentence that begins with a subject of two (“my twin and I celebrate”), marked to stay in one piece."""
    end = beside_me(sentence, banks)
    return f"{sentence[:end]} && {sentence[end + len(' and ') :]}" if end else sentence


def when_of(clause: str) -> str:
    """The time phrase of a clause as it was said, or ""."""
    match = _WHEN.search(clause)
    return dates.find(clause) or (match[1] if match else "")


def without_when(clause: str) -> str:
    """The clause without its time phrase."""
    return " ".join(_WHEN.sub(" ", clause).split())


def introduced(line: str, banks: Banks) -> str:
    """The name by which the player introduces themself in this line, or ""."""
    for clause in clauses(line, banks):
        found = next((hit for shape in _NAMING[:-1] if (hit := shape.search(clause))), None) or _NAMING[-1].match(
            clause
        )
        if found and _is_name(found[1], banks) and is_stated(clause[: found.start()], banks):
            return found[1][:1].upper() + found[1][1:]
    return ""


def _is_name(word: str, banks: Banks) -> bool:
    whole, first = word.lower(), word.lower().split(" ", maxsplit=1)[0]
    lists = [banks.lexicon(f"words.speech.{name}") for name in ("notnames", "legends", "feelings", "jobs")]
    lists += [banks.lexicon(f"words.facts.{name}") for name in ("masters", "nations", "traits")]
    return (
        not first.endswith("ing")
        and not dates.find(f"on {whole}")
        and not any(whole in words or first in words for words in lists)
    )
