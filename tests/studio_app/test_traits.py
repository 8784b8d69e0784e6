"""Traits as text: what a writer sees is what is saved, and opening a form changes nothing."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from engine.errors import BadInput
from engine.story.fields import Traits
from studio_app.parts.traits import from_text, to_text

ROOT = Path(__file__).resolve().parents[2]
TRAITS: TypeAdapter[Traits] = TypeAdapter(Traits)
WORDS = st.text(alphabet=st.sampled_from('ab: -|"\\[]\n10.yesno“é'), min_size=1, max_size=12)
VALUES = st.one_of(
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.floats(0, 1).map(lambda number: round(number, 4)),
    WORDS,
    st.lists(WORDS, min_size=1, max_size=3),
)


def _is_told(value: object) -> bool:
    return value != "" and not (isinstance(value, list) and "" in value)


@given(st.dictionaries(WORDS, VALUES, max_size=4))
def test_traits_come_back_from_their_text_as_they_were(given_traits: dict[str, object]) -> None:
    stored = TRAITS.validate_python(given_traits)
    if "" in stored or not all(_is_told(value) for value in stored.values()):
        return
    back = TRAITS.validate_python(from_text(to_text(stored)))
    assert back == stored
    assert [type(value) for value in back.values()] == [type(value) for value in stored.values()]


def test_every_character_of_the_starter_stories_reads_back_unchanged() -> None:
    files = sorted((ROOT / "data" / "starter").rglob("character.toml"))
    assert files
    for file in files:
        told = tomllib.loads(file.read_text())
        for name in ("personality", "tone_style", "speech_patterns", "boundaries"):
            assert from_text(to_text(told[name])) == told[name]


def test_what_a_person_types_is_understood() -> None:
    assert from_text("clinical\npatience: 0.7\nhumour : none: at all\nexamples:\n- Noted.\n  - Go on.\nshy: no") == {
        "clinical": True,
        "patience": 0.7,
        "humour": "none: at all",
        "examples": "",
        "- Noted.": True,
    } | {"- Noted.": ["Go on."], "shy": False}


def test_a_name_that_stands_twice_is_refused_by_name() -> None:
    with pytest.raises(BadInput, match="“humour” stands twice"):
        from_text("humour: dry\nhumour: wet")
