"""When a picture is due."""

from __future__ import annotations

import pytest

from engine.play.scenes.triggers import due_triggers, manual


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (1, 3, ()),
        (7, 9, ()),
        (9, 11, ("message-10",)),
        (9, 10, ("message-10",)),
        (10, 12, ()),
        (23, 25, ("message-25",)),
        (25, 27, ()),
        (49, 51, ("message-50",)),
        (51, 99, ()),
        (9, 26, ("message-25",)),
        (11, 9, ()),
    ],
)
def test_a_mark_fires_when_it_is_reached_or_passed(before: int, after: int, expected: tuple[str, ...]) -> None:
    assert due_triggers(before, after, "familiar", "familiar") == expected


def test_a_whole_episode_of_two_messages_a_turn_passes_each_mark_once() -> None:
    counts = range(1, 103, 2)
    fired = [key for before in counts for key in due_triggers(before, before + 2, "close", "close")]
    assert fired == ["message-10", "message-25", "message-50"]


def test_a_change_of_stage_fires_once() -> None:
    assert due_triggers(3, 5, "new", "familiar") == ("stage-familiar",)
    assert due_triggers(5, 7, "familiar", "familiar") == ()


def test_one_turn_gives_one_picture_the_stages_before_the_marks() -> None:
    assert due_triggers(9, 11, "new", "familiar") == ("stage-familiar",)


def test_a_start_comes_before_all() -> None:
    assert due_triggers(0, 1, "new", "new", is_start=True) == ("start",)
    assert due_triggers(9, 11, "new", "familiar", is_start=True) == ("start",)


def test_a_picture_by_hand_has_a_key_of_its_own() -> None:
    assert manual("a1") != manual("a2")
