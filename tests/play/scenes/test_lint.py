"""Lint: each rule fires on its fault and is silent on a good picture."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.play.scenes.brief import Composed, FromAnchor, FromWords, Moment, SceneBrief
from engine.play.scenes.composer import compose
from engine.play.scenes.lint import blocked, lint
from engine.story.avatar_kit import AvatarKit
from tests.play.scenes.briefs import ANCHOR, CONFIG, IDENTITY, KIT, MOMENT, brief

BLOCKING = {"K1", "K2", "K8", "C3", "C4"}


def rules(given: SceneBrief, composed: Composed) -> set[str]:
    return {finding.rule for finding in lint(given, composed)}


def worded(composed: Composed, old: str, new: str) -> Composed:
    """The composed picture with its words changed behind the composer's back."""
    assert old in composed.picture.words
    return replace(composed, picture=replace(composed.picture, words=composed.picture.words.replace(old, new)))


@pytest.mark.parametrize("anchor", [ANCHOR, None])
@pytest.mark.parametrize("tension", [0, 45, 70, 95])
def test_a_good_picture_has_no_findings(anchor: object, tension: int) -> None:
    given = brief(anchor=anchor, tension=tension)
    assert lint(given, compose(given)) == ()


@pytest.mark.parametrize(
    ("rule", "old", "new"),
    [
        ("K1", "leaning", "Ilse leaning"),
        ("K1", "leaning", "MAREN, leaning"),
        ("K2", "leaning", "grey eyes, leaning"),
        ("K2", "leaning", "red linen shirt, leaning"),
        ("K2", "leaning", "hair pinned up in, leaning"),
        ("K2", "leaning", "1woman, leaning"),
        ("K2", "leaning", "2 girls, leaning"),
        ("K3", "The same bookbinder", "She"),
        ("K4", "leaning", "transform the room, leaning"),
        ("K5", "Keep the same face, hairstyle and distinctive features.", ""),
        ("K5", "One person only.", ""),
        ("K6", "leaning", "leaning " * 520),
        ("C3", "leaning", "a schoolgirl leaning"),
        ("C3", "leaning", "looks 15, leaning"),
        ("C4", "leaning", "{memories} leaning"),
        ("C4", "leaning", "<PLAYER> leaning"),
        ("C5", "leaning", "naked, leaning"),
    ],
)
def test_a_fault_in_words_with_an_anchor_is_found(rule: str, old: str, new: str) -> None:
    found = lint(brief(), worded(compose(brief()), old, new))
    assert rule in {finding.rule for finding in found}
    assert all(finding.blocks is (finding.rule in BLOCKING) for finding in found)
    assert all(finding.sentence for finding in found)


@pytest.mark.parametrize(
    ("rule", "old", "new"),
    [
        ("T1", "grey eyes", "eyes"),
        ("T2", "1woman", "someone"),
        ("T2", "one person alone in frame", ""),
        ("T3", "leaning", "no smile, leaning"),
        ("C3", "leaning", "teenage, leaning"),
        ("C4", "leaning", "{hooks} leaning"),
    ],
)
def test_a_fault_in_words_without_one_is_found(rule: str, old: str, new: str) -> None:
    given = brief(anchor=None)
    assert rule in rules(given, worded(compose(given), old, new))


def test_a_missing_frame_place_or_light_is_found() -> None:
    composed = compose(brief())
    for key, rule in (("framing", "K7"), ("framing", "C1"), ("lighting", "C1"), ("action", "C1"), ("expression", "C1")):
        assert rule in rules(brief(), replace(composed, hints={**composed.hints, key: ""}))
    assert "C1" in rules(brief(), replace(composed, hints={**composed.hints, "setting": "", "environment": ""}))


def test_a_general_moment_is_found_but_does_not_stop_the_picture() -> None:
    given = brief(moment=Moment("just standing there", (), "smiling"))
    found = lint(given, compose(given))
    assert {finding.rule for finding in found} == {"C2"}
    assert not blocked(found)


def test_an_anchor_that_cannot_be_read_stops_the_picture() -> None:
    found = lint(brief(), compose(brief()), anchor_readable=False)
    assert [(finding.rule, finding.blocks) for finding in found] == [("K8", True)]
    without = brief(anchor=None)
    assert lint(without, compose(without), anchor_readable=False) == ()


@pytest.mark.parametrize("anchor", [ANCHOR, None])
def test_nobody_is_drawn_who_is_not_confirmed_as_an_adult(anchor: object) -> None:
    for given in (brief(anchor=anchor, adult=False), brief(anchor=anchor, identity=replace(IDENTITY, age_range=""))):
        assert blocked(lint(given, compose(given)))


@pytest.mark.parametrize("anchor", [ANCHOR, None])
@pytest.mark.parametrize("young", ["a schoolgirl's desk", "she is 16", "a high-school student", "loli"])
def test_a_minor_in_any_writers_words_stops_the_picture(anchor: object, young: str) -> None:
    for given in (
        brief(anchor=anchor, place=young),
        brief(anchor=anchor, moment=replace(MOMENT, action=young)),
        brief(anchor=anchor, config=replace(CONFIG, mood_keywords=(young,))),
    ):
        assert blocked(lint(given, compose(given)))
    looks = brief(anchor=None, kit=AvatarKit(appearance_prompt=f"{KIT.appearance_prompt}, looks 15"))
    assert blocked(lint(looks, compose(looks)))


def test_a_placeholder_in_authored_words_stops_the_picture() -> None:
    for anchor in (ANCHOR, None):
        given = brief(anchor=anchor, place="the room of {player_name}, late")
        assert "C4" in rules(given, compose(given))


def test_findings_that_stop_the_picture_come_first_and_name_their_layer() -> None:
    given = brief(place="a naked bulb over {memories}")
    found = lint(given, compose(given))
    assert [finding.rule for finding in found] == ["C4", "C5"]
    assert {finding.layer for finding in found} == {"scene"}


def test_the_composers_own_frame_is_never_a_finding() -> None:
    odd = replace(
        KIT, appearance_prompt="keep the same face, hairstyle and distinctive features, in the reference image"
    )
    given = brief(kit=odd)
    assert not blocked(lint(given, compose(given)))


def test_a_picture_of_the_other_kind_is_judged_by_its_own_rules() -> None:
    words = compose(brief(anchor=None)).picture.words
    smuggled = Composed(FromAnchor(words, ANCHOR), compose(brief()).layers, compose(brief()).hints)
    assert {"K1", "K2"} & rules(brief(), smuggled) == {"K2"}
    plain = Composed(FromWords("a room", ""), compose(brief()).layers, compose(brief()).hints)
    assert {"T1", "T2"} <= rules(brief(anchor=None), plain)
