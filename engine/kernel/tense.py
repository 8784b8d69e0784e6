"""Whether an English sentence tells of something past: decided by its first verb that shows its tense."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_PAST = frozenset(
    """
    was were wasn't weren't had hadn't did didn't couldn't ate became began bit bled blew bought broke brought built
    burnt came caught chose crept dealt drank dreamt drew drove dug fed fell felt fled flew forgot forgave fought found
    froze gave got grew heard held hid kept knew laid lay leapt learnt led left lent lit lost made meant met paid ran
    rang rode rose said sang sank sat saw sent shook shot slept sold spent spoke stole stood struck stuck swam swept
    swore swung taught threw thought tore told took understood went wept woke won wore wrote used
    """.split()  # noqa: SIM905  (as a list it would be a page)
)
_PARTICIPLES = frozenset(
    """
    been begun bitten blown broken chosen come done drawn driven drunk eaten fallen flown forgotten forgiven frozen
    given gone grown gotten had hidden known put quit read ridden risen run rung sung sunk seen set shaken shown spoken
    stolen sworn swum taken thrown torn woken worn written cut hit hurt let lost split
    """.split()  # noqa: SIM905
)
_NO_VERBS = frozenset(
    "bed red need feed seed speed breed weed hundred indeed naked wicked sacred exceed succeed proceed ahead".split()  # noqa: SIM905
)
_NOW = frozenset(
    """
    am is are isn't aren't i'm we're you're they're will won't i'll we'll she'll he'll they'll it'll can can't must do
    does don't doesn't gonna may might should
    """.split()  # noqa: SIM905
)
_BE = frozenset("am is are be being isn't aren't i'm we're you're they're he's she's it's get gets getting".split())  # noqa: SIM905
_HAVE = frozenset("have has haven't hasn't i've we've they've you've he's she's it's".split())  # noqa: SIM905
_OWNERS = frozenset("a an the my our your his her their its this that these those of in on at for to with".split())  # noqa: SIM905
_BETWEEN = frozenset(
    "just finally already recently never also both even once still not really always only then all so".split()  # noqa: SIM905
)


def looks_back(sentence: str) -> bool:
    """Whether the first verb that shows a tense is a past one: “I started there” is, “I'm starting there” is not."""
    tokens = _TOKEN.findall(sentence.lower().replace("\u2019", "'"))
    for place, token in enumerate(tokens):
        before = _before(tokens, place)
        if _is_past(token, before):
            return True
        if token in _NOW or (token in _HAVE and not _perfect(tokens, place)):
            return False
    return False


def _before(tokens: list[str], place: int) -> str:
    """The word before, adverbs passed over."""
    while place and (tokens[place - 1] in _BETWEEN or tokens[place - 1].endswith("ly")):
        place -= 1
    return tokens[place - 1] if place else ""


def _perfect(tokens: list[str], place: int) -> bool:
    """Whether “have” here makes a perfect: “have lost”, and not “have a dog” or “have got”."""
    rest = [token for token in tokens[place + 1 :] if token not in _BETWEEN]
    return bool(rest) and rest[0] != "got" and _participle(rest[0])


def _participle(token: str) -> bool:
    return token in _PARTICIPLES or token in _PAST or (token.endswith("ed") and token not in _NO_VERBS)


def _is_past(token: str, before: str) -> bool:
    if before in _HAVE:
        return token != "got" and _participle(token)  # noqa: S105
    if before in _BE or before in _OWNERS:
        return False
    return token in _PAST or (token.endswith("ed") and token not in _NO_VERBS)
