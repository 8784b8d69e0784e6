"""Seeing a moment: an action, props, an expression and a caption, and never anybody's looks."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import JsonValue

from engine.providers.llm import Ask
from engine.providers.llm.offline.banks import open_banks
from engine.providers.llm.offline.lexicon import has
from engine.providers.llm.offline.moment import participle
from tests.providers.llm.rehearse import ACTOR, FOLDER

APPEARANCE = open_banks(FOLDER).lexicon("words.looks.appearance")


def see(reply: str, seed: int = 1, **facts: JsonValue) -> dict[str, Any]:
    """The answer about one moment."""
    base: dict[str, JsonValue] = {
        "line": "Why?", "reply": reply, "frame": "One lamp over the desk.", "place": "the reading room",
        "props": ["lamp", "letter", "ladder"], "tension": 50,
    }  # fmt: skip
    return dict(ACTOR.answer(Ask("moment", "", {**base, **facts}, {}, seed)).data)


@pytest.mark.parametrize(
    ("reply", "action"),
    [
        ("*looks up from the ledger* Wait.", "looking up from the ledger"),
        ("*waits* No. *slowly turns the letter over*", "slowly turning the letter over"),
        ("*She sets the lamp down and listens.* No.", "setting the lamp down and listens"),
        ("*leans on the desk; breathes out* No.", "leaning on the desk"),
        ("*closes the drawer*", "closing the drawer"),
        ("*is quiet*", "being quiet"),
        ("*pushes the letter away* No. *tucks the hair behind one ear*", "pushing the letter away"),
        ("*tucks a curl of hair behind one ear* No. ", None),
        ("*breath caught* No.", None),
        ("No asterisks at all.", None),
    ],
)
def test_the_last_action_becomes_a_participle_phrase(reply: str, action: str | None) -> None:
    found = see(reply)["action"]
    assert found == action if action else found.split(" ")[0].endswith("ing")


@pytest.mark.parametrize(
    ("verb", "expected"),
    [("looks", "looking"), ("sits", "sitting"), ("closes", "closing"), ("lies", "lying"), ("carries", "carrying"),
     ("listens", "listening"), ("grips", "gripping"), ("reaches", "reaching"), ("agrees", "agreeing"), ("desk", "")],
)  # fmt: skip
def test_verbs_are_turned_rightly(verb: str, expected: str) -> None:
    assert participle(verb) == expected


def test_nothing_of_anybodys_looks_is_said() -> None:
    reply = "*smooths the red dress and her long hair* Your blue eyes. *pushes the letter across the desk*"
    for tension in (5, 45, 70, 95):
        for seed in range(20):
            found = see(reply, seed, tension=tension, props=["silk scarf", "letter", "lamp", "desk"])
            said = " ".join((found["action"], *found["props"], found["expression"], found["caption"]))
            assert not has(said, APPEARANCE), said


def test_at_most_three_props_that_the_words_touch() -> None:
    found = see("*pushes the letter across the desk under the lamp, past the key*")["props"]
    assert found[:2] == ["lamp", "letter"]
    assert len(found) == 3
    assert "ladder" not in found


def test_the_caption_is_a_spoken_line_and_short() -> None:
    assert see("*waits* You came back. Why?")["caption"] == "“Why?”"
    assert len(see("*waits* " + "and so on " * 60 + ".")["caption"]) <= 120


def test_the_expression_follows_the_tension() -> None:
    calm, hot = ({see("*waits* No.", seed, tension=heat)["expression"] for seed in range(20)} for heat in (5, 95))
    assert calm
    assert not calm & hot
