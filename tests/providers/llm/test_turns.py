"""A prompt as models take it: spoken to first, in turn, the player last."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.providers.llm import Line, Prompt, Section
from engine.providers.llm.turns import BEGINS, GOES_ON, halves, turns_of

ROLES = st.sampled_from(("user", "assistant"))
LINES = st.lists(st.builds(Line, ROLES, st.text("ab ", max_size=3)), max_size=8)


def test_an_opening_line_is_answered_to_somebody() -> None:
    told = turns_of(Prompt((), (Line("assistant", "Who is there?"), Line("user", "Me."))))
    assert [(one.role, one.content) for one in told] == [
        ("user", BEGINS),
        ("assistant", "Who is there?"),
        ("user", "Me."),
    ]


def test_a_reply_is_carried_on_after_it_was_told_again() -> None:
    told = turns_of(Prompt((), (Line("user", "Go on."),), "She began to "))
    assert [one.content for one in told] == ["Go on.", "She began to", GOES_ON]


@given(LINES, st.sampled_from(("", "She began")))
def test_turns_alternate_begin_and_end_with_the_player_and_lose_no_word(lines: list[Line], begun: str) -> None:
    told = turns_of(Prompt((), tuple(lines), begun))
    assert [one.role for one in told] == ["user" if place % 2 == 0 else "assistant" for place in range(len(told))]
    assert len(told) % 2 == 1
    assert all(one.content.strip() for one in told)
    said = "".join(one.content for one in told)
    assert all(line.content in said for line in lines if line.content.strip())


def test_what_stays_equal_comes_first_and_stands_alone() -> None:
    sections = (
        Section("a", "release", "Always.", stable=True),
        Section("b", "release", "Always too.", stable=True),
        Section("c", "memory", "Today."),
        Section("d", "release", "Behind what changes.", stable=True),
    )
    assert halves(Prompt(sections, ())) == ("Always.\n\nAlways too.", "Today.\n\nBehind what changes.")
