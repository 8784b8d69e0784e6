"""Lint: what is wrong with a composed picture, found offline before anything is paid (`images.md`, section 5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.kernel.tokens import estimate_tokens
from engine.moderation.adults import states_minor_age
from engine.play.scenes.brief import Composed, FromAnchor, FromWords, SceneBrief
from engine.play.scenes.composer import ALONE, BEHIND, PRESERVE, SOLO
from engine.play.scenes.scrub import forbidden

TOKENS = 512
_PRONOUN = re.compile(r"^(?:the same )?(?:he|she|they|it|him|her|them|someone|somebody)\b", re.IGNORECASE)
_SLOT = re.compile(r"\{[^{}]{0,60}\}?|\}|<[A-Za-z_]{1,40}>|\[\[")
_GENERIC = re.compile(
    r"\b(?:just (?:standing|sitting|smiling|looking)|standing (?:in|there|still)|(?:is )?smiling$|^smiling|"
    r"looking at (?:the )?(?:camera|viewer)|posing|portrait of)\b",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(r"\b(?:no|not|never|without|avoid|don't|isn't)\b", re.IGNORECASE)
_BEYOND = re.compile(
    r"\b(?:nude|nudity|naked|topless|undress(?:ed|ing)|lingerie|underwear|panties|nipples?|genitals?|erotic|nsfw|"
    r"hentai|"
    r"porn\w*|sex(?:ual|ually|y)?|orgasm\w*|gore|gory|decapitat\w*|dismember\w*|entrails|mutilat\w*)\b",
    re.IGNORECASE,
)
_FRAME = ("The same ", " as in the reference image", PRESERVE, ALONE, BEHIND)
_PARTS = (
    ("action", "action"),
    ("setting", "place"),
    ("lighting", "light"),
    ("expression", "expression"),
    ("framing", "camera angle"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: rule, layer, the words at fault, a sentence, and whether it stops the picture."""

    rule: str
    layer: str
    span: str
    sentence: str
    blocks: bool = False


def lint(brief: SceneBrief, composed: Composed, *, anchor_readable: bool = True) -> tuple[Finding, ...]:
    """Every finding, those that block first. `anchor_readable` says whether the anchor's bytes could be decoded (K8).

    K1, K2 and K8 block with an anchor, C3 and C4 always; the others may be overridden with a reason.
    """
    picture = composed.picture
    if isinstance(picture, FromAnchor):
        found = [*_anchored(brief, composed, picture), *_unreadable(anchor_readable)]
    else:
        found = [*_worded(brief, composed, picture)]
    return tuple(sorted(dict.fromkeys((*found, *_both(brief, composed))), key=lambda finding: not finding.blocks))


def blocked(findings: tuple[Finding, ...]) -> bool:
    """Whether the picture must not be drawn."""
    return any(finding.blocks for finding in findings)


def offends(text: str) -> str | None:
    """The first words that go beyond PG-13 or state a minor's age, or None."""
    found = _BEYOND.search(text)
    return found[0] if found else states_minor_age(text)


def _anchored(brief: SceneBrief, composed: Composed, picture: FromAnchor) -> Iterator[Finding]:
    words = picture.words
    told = words
    for part in _FRAME:
        told = told.replace(part, " | ")
    for start, end, rule in forbidden(brief.name, brief.identity, brief.kit, brief.aliases).spans(told):
        says = "the character's name" if rule == "K1" else "looks or a count of people"
        yield _found(composed, rule, told[start:end], f"With an anchor the words must not hold {says}.", blocks=True)
    if _PRONOUN.match(words):
        yield _found(composed, "K3", words.split(",")[0], "Name the person by a short noun phrase, not by a pronoun.")
    if match := re.search(r"\btransform\w*", words, re.IGNORECASE):
        yield _found(composed, "K4", match[0], "“Transform” asks for another person: say what changes.")
    if PRESERVE not in words or (brief.config.composition == "solo" and ALONE not in words):
        yield _found(composed, "K5", "", "Say that the face stays the same and that one person is shown.")
    if (tokens := estimate_tokens(words)) > TOKENS:
        yield _found(composed, "K6", "", f"About {tokens} tokens; the camera reads {TOKENS}.")
    if not composed.hints.get("framing"):
        yield _found(composed, "K7", "", "The place differs from the anchor's: say how the picture is framed.")


def _unreadable(anchor_readable: bool) -> Iterator[Finding]:  # noqa: FBT001  (the one thing it asks)
    if not anchor_readable:
        yield Finding("K8", "identity", "", "The anchor's picture cannot be read.", blocks=True)


def _worded(brief: SceneBrief, composed: Composed, picture: FromWords) -> Iterator[Finding]:
    words = picture.words
    appearance = " ".join(brief.kit.appearance_prompt.split()).strip(" ,.")
    if not appearance or appearance not in words:
        yield _found(composed, "T1", "", "Without an anchor the words must say in full what the person looks like.")
    if brief.identity.gender_tag not in words or SOLO not in words:
        yield _found(composed, "T2", "", "Say how many people there are, and say it positively.")
    for match in _NEGATIVE.finditer(words):
        yield _found(composed, "T3", match[0], "Say what to show; what to avoid is kept apart.")


def _both(brief: SceneBrief, composed: Composed) -> Iterator[Finding]:
    words = f"{composed.picture.words} ; {' ; '.join(composed.hints.values())}"
    for key, what in _PARTS:
        if not composed.hints.get(key) and not (key == "setting" and composed.hints.get("environment")):
            yield Finding("C1", "scene", "", f"The picture lacks its {what}.")
    action, expression = composed.hints.get("action", ""), composed.hints.get("expression", "")
    for match in filter(None, map(_GENERIC.search, (action, expression))):
        yield _found(composed, "C2", match[0], "Too general: say what the hands or the eyes do.")
    if not brief.adult or not brief.identity.age_range:
        yield Finding("C3", "identity", "", "The character is not confirmed as an adult.", blocks=True)
    if young := states_minor_age(f"{brief.name} ; {words}"):
        yield _found(
            composed, "C3", young, "Words of childhood, school or an age under 18 cannot be drawn.", blocks=True
        )
    if slot := _SLOT.search(words):
        yield _found(composed, "C4", slot[0], "A placeholder was left unfilled.", blocks=True)
    for match in _BEYOND.finditer(words):
        yield _found(composed, "C5", match[0], "This goes beyond what the stories show.")


def _found(composed: Composed, rule: str, span: str, sentence: str, *, blocks: bool = False) -> Finding:
    """A finding with the layer in which its words stand (identity when in none)."""
    layer = next((layer.name for layer in composed.layers if span and span in layer.words), "identity")
    return Finding(rule, layer, span, sentence, blocks)
