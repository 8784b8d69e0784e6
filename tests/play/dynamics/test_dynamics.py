"""Tension, tone, beats and milestones as a fold over what stands, on both databases."""

from __future__ import annotations

import math

import hypothesis.strategies as st
import pytest
import sqlalchemy as sa
from hypothesis import given

from engine.db.database import Database
from engine.kernel.ids import new_id
from engine.play import dynamics
from engine.play.dynamics import TONES, Dynamic, DynamicNote, MilestoneNote, dynamic_from, milestones_from
from engine.play.dynamics.level import level
from engine.play.effects import EVERYTHING, Cause, Sight
from tests.play.causes import NOON, SIGHT, cause, chosen, taken_back


def move(tx: sa.Connection, by: Cause, change: int, tone: str = "", beat: str = "") -> bool:
    note = DynamicNote(tension_change=change, tone=tone, beat=beat)
    return dynamics.add(tx, new_id=new_id, cause=by, note=note, now=NOON)


def state(tx: sa.Connection, sight: Sight = SIGHT, session: str = "s1", opening: int = 30) -> Dynamic:
    return dynamics.state(tx, sessions=(session,), sight=sight, opening_tension=opening)


def reach(tx: sa.Connection, by: Cause, *keys: str, sight: Sight = SIGHT) -> tuple[str, ...]:
    notes = [MilestoneNote(key=key, text="It happened.") for key in keys]
    return dynamics.reach(tx, new_id=new_id, cause=by, notes=notes, sight=sight, now=NOON)


def test_a_scene_opens_calm_with_its_own_tension(db: Database) -> None:
    with db.write() as tx:
        assert state(tx, opening=45) == Dynamic(45, TONES[0], ())


def test_tension_is_kept_between_its_limits_at_each_step(db: Database) -> None:
    with db.write() as tx:
        for at, change in enumerate((-15, -15, -15, 10), start=1):
            move(tx, cause(at), change)

        assert state(tx).tension == 10


def test_a_hidden_change_does_not_count_and_counts_again_when_shown(db: Database) -> None:
    with db.write() as tx:
        move(tx, cause(1, "a"), 10, "warm", "Ana smiles")
        before = state(tx)
        dynamics.restand(tx, chosen(1, "b"))
        move(tx, cause(1, "b"), -5, "cold", "Ana frowns")
        other = state(tx)
        dynamics.restand(tx, taken_back(1))
        none = state(tx)
        dynamics.restand(tx, chosen(1, "a"))

        assert before == Dynamic(40, "warm", ("Ana smiles",))
        assert (other, none) == (Dynamic(25, "cold", ("Ana frowns",)), Dynamic(30, TONES[0], ()))
        assert state(tx) == before


def test_changes_count_in_the_order_of_turns_not_of_writing(db: Database) -> None:
    with db.write() as tx:
        move(tx, cause(2), -15, "cold", "second")
        move(tx, cause(1), 15, "warm", "first")

        assert state(tx, opening=95) == Dynamic(85, "cold", ("first", "second"))


def test_tension_belongs_to_a_session_and_beats_to_the_timeline(db: Database) -> None:
    with db.write() as tx:
        for at in range(1, 11):
            move(tx, cause(at), 2, "tense", f"beat {at}")

        assert state(tx, session="s2") == Dynamic(30, "tense", tuple(f"beat {at}" for at in range(3, 11)))


def test_a_take_counts_once(db: Database) -> None:
    with db.write() as tx:
        assert move(tx, cause(1), 10)
        assert not move(tx, cause(1), 10)
        assert state(tx).tension == 40


def test_an_exchange_without_tone_or_beat_leaves_them_as_they_were(db: Database) -> None:
    with db.write() as tx:
        move(tx, cause(1), 5, "warm", "Ana smiles")
        move(tx, cause(2), 5)

        assert state(tx) == Dynamic(40, "warm", ("Ana smiles",))


def test_a_regenerated_reply_sees_the_scene_before_its_turn(db: Database) -> None:
    with db.write() as tx:
        move(tx, cause(1), 5, "warm", "one")
        move(tx, cause(2), 5, "cold", "two")

        assert state(tx, SIGHT.before(2)) == Dynamic(35, "warm", ("one",))


def test_a_fork_goes_on_from_what_it_sees_of_its_parent(db: Database) -> None:
    fork = Sight((("line-2", EVERYTHING), ("line-1", 2)))
    with db.write() as tx:
        for at in (1, 2, 3):
            move(tx, cause(at), 5, "warm", f"parent {at}")
        move(tx, cause(3, timeline="line-2", session="f1"), -7, "", "child 3")
        forked = dynamics.state(tx, sessions=("f1", "s1"), sight=fork, opening_tension=95)

    assert forked == Dynamic(93, "warm", ("parent 1", "parent 2", "child 3"))


def test_a_milestone_is_reached_once_and_again_after_it_was_taken_back(db: Database) -> None:
    with db.write() as tx:
        first = reach(tx, cause(1), "first_secret", "first_secret")
        again = reach(tx, cause(1), "first_secret") + reach(tx, cause(2), "first_secret", "name_shared")
        dynamics.restand(tx, taken_back(1))
        after = dynamics.reached(tx, SIGHT)

        assert (first, again, after) == (("first_secret",), ("name_shared",), ("name_shared",))
        assert reach(tx, cause(3), "first_secret") == ("first_secret",)
        assert dynamics.reached(tx, SIGHT) == ("name_shared", "first_secret")


def test_two_takes_may_each_reach_a_milestone_and_be_leafed_through(db: Database) -> None:
    with db.write() as tx:
        reach(tx, cause(1, "a"), "first_secret")
        dynamics.restand(tx, chosen(1, "b"))
        reach(tx, cause(1, "b"), "first_secret")
        for take in ("a", "b", "a", "b"):
            dynamics.restand(tx, chosen(1, take))

        assert dynamics.reached(tx, SIGHT) == ("first_secret",)


def test_a_fork_has_reached_what_its_parent_had_before_it(db: Database) -> None:
    fork = Sight((("line-2", EVERYTHING), ("line-1", 1)))
    with db.write() as tx:
        reach(tx, cause(1), "one")
        reach(tx, cause(2), "two")

        assert reach(tx, cause(2, timeline="line-2"), "one", "two", sight=fork) == ("two",)
        assert dynamics.reached(tx, fork) == ("one", "two")


@given(opening=st.integers(-1_000, 1_000), changes=st.lists(st.integers(-15, 15)))
def test_tension_never_leaves_0_to_100(opening: int, changes: list[int]) -> None:
    assert 0 <= level(opening, changes) <= 100


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (
            {"tension_change": 1e9, "tone": "WARM ", "beat": "a\nb"},
            DynamicNote(tension_change=15, tone="warm", beat="a b"),
        ),
        ({"tension_change": math.nan, "tone": "murderous", "beat": ["x"]}, DynamicNote()),
        ({"tension_change": "-7", "beat": "x" * 900}, DynamicNote(tension_change=-7, beat="x" * 80)),
        ({"tension_change": -math.inf}, DynamicNote(tension_change=-15)),
        ('{"tension_change": 3}', DynamicNote(tension_change=3)),
        ("It got tense.", DynamicNote()),
        ("[" * 100_000, DynamicNote()),
        (None, DynamicNote()),
        ([1, 2], DynamicNote()),
    ],
)
def test_a_hostile_dynamic_is_clamped_or_dropped(data: object, note: DynamicNote) -> None:
    assert dynamic_from(data) == note


def test_hostile_milestones_are_dropped_and_keys_become_snake_case() -> None:
    found = milestones_from(
        [{"key": "First Kiss!", "text": "They kissed."}, {"key": "…"}, {"text": "no key"}, 3, {"key": "x" * 900}]
    )

    assert [note.key for note in found] == ["first_kiss", "x" * 60]
    assert len(milestones_from([{"key": f"m{number}"} for number in range(500)])) == 10
    assert milestones_from("prose") == milestones_from(None) == ()
