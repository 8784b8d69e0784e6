"""Hostile or clumsy model output becomes at most ten clean notes."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from engine.play.memory import notes_from

GOOD: dict[str, Any] = {"kind": "fact", "subject": "Ana", "text": "Ana has a dog", "importance": 0.5}
DEEP = "[" * 100_000


@pytest.mark.parametrize(
    "hostile",
    [
        "I could not find any memories, sorry!",
        DEEP,
        "{" + '"a":{' * 50_000,
        "x" * 1_000_000,
        None,
        42,
        math.nan,
        b"[]",
        {"memories": "none"},
        [None, 3, "fact", [GOOD], {}],
        [GOOD | {"kind": "command"}],
        [GOOD | {"text": ""}],
        [GOOD | {"text": "\x00\u200b \n"}],
        [GOOD | {"text": {"nested": {"deep": ["x"]}}}],
        [{"text": "no kind"}],
    ],
)
def test_what_cannot_be_used_is_dropped(hostile: object) -> None:
    assert notes_from(hostile) == ()


def test_one_bad_item_does_not_take_the_good_ones_with_it() -> None:
    found = notes_from([{"kind": "fact"}, GOOD, "prose", GOOD | {"kind": " Preference "}])

    assert [note.kind for note in found] == ["fact", "preference"]


def test_500_items_become_ten() -> None:
    assert len(notes_from([GOOD | {"text": f"fact {number}"} for number in range(500)])) == 10


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (math.nan, 0.5),
        (1e9, 1.0),
        (-1, 0.0),
        (math.inf, 1.0),
        ("0.7", 0.7),
        ("high", 0.5),
        (None, 0.5),
        ([], 0.5),
        (10**400, 0.5),
    ],
)
def test_importance_is_a_number_between_0_and_1(given: object, kept: float) -> None:
    assert notes_from([GOOD | {"importance": given}])[0].importance == kept


def test_json_text_counts_as_what_it_says() -> None:
    assert notes_from(json.dumps({"memories": [GOOD]}))[0].text == "Ana has a dog"


def test_long_and_broken_words_become_one_short_line() -> None:
    found = notes_from([GOOD | {"text": "a\n\nb\u202e " + "c" * 100_000, "subject": "S" * 500, "attribute": "a" * 500}])

    assert found[0].text.startswith("a b c")
    assert (len(found[0].text), len(found[0].subject), len(found[0].attribute)) == (300, 80, 80)


def test_what_a_schema_shows_a_model_is_what_is_accepted() -> None:
    fields = type(notes_from([GOOD])[0]).model_json_schema()["properties"]

    assert set(fields) == {"kind", "subject", "attribute", "text", "importance", "when"}
