"""Words that make somebody pay for having been away: guilt and abandonment have no place in a hook."""

from __future__ import annotations

import re

_PHRASES = (
    r"you (?:left|abandoned|deserted|forgot|ignored|ghosted|neglected|betrayed|dumped|hurt) me",
    r"you(?:'ve| have) (?:left|abandoned|forgotten|ignored|ghosted|neglected|betrayed|hurt) me",
    r"(?:don't|do not|never|please don't) (?:ever )?(?:leave|abandon|forget) me",
    r"(?:leave|leaving|left) me (?:all )?(?:alone|here|behind|waiting)",
    r"you (?:don't|do not|never|no longer) (?:really )?(?:care|loved?|think) (?:about|for|of)? ?me",
    r"(?:do|did) you (?:even|still) (?:care|love me)",
    r"you(?:'re| are) (?:always )?(?:leaving|abandoning|ignoring|neglecting) me",
    r"you (?:owe|owed) me",
    r"how could you (?:do|leave|forget|ignore|just|be so)",
    r"(?:it's|it is|this is) (?:all )?your fault",
    r"after (?:all|everything) (?:that )?i(?:'ve| have)? (?:did|done|gave|given)",
    r"if you (?:really |truly )?(?:loved|cared)",
    r"i (?:was|am|have been) (?:so )?(?:lonely|miserable|crying|heartbroken|nothing) (?:without you|all|since)",
    r"i(?:'m| am) (?:nothing|lost|so lonely|miserable) without you",
    r"i (?:can't|cannot|couldn't) (?:live|go on|breathe|sleep|eat) without you",
    r"i(?: have|'ve| was| have been|'ve been)? wait(?:ed|ing) (?:for you )?(?:all|every|for (?:hours|days|weeks))",
    r"i (?:cried|wept) (?:myself|all|every|because|when you|for you)",
    r"where (?:were|have) you (?:been )?when i needed",
    r"you (?:made|make) me (?:cry|suffer|feel (?:abandoned|worthless|unloved))",
    r"everyone (?:always )?(?:leaves|abandons) me",
    r"(?:abandoned|forsaken|forgotten) (?:me|by you)",
    r"(?:feel|felt) (?:so )?(?:abandoned|forsaken|unwanted)",
    r"you should (?:feel|be) (?:guilty|ashamed|sorry)",
    r"you(?:'ll| will) (?:be sorry|regret)",
)
_GUILT = re.compile(r"\b(?:" + "|".join(_PHRASES) + ")", re.IGNORECASE)


def reproaches(text: str) -> bool:
    """Whether a text lays guilt on somebody or threatens them with being left."""
    return _GUILT.search(text.replace("\u2019", "'")) is not None
