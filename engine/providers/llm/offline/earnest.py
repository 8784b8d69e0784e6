"""What in a line is meant in earnest: no jokes, play, fiction, doubts, reports, or statements under a condition."""

from __future__ import annotations

import re
from functools import cache

from engine.kernel.stems import STOP_WORDS
from engine.providers.llm.offline.banks import Banks
from engine.providers.llm.offline.lexicon import has, plain

_ORDER = re.compile(
    r"(?im)^\s*(?:system|developer|admin|assistant|instructions?|note to (?:ai|the model))\s*:|"
    r"\b(?:save|store|write|put|keep|add) (?:this|that|it)(?: (?:to|in|into) (?:your )?(?:memory|database))?"
    r"\s*[.!]*\s*$"
)
_LAUGH = r"(?:lol|lmao|rofl|ha(?:ha)*h?|he(?:he)+|pf+t?|oh)"
_IRONY = re.compile(
    r"(?i)((?:^|[.!?…]\s*)\W*(?:(?:oh|ah|well|just|how|ugh|yay)[,.! ]+)*"
    r"(?:great|wonderful|fantastic|lovely|perfect|brilliant|super|terrific|splendid|awesome|fabulous|marvellous|yay|joy)"
    r"\s*[,.!…]+\s*(?:(?:and|just|yet|now|so) )*(?:another|one more|more|again|what i needed)\b[^.!?…;,]*[.!?…;,]+\s*)"
    r"(?:and )?(?:i'm|i am|we're|we are|i|we) (?:just |so |really |absolutely |totally |simply |beyond |very )*"
    r"(?:happy|thrilled|delighted|excited|lucky|glad|grateful|overjoyed|ecstatic|pleased|proud|"
    r"love|adore|enjoy|can't wait)\b[^.!?…;,]*[.!?…;,]*"
)
_LEAD = r"\W*(?:(?i:and|but|so|plus|also|oh|well|yes|yeah|no|ok|okay|anyway|besides)\b[,:]?\s*)+"
_LEADING = re.compile(f"^{_LEAD}")
_BETWEEN_US = re.compile(
    r"(?i)\byou (?:\w+ )?ask(?:ed)?\b|\b(?:i|i'll|let me) (?:(?:\w+|have to) )?(?:(?:say|tell|told)(?: \w+){0,2} you|"
    r"tell you|told you|say (?:it|this|that))\b"
)
"""What the two of them say to one another is no quotation: “you asked where I'm from: …”, “let me tell you: …”."""
_MOCKING = (
    re.compile(
        r"(?i)^\W*(?:(?:oh|sure|yeah|yes|wow|great|right|of course|ah|haha)[,.!]?\s+)+(?:i|we)\s+"
        r"(?:just|simply|totally|absolutely|so|really|truly)\s+(?:love|adore|enjoy|like)"
    ),
    re.compile(
        r"(?i)^\W*(?:(?:oh )?(?:great|joy|wonderful|fantastic|lovely|perfect|brilliant|super|yay)|"
        r"oh (?:sure|yeah|yes))[,.! ]+"
        r"(?:i|we) (?:\w+ly |just |so )?(?:love|adore|enjoy|like)\b"
    ),
    re.compile(
        r"(?i)^\W*(?:oh )?(?:sure|yeah|yes|right|of course),? (?:i'm|i am) (?:totally|obviously|clearly|definitely)\b"
    ),
    re.compile(r"\b(?i:i (?:just|simply|so) )(?:LOVE|ADORE|ENJOY)(?![A-Z ]*[A-Z]{3})\b"),
    re.compile(r"(?i)^\W*(?:oh )?(?:sure|right|yeah|yes|of course|and)[,.]? and (?:i'm|i am|my|i) "),
    re.compile(rf"(?i)^\W*(?:{_LAUGH}\W+)+(?:sure|right|yeah|yes|of course)[,.]? and\b"),
    re.compile(r"(?is)\A(?=.*?\bknock,? knock\b)(?=.*?\b(?:who(?:'?s| is) there\b|\w+ who\?))"),
    re.compile(
        r"(?i)\b(?:because|as) (?:obviously|clearly|of course) (?:i|my)\b|\bwho doesn't\b|\bwhat could be better\b"
    ),
)
_UNREAL, _FACTS = "words.speech.", "words.facts."


def is_mocking(line: str, banks: Banks) -> bool:
    """Whether a whole line is a joke, mockery, or an order about memory itself."""
    jokes = (*banks.lexicon(f"{_UNREAL}joke"), *banks.lexicon(f"{_FACTS}sarcasm"))
    if has(line, jokes) or _ORDER.search(line) or any(shape.search(line) for shape in _MOCKING):
        return True
    return _jest(banks.lexicon(f"{_FACTS}jests")).search(plain(line)) is not None


def without_irony(line: str) -> str:
    """A line without the delight over one more mishap: in “great, another storm, I'm so happy” nobody is happy."""
    return _IRONY.sub(r"\1", line)


def opens_play(sentence: str, banks: Banks) -> bool:
    """Whether from this sentence on the line is play or a dream."""
    return has(sentence, banks.lexicon(f"{_FACTS}play"))


def is_fiction(sentence: str, banks: Banks) -> bool:
    """Whether a sentence tells of a film, a song, a part, what is imagined, a journey to nowhere, or gives an order."""
    return has(sentence, _frames(banks)) or _nowhere_bound(banks).search(sentence) is not None


def is_doubtful(clause: str, banks: Banks) -> bool:
    """Whether a clause, and what follows it in its sentence, is a guess, a wish, or what somebody else says."""
    if has(clause, banks.lexicon(f"{_FACTS}doubts")):
        return True
    speakers, reports = banks.lexicon(f"{_UNREAL}speakers"), banks.lexicon(f"{_UNREAL}reports")
    return _report(speakers, reports).search(_without(clause, banks)) is not None


def is_stated(before: str, banks: Banks) -> bool:
    """Whether what stands before a statement in its clause leaves it a statement: nothing that governs it.

    What stands before a colon (“I trust you: ”) governs nothing, unless it brings words of somebody else.
    """
    head, _, tail = before.rpartition(":")
    if has(_BETWEEN_US.sub(" ", _without(head, banks)), banks.lexicon(f"{_FACTS}quoting")):
        return False
    lead = _LEADING.sub("", _without(tail, banks))
    if beside_me(f"{lead}I ", banks):
        return True
    last = re.findall(r"[\w']+", lead)[-1:]
    others = banks.lexicon(f"{_FACTS}ends_other")
    return not (last and last[0].lower() in others) and not has(lead, banks.lexicon(f"{_FACTS}governing"))


def beside_me(sentence: str, banks: Banks) -> int:
    """Where the one ends who is its subject with the player (“my twin” of “my twin and I celebrate”); 0 without one."""
    match = _pair(banks).match(sentence)
    return match.end(1) if match and match[1].lower() not in STOP_WORDS else 0


def _without(clause: str, banks: Banks) -> str:
    return _factive(banks.lexicon(f"{_FACTS}factive")).sub(" ", clause)


@cache
def _factive(phrases: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=len, reverse=True)
    return re.compile(rf"(?i)\b(?:{'|'.join(map(re.escape, longest_first))})\b(?: that)?")


@cache
def _pair(banks: Banks) -> re.Pattern[str]:
    """Somebody of the player's, or a name at the beginning, and the player."""
    near = (*banks.lexicon(f"{_FACTS}roles"), *banks.lexicon(f"{_FACTS}beasts"))
    whom = "|".join(map(re.escape, sorted(near, key=len, reverse=True)))
    mine = rf"(?i:(?:my|our) (?:[\w-]+ ){{0,2}}?(?:{whom}))(?: [A-Z][\w'-]*)?"
    return re.compile(rf"(?:{_LEAD})?({mine}|[A-Z][\w'-]*\w) and (?=[Ii] (?:[a-z]|$))")


@cache
def _frames(banks: Banks) -> tuple[str, ...]:
    lists = (banks.lexicon(name) for name in (f"{_FACTS}fiction", f"{_FACTS}orders", "words.acts.probe"))
    frames = frozenset(banks.lexicon(f"{_UNREAL}unreal")) - frozenset(banks.lexicon(f"{_FACTS}doubts"))
    return (*sorted(frames), *(word for words in lists for word in words))


@cache
def _nowhere_bound(banks: Banks) -> re.Pattern[str]:
    """A journey to where nobody goes: “flying to the moon”, and not “moving to Mars Street”."""
    names = "|".join(map(re.escape, sorted(banks.lexicon(f"{_FACTS}nowhere"), key=len, reverse=True)))
    return re.compile(
        r"(?i)\b(?:go|going|goes|went|fly|flying|flew|move|moving|moved|travel\w*|head\w*|sail\w*|drive|driving|trip|"
        rf"holidays?|vacation|cruise|emigrat\w+)(?: back| away| home)? to (?:{names})"
        r"(?=\W*$|[,;:]| (?:with|on|in|at|and|for|by|to|because|so|but|again|soon|now|then|when|next|this|tomorrow|"
        r"tonight|today)\b)"
    )


@cache
def _report(speakers: tuple[str, ...], reports: tuple[str, ...]) -> re.Pattern[str]:
    often = "(?:always |once |just |even |never )?"
    told = r"(?: to)?(?: me| us| him| her| them| everyone| people)?(?: that)?"
    told += r"(?: i\b| i'| my\b| we\b| our\b| it\b|:|,|\s*$)"
    named = r"(?:called|calls) me (?-i:(?![A-Z]))"
    verbs = "|".join(word for word in reports if not word.startswith("call"))
    return re.compile(rf"(?i)\b(?:{'|'.join(speakers)}) {often}(?:(?:{verbs})(?:{told})|{named})")


@cache
def _jest(words: tuple[str, ...]) -> re.Pattern[str]:
    """A joke owned up to: a sentence or an aside of its own."""
    said = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    return re.compile(
        rf"(?:^|[.!;…,(*-]\s*)(?:(?:haha|lol|no|ok|okay|nah),? )*(?:{said})"
        r"(?:,? (?:haha|lol|of course))*\s*(?:$|[.!;…,)*])"
    )
