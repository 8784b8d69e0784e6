"""Whether a sentence tells of something past."""

from __future__ import annotations

import pytest

from engine.kernel import tense


@pytest.mark.parametrize(
    "sentence",
    [
        "I started at the bakery on the 3rd",
        "Ana had her exam on Friday",
        "She got married on Saturday",
        "My brother arrived on Friday",
        "I’ve lost my job",
        "She's had her surgery",
        "My neighbour knocked at my door",
        "I never learnt to swim",
        "We haven't seen him",
    ],
)
def test_a_past_verb_looks_back(sentence: str) -> None:
    assert tense.looks_back(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "My exam is on Friday",
        "I've got an exam",
        "I have a red bed",
        "I'm married since May",
        "We're getting married in March",
        "My brother's boat arrives on Friday",
        "I need to go",
        "The scheduled surgery is tomorrow",
        "I'll see him after he left",
    ],
)
def test_anything_else_does_not(sentence: str) -> None:
    assert not tense.looks_back(sentence)
