"""What is remembered after some lines, told one after the other: what stands side by side, and what gives way."""

from __future__ import annotations

import pytest

from tests.play.conftest import LONG, Stage

ASIDE = [
    ("I have a brother, Jakob", "I've another brother, Matthias", ["Jakob", "Matthias"]),
    ("I have a dog, Rex", "I have a cat, Momo", ["Rex", "Momo"]),
    ("I got married in June 2020", "my wife is called Eva", ["June 2020", "Eva"]),
    ("my flat is near the river", "my flat is above a bakery", ["river", "bakery"]),
    ("I live in Rome", "my husband Otto and I broke up", ["no longer with their husband Otto", "single again"]),
]
INSTEAD = [
    ("I'm single", "I have a boyfriend now, his name is Emre", "single", "Emre"),
    ("my boyfriend is called Callum", "Callum and I broke up", "in a relationship", "no longer with Callum"),
    ("I'm allergic to nuts", "turns out I'm not allergic to nuts after all", "is allergic", "not allergic"),
    ("my flat is on the first floor", "my flat is on the third floor now", "first floor", "third floor"),
]
ONCE = [
    ("I have two cats, Tom and Jerry", "my cats are called Tom and Jerry", "Jerry"),
    ("My twins are called Davi and Noah", "I have twin boys, Davi and Noah", "Davi"),
]


def told(stage: Stage, *lines: str) -> list[str]:
    """What is remembered after these lines."""
    player = stage.enter(LONG)
    for line in lines:
        player.send(line)
        player.quiet()
    return [one.text for one in stage.engine.memory.about(player.user_id, player.view().session.character_id)]


def holding(texts: list[str], words: str) -> list[str]:
    return [text for text in texts if words in text]


@pytest.mark.parametrize(("first", "then", "both"), ASIDE)
def test_these_stand_side_by_side(stage: Stage, first: str, then: str, both: list[str]) -> None:
    known = told(stage, first, then)

    assert [words for words in both if not holding(known, words)] == []


@pytest.mark.parametrize(("first", "then", "gone", "stays"), INSTEAD)
def test_the_later_takes_the_place_of_the_earlier(stage: Stage, first: str, then: str, gone: str, stays: str) -> None:
    assert holding(told(stage, first), gone)

    known = told(stage, first, then)

    assert holding(known, gone) == []
    assert holding(known, stays)


@pytest.mark.parametrize(("first", "then", "words"), ONCE)
def test_the_same_in_other_words_is_one_memory(stage: Stage, first: str, then: str, words: str) -> None:
    assert len(holding(told(stage, first, then), words)) == 1
