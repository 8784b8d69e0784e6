"""Composing a picture: who from the anchor or from words, never both."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.images.similarity import alike
from engine.play.scenes.brief import FromAnchor, FromWords, Moment, SceneBrief, band
from engine.play.scenes.composer import compose
from engine.play.scenes.lint import blocked, lint
from engine.play.scenes.reuse import still_fits
from engine.play.scenes.scrub import ANYBODY, forbidden
from engine.story.look import SceneConfig
from tests.play.scenes.briefs import ANCHOR, CONFIG, IDENTITY, KIT, MOMENT, PLACE, brief

FORBIDDEN = [
    "Ilse",
    "ilse",
    "MAREN",
    "Ilse Maren",
    "Ilse's",
    "IlseMaren",
    "1woman",
    "1 woman",
    "1girl",
    "2girls",
    "grey eyes",
    "Grey-Eyed",
    "GREY   EYES",
    "eyes of grey",
    "her eyes are grey",
    "long dark brown hair",
    "dark hair",
    "brown hair pinned up",
    "hair pinned up in a bun",
    "fair skin",
    "rust red linen shirt",
    "red shirt",
    "linen shirt with rolled sleeves",
    "brown leather apron",
    "leather apron",
    "woman in her 30s",
    "ink-stained fingertips",
    "a thin scar across the left thumb",
    "scar across the left",
    "freckles",
    "strong forearms",
    "blonde",
    "blue eyes",
    "grėy eyes",
    "ｇｒｅｙ ｅｙｅｓ",
    "gr\u200bey eyes",
    "Ilse\u200b",
    "long, dark and curly hair",
]


def test_with_an_anchor_the_picture_is_from_the_anchor_and_without_from_words() -> None:
    assert isinstance(compose(brief()).picture, FromAnchor)
    assert isinstance(compose(brief(anchor=None)).picture, FromWords)


def test_the_two_kinds_have_no_place_for_the_others_fields() -> None:
    assert [field.name for field in dataclasses.fields(FromAnchor)] == ["words", "anchor"]
    assert [field.name for field in dataclasses.fields(FromWords)] == ["words", "avoid"]


def test_what_a_camera_reads_with_an_anchor() -> None:
    words = compose(brief()).picture.words
    assert words == (
        "The same bookbinder as in the reference image, leaning over the bench, two fingers on the cover of a book, "
        "desk lamp and bone knife in view, a bookbinder's workshop after closing, iron presses, "
        "one dim lamp, deep shadow, night, a guarded half smile, open posture, lingering look, "
        "medium shot, low angle, hushed, withheld. "
        "Keep the same face, hairstyle and distinctive features. One person only. "
        "painterly anime illustration, warm lamplight."
    )


def test_what_a_camera_reads_without_one() -> None:
    picture = compose(brief(anchor=None)).picture
    assert isinstance(picture, FromWords)
    assert picture.words == (
        "solo, 1woman, one person alone in frame, woman in her 30s, "
        "long dark brown hair pinned up in a bun, grey eyes, fair skin, "
        "rust red linen shirt with rolled sleeves, brown leather apron, adult in their 30s, "
        "slim, upright, strong forearms, ink-stained fingertips, leaning over the bench, "
        "two fingers on the cover of a book, a bookbinder's workshop after closing, iron presses, "
        "one dim lamp, deep shadow, night, a guarded half smile, open posture, lingering look, medium shot, low angle, "
        "painterly anime illustration, warm lamplight, unmarked surfaces, natural hands"
    )
    assert picture.avoid == "text, watermark, second person, extra fingers, daylight, crowd"


@pytest.mark.parametrize("tension", [0, 45, 79, 100])
@pytest.mark.parametrize("preset", ["bright", "warm", "dim_intimate", "dramatic"])
def test_the_words_keep_their_length(tension: int, preset: str) -> None:
    config = replace(CONFIG, lighting_preset=preset)
    assert 50 <= len(compose(brief(tension=tension, config=config)).picture.words.split()) <= 70
    assert 60 <= len(compose(brief(tension=tension, config=config, anchor=None)).picture.words.split()) <= 95


def test_long_texts_do_not_make_long_words() -> None:
    long = Moment("turning over " * 60, ("very old desk lamp of brass",) * 9, "half a smile " * 30)
    words = compose(brief(moment=long, place="a room with a table " * 90, style="ink " * 60)).picture.words
    assert len(words.split()) <= 75


@pytest.mark.parametrize(
    ("tension", "expected"),
    [
        (-5, "0-30"),
        (0, "0-30"),
        (29, "0-30"),
        (30, "30-60"),
        (59, "30-60"),
        (60, "60-80"),
        (79, "60-80"),
        (80, "80-100"),
        (100, "80-100"),
        (140, "80-100"),
    ],
)
def test_a_boundary_belongs_to_the_upper_band(tension: int, expected: str) -> None:
    poses = {
        "0-30": "casual pose, soft gaze",
        "30-60": "open posture, lingering look",
        "60-80": "direct eye contact, leaning in",
        "80-100": "intense gaze, close presence",
    }
    composed = compose(brief(tension=tension))
    assert band(tension) == expected == composed.hints["tension"]
    assert poses[expected] in composed.picture.words
    assert all(pose not in composed.picture.words for key, pose in poses.items() if key != expected)


@pytest.mark.parametrize("anchor", [ANCHOR, None])
def test_every_word_is_labelled_with_its_layer(anchor: object) -> None:
    composed = compose(brief(anchor=anchor))
    assert [layer.name for layer in composed.layers] == ["identity", "scene", "relationship", "conversation"]
    labelled = " ".join(layer.words for layer in composed.layers)
    assert sorted(re.findall(r"\w+", labelled)) == sorted(re.findall(r"\w+", composed.picture.words))


def test_hints_name_looks_only_when_words_must_show_who() -> None:
    looks = {"appearance", "gender_tag", "body_type", "age_range", "key_features"}
    assert not looks & set(compose(brief()).hints)
    assert looks <= set(compose(brief(anchor=None)).hints)


def test_duo_does_not_ask_for_one_person() -> None:
    words = compose(brief(config=replace(CONFIG, composition="duo"))).picture.words
    assert "One person only" not in words
    assert "only from behind" in words


@pytest.mark.parametrize("bad", FORBIDDEN)
@pytest.mark.parametrize("where", ["place", "style", "action", "expression", "props", "mood", "environment", "handle"])
def test_nothing_of_the_person_gets_past_the_anchor(bad: str, where: str) -> None:
    _clean(compose(_planted(brief(), where, f"near the {bad} by a lamp")), brief())


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_nothing_of_the_person_gets_past_whatever_is_typed_where(data: st.DataObject) -> None:
    filler = st.sampled_from(
        ["a lamp", "rain,", "and", "the", "window.", "of", "-", "“", "old", "with", "table", "(", ";", "is"]
    )
    given_brief = brief()
    for where in ("place", "style", "action", "expression", "props", "mood", "environment", "handle"):
        pieces = data.draw(st.lists(st.one_of(st.sampled_from(FORBIDDEN), filler), max_size=10))
        glue = data.draw(st.sampled_from([" ", ", ", "-", "_", ". "]))
        given_brief = _planted(given_brief, where, glue.join(pieces))
    composed = compose(given_brief)
    _clean(composed, given_brief)
    assert not [found for found in lint(given_brief, composed) if found.rule in ("K1", "K2")]


def _planted(to: SceneBrief, where: str, text: str) -> SceneBrief:
    match where:
        case "place" | "style":
            return replace(to, **{where: text})
        case "mood":
            return replace(to, config=replace(to.config, mood_keywords=(text,)))
        case "environment":
            return replace(to, config=replace(to.config, environment_style=text[:300]))
        case "handle":
            return replace(to, identity=replace(to.identity, subject_handle=text[:300]))
        case "props":
            return replace(to, moment=replace(to.moment, props=(text, text)))
        case _:
            return replace(to, moment=replace(to.moment, **{where: text}))


def _clean(composed: object, _of: SceneBrief) -> None:
    """An own reading of the words, not the scrubber's: plain search for what must not be there."""
    picture = getattr(composed, "picture", None)
    assert isinstance(picture, FromAnchor)
    told = picture.words.replace("Keep the same face, hairstyle and distinctive features.", "")
    for text in (told, *getattr(composed, "hints", {}).values()):
        flat = " ".join(re.findall(r"[a-z0-9]+", text.lower()))
        assert not re.search(r"\b(?:ilse\w*|maren\w*|\d ?(?:wom[ae]n|girls?|m[ae]n|persons?)|blonde|freckles)\b", flat)
        assert not re.search(r"\b(?:gr[e]y|blue) ?(?:eyes|eyed)\b|\b(?:dark|brown|curly) hair\b|\bred shirt\b", flat)
        assert not re.search(r"\bleather apron\b|\blinen shirt\b|\bfair skin\b|\beyes (?:of|are) grey\b", flat)
        assert not re.search(r"\bstrong forearms\b|\bink stained fingertips\b|\bwoman in her\b", flat)
        for described in (KIT.appearance_prompt, *IDENTITY.key_features):
            words = re.findall(r"[a-z0-9]+", described.lower())
            for at in range(len(words) - 2):
                assert f" {' '.join(words[at : at + 3])} " not in f" {flat} "


def test_harmless_words_are_left_as_they_were() -> None:
    banned = forbidden("Ilse Maren", IDENTITY, KIT)
    for text in (
        PLACE,
        "closing her eyes for one breath",
        "tucking a strand of hair behind her ear",
        "narrowed eyes, lips pressed together",
        "rolling the left sleeve up",
        "one red door at the end of a narrow stair",
        "holding the lamp near the map",
        "turning her face to the rain",
        "direct eye contact, leaning in",
    ):
        assert banned.scrub(text) == text


def test_looks_are_known_without_the_kit() -> None:
    for text in (
        "piercing green eyes",
        "her long red hair falls",
        "wearing a silk dress",
        "a blonde by the bar",
        "tanned skin",
    ):
        assert ANYBODY.spans(text), text
    for text in ("a green lamp", "long silence", "eyes lowered", "a hand at the collar"):
        assert not ANYBODY.spans(text), text


def test_a_name_in_other_letters_is_taken_out() -> None:
    banned = forbidden("美咲 Tanaka", IDENTITY, KIT)
    assert "美咲" not in banned.scrub("美咲が笑う by the window")
    assert "tanaka" not in banned.scrub("Tanaka-san bows").lower()


def test_an_emptied_moment_becomes_a_plain_one() -> None:
    composed = compose(brief(moment=Moment("Ilse", ("Ilse",), "grey eyes")))
    assert "resting" in composed.picture.words or "turning halfway" in composed.picture.words
    assert composed.hints["props"] == ""
    assert not blocked(lint(brief(), composed))


def test_the_same_brief_gives_the_same_words() -> None:
    assert compose(brief()) == compose(brief())


def test_a_drawn_picture_fits_while_the_scene_is_alike() -> None:
    then = compose(brief())
    near = compose(brief(moment=replace(MOMENT, expression="a guarded slow smile")))
    far = compose(
        brief(moment=Moment("folding a letter by the window", ("letter", "candle"), "a startled frown"), tension=85)
    )
    assert still_fits(then.telling, "kontext", near)
    assert not still_fits(then.telling, "kontext", far)
    assert not still_fits(then.telling, "t2i", near)


def test_a_bare_brief_still_composes() -> None:
    composed = compose(brief(place="", style="", config=SceneConfig(), moment=Moment("", (), "")))
    assert "apartment" in composed.picture.words
    assert not blocked(lint(brief(place="", config=SceneConfig()), composed))


def test_what_is_the_same_in_all_pictures_does_not_make_them_alike() -> None:
    other = Moment("folding a letter by the window", ("letter",), "a startled frown")
    then, now = compose(brief(anchor=None)), compose(brief(anchor=None, moment=other, tension=65))
    assert alike(then.picture.words, now.picture.words) >= 0.85
    assert not still_fits(then.telling, "t2i", now)


@pytest.mark.parametrize(
    ("text", "described"),
    [
        ("dim light, deep shadow, night, eyes wide and very still", ""),
        ("a dark yard, eyes locked ahead", ""),
        ("hands on the table, eyes, dark rain behind the window", ""),
        ("long, dark hair", "long, dark hair"),
        ("at night, dark eyes", "dark eyes"),
    ],
)
def test_a_look_belongs_to_its_own_phrase(text: str, described: str) -> None:
    assert [text[start:end] for start, end, _ in ANYBODY.spans(text)] == ([described] if described else [])
