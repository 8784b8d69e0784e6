"""Leafing through takes and taking back leaves no trace: the same counts and the same answers."""

from __future__ import annotations

import contextlib

import hypothesis.strategies as st
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings

from engine.db.database import Database
from engine.play import memory
from engine.play.memory.tables import memory_stats
from tests.play.causes import NOON, SIGHT, cause, chosen, keep, note, say, taken_back

WORDS = ("harbour", "garden", "violin", "peanuts", "aurora", "Paris", "Lyon")
QUERY = " ".join(WORDS)
SENTENCE = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
TURN = st.tuples(SENTENCE, SENTENCE, SENTENCE, st.sampled_from(("", "home")))
STEPS = st.lists(st.tuples(st.integers(1, 4), st.sampled_from(("a", "b", "back"))), max_size=8)


class Undone(Exception):
    """Ends a transaction that shall leave nothing."""


def seen(tx: sa.Connection) -> tuple[object, ...]:
    counts = tx.execute(sa.select(memory_stats.c.n, memory_stats.c.total_length)).all()
    prompt = memory.for_prompt(tx, SIGHT, line=QUERY, previous_line="", now=NOON)
    return tuple(counts), memory.search(tx, SIGHT, QUERY, 20), prompt, memory.about(tx, SIGHT)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=st.lists(TURN, min_size=4, max_size=4), steps=STEPS)
def test_leafing_and_taking_back_in_any_order_can_be_undone(
    db: Database, turns: list[tuple[str, str, str, str]], steps: list[tuple[int, str]]
) -> None:
    with contextlib.suppress(Undone), db.write() as tx:
        for at, (line, reply, fact, attribute) in enumerate(turns, start=1):
            say(tx, at, line)
            say(tx, at, reply, cause(at, "a"), "Mira")
            keep(tx, cause(at, "a"), note(fact, attribute))
            say(tx, at, f"{reply} again", cause(at, "b"), "Mira")
            memory.restand(tx, chosen(at, "b"))
            keep(tx, cause(at, "b"), note(reply, attribute))
            memory.restand(tx, chosen(at, "a"))
        before = seen(tx)

        newest = 4
        for at, what in steps:
            if at > newest:  # it was taken back with an earlier turn, and only undoing that brings it back
                continue
            for later in range(newest, at, -1):
                memory.restand(tx, taken_back(later))
            memory.restand(tx, taken_back(at) if what == "back" else chosen(at, what))
            newest = at
        for at in range(1, 5):
            memory.restand(tx, chosen(at, "a"))

        assert seen(tx) == before
        raise Undone
