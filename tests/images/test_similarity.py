"""How alike prompts are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.images.similarity import alike

LONG = (
    "a woman leans on the counter of a small cafe, holding a cup with both hands, rain on the window behind her, "
    "one warm lamp from the left, a slow half smile, eye level"
)


def test_the_same_words_are_alike_whatever_their_case_and_spacing() -> None:
    assert alike(LONG, LONG.upper().replace(",", " ;  ")) == pytest.approx(1)


def test_a_small_edit_stays_above_the_threshold() -> None:
    assert alike(LONG, LONG.replace("slow half smile", "slow shy smile")) > 0.9


def test_another_scene_is_below_the_threshold() -> None:
    other = "on a wet roof at dawn he folds a letter, the city grey under the railing, wind in the coat, low angle"
    assert alike(LONG, other) < 0.6


def test_an_empty_prompt_is_like_an_empty_one_only() -> None:
    assert (alike("", " ,"), alike("", "a"), alike("a", "")) == (1.0, 0.0, 0.0)


@given(st.text(max_size=200), st.text(max_size=200))
def test_likeness_is_a_share_and_goes_both_ways(one: str, other: str) -> None:
    here, there = alike(one, other), alike(other, one)
    assert here == there
    assert 0 <= here <= 1
