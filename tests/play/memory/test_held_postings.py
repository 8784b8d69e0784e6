"""Postings that are held in memory: a search finds the same as one that reads all of them anew."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.db.database import Database, open_database
from engine.play import memory
from engine.play.effects import EVERYTHING, Sight
from engine.play.memory.forgetting import store as forgetting
from engine.play.memory.postings import shelf
from tests.play.causes import SIGHT, cause, keep, note, say, taken_back

WORDS = ("harbour", "lamp", "ledger", "ferry", "stove", "rain")
NUMBERS = itertools.count(1)
Found = list[tuple[str, float]]
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)),
        st.tuples(st.just("fork"), st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)),
        st.tuples(st.sampled_from(["undone", "take back", "keep", "forget", "search"]), st.sampled_from(WORDS)),
    ),
    min_size=4,
    max_size=24,
)


@pytest.fixture(autouse=True)
def held_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold every term's postings, however few, and of few timelines."""
    monkeypatch.setattr(shelf, "LONG", 1)
    monkeypatch.setattr(shelf, "MOST", 40)


def found(tx: sa.Connection, sight: Sight, query: str) -> Found:
    """What a search finds, with its scores."""
    return [(one.id, one.score) for one in memory.search(tx, sight, query, 10)]


def same_as_read_anew(db: Database, beside: Database, line: str, query: str) -> None:
    """One finds with what it holds, the other reads everything."""
    memory.let_go(beside)
    for sight in (Sight(((line, EVERYTHING),)), Sight(((f"{line}-child", EVERYTHING), (line, 8)))):
        with db.read() as tx:
            held = found(tx, sight, query)
        with beside.read() as tx:
            assert found(tx, sight, query) == held


@pytest.fixture
def beside(db: Database, tmp_path: Path) -> Iterator[Database]:
    """The same database as another process has it open."""
    url = "" if db.is_sqlite else db.engine.url.render_as_string(hide_password=False)
    other = open_database(Path(str(db.engine.url.database)).parent if db.is_sqlite else tmp_path, url)
    yield other
    other.close()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_what_is_held_finds_what_reading_anew_finds(
    db: Database, beside: Database, acts: list[tuple[str, str]]
) -> None:
    line, kept = f"line-{next(NUMBERS)}", list[str]()
    for at, (act, words) in enumerate(acts, 1):
        if act == "undone":
            _say_and_undo(db, line, at, words)
        else:
            _done(db, line, at, act, words, kept)
        same_as_read_anew(db, beside, line, f"{WORDS[0]} {words}")


def _say_and_undo(db: Database, line: str, at: int, words: str) -> None:
    def undone() -> None:
        with db.write() as tx:
            say(tx, at, words, cause(at, None, timeline=line))
            found(tx, Sight(((line, EVERYTHING),)), words)
            raise KeyError(words)

    with pytest.raises(KeyError):
        undone()


def _done(db: Database, line: str, at: int, act: str, words: str, kept: list[str]) -> None:
    with db.write() as tx:
        if act == "say":
            say(tx, at, words, cause(at, None, timeline=line))
        elif act == "fork":
            say(tx, 20 + at, words, cause(20 + at, None, timeline=f"{line}-child"))
        elif act == "take back":
            memory.restand(tx, taken_back(at - 1, line))
        elif act == "keep":
            sight = Sight(((line, EVERYTHING),))
            made = keep(tx, cause(at, timeline=line), note(f"Ana sold the {words} and {at} more"), sight=sight)
            kept += [one.id for one in made]
        elif act == "forget" and kept:
            forgetting.forget(tx, "ana", "mira", kept.pop())


def test_what_another_process_says_and_forgets_is_seen(db: Database, beside: Database) -> None:
    with db.write() as tx:
        for at in range(1, 6):
            say(tx, at, f"The harbour at {WORDS[at]}")
        made = keep(tx, cause(6), note("Ana owns a harbour tug"))
    with db.read() as tx:
        before = found(tx, SIGHT, "harbour")
    assert len(before) == 6
    with beside.write() as tx:
        say(tx, 7, "A harbour again")
        forgetting.forget(tx, "ana", "mira", made[0].id)
    with db.read() as tx:
        after = found(tx, SIGHT, "harbour")
    memory.let_go(beside)
    with beside.read() as tx:
        assert found(tx, SIGHT, "harbour") == after
    assert made[0].id not in [row_id for row_id, _ in after]


def test_a_reader_of_before_sees_nothing_that_was_held_since(db: Database) -> None:
    with db.write() as tx:
        say(tx, 1, "The harbour at noon")
    with db.read() as earlier:
        assert len(found(earlier, SIGHT, "harbour")) == 1
        with db.write() as tx:
            say(tx, 2, "The harbour at night", cause(2, None, session="s2"))
        with db.read() as later:
            assert len(found(later, SIGHT, "harbour")) == 2
        assert len(found(earlier, SIGHT, "harbour")) == 1
