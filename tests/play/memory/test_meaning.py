"""Meaning beside words: how scores are fused, what may be read for it, and that both databases give the same."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.db.database import Database, open_database
from engine.db.desk import Desk
from engine.kernel.clock import utc_now
from engine.kernel.ids import new_id
from engine.play import memory
from engine.play.effects import EVERYTHING, Sight
from engine.play.meanings import Meanings
from engine.play.memory import Meaning
from engine.play.memory.meaning import nearness, packed
from engine.play.memory.scoring import Brief, Scored, fused
from engine.play.memory.tables import memory_events
from engine.play.memory.vectors import store as vectors
from engine.play.remembering import Memory
from engine.providers.embeddings.openai_compatible import CompatibleEmbedder
from engine.schema import full_metadata
from tests.play.causes import NOON, SIGHT, cause, chosen, keep, note, say, taken_back, texts
from tests.play.memory.dialogue import QUESTIONS, SESSIONS
from tests.providers.embeddings.server import EmbeddingServer, bag, serving

M = memory_events.c


@pytest.fixture
def server() -> Iterator[EmbeddingServer]:
    """An embedding server on this machine."""
    with serving() as told:
        yield told


def meaning(text: str, model: str = "bags") -> Meaning:
    return Meaning(model, packed(bag(text, model)))


def embed(tx: sa.Connection, model: str = "bags", timeline: str = "line-1") -> int:
    bare = vectors.missing(tx, timeline, by=model, size=0, above=0, most=1_000)
    return vectors.keep(tx, model, {one.id: packed(bag(one.text, model)) for one in bare})


def search(tx: sa.Connection, query: str, k: int = 5, sight: Sight = SIGHT) -> list[str]:
    return texts(memory.search(tx, sight, query, k, meaning=meaning(query)))


def row(seq: int, before: int | None = None, after: int | None = None) -> Brief:
    return Brief((0, seq), f"m{seq}", "", 0.5, before, after)


def test_nearness_is_the_cosine_less_its_mean_over_its_range() -> None:
    found = nearness(
        [((0, 1), packed([3, 0])), ((0, 2), packed([0, 5])), ((1, 1), packed([1, 1]))], Meaning("a", packed([2, 0]))
    )
    mean = (1 + 0 + math.sqrt(0.5)) / 3
    assert found == pytest.approx({(0, 1): 1 - mean, (0, 2): -mean, (1, 1): math.sqrt(0.5) - mean}, abs=1e-5)


def test_vectors_that_are_all_as_near_say_nothing() -> None:
    assert nearness([((0, at), packed([1, 2])) for at in (1, 2)], Meaning("a", packed([1, 0]))) == {
        (0, 1): 0,
        (0, 2): 0,
    }
    assert nearness([], Meaning("a", packed([1, 0]))) == {}


def test_vectors_of_another_length_are_not_compared() -> None:
    rows = [((0, 1), packed([1, 0])), ((0, 2), packed([1, 0, 0])), ((0, 3), packed([0, 1]))]
    assert nearness(rows, Meaning("a", packed([1, 0]))) == {(0, 1): 0.5, (0, 3): -0.5}


def test_a_vector_is_kept_at_length_one_however_great_or_small() -> None:
    for vector in ([3e200, 4e200], [3e-200, 4e-200], [3, 4]):
        assert packed(vector) == packed([0.6, 0.8])
    assert packed([1.0]) == b"\x00\x00\x80\x3f"


def test_scores_are_added_with_the_best_by_words_as_one_and_neighbours_lend_a_fifth() -> None:
    words = [Scored(8.0, (0, 1), "m1"), Scored(2.0, (0, 2), "m2")]
    near = {(0, 1): -0.5, (0, 2): 0.5, (0, 3): 0.25, (0, 4): -0.1}
    found = fused(words, [row(1, after=2), row(2, before=1, after=3), row(3, before=2), row(4)], near)
    assert [one.id for one in found] == ["m1", "m2", "m3"]
    expected = [
        1 + 0.6 * (-0.5 + 0.2 * 0.5),
        0.25 + 0.6 * (0.5 + 0.2 * (-0.5 + 0.25)),
        0.6 * (0.25 + 0.2 * 0.5),
    ]
    assert [one.score for one in found] == pytest.approx(expected)


def test_a_memory_that_shares_no_word_is_found_beside_those_that_do(db: Database) -> None:
    with db.write() as tx:
        keep(tx, cause(1), note("Ana saw a physician"), note("Ana owns a red boat"))
        keep(tx, cause(2), note("Ben works as a doctor", subject="Ben"))
        assert search(tx, "doctor") == ["Ben works as a doctor"]
        assert embed(tx) == 3
        assert search(tx, "doctor") == ["Ben works as a doctor", "Ana saw a physician"]
        assert texts(memory.search(tx, SIGHT, "doctor", 5)) == ["Ben works as a doctor"]


def test_equals_come_in_order_of_telling_whatever_the_database_gives(db: Database) -> None:
    with db.write() as tx:
        ids = [say(tx, at, "A hound in the garden", cause(at, None, session=f"s{at}")) for at in range(1, 20)]
        say(tx, 20, "Nothing of the kind", cause(20, None, session="s20"))
        embed(tx)
        assert [one.id for one in memory.search(tx, SIGHT, "puppy", 19, meaning=meaning("puppy"))] == ids


def test_meaning_reaches_only_what_stands_and_is_seen(db: Database) -> None:
    with db.write() as tx:
        keep(tx, cause(1), note("Ana owns a dog"))
        keep(tx, cause(2), note("Ana lost a puppy"))
        keep(tx, cause(3, "b"), note("Ana feeds a hound"))
        keep(tx, cause(4), note("Ana has a boat"))
        say(tx, 1, "The dog of another", cause(1, None, timeline="line-2"))
        assert embed(tx) + embed(tx, timeline="line-2") == 5
        memory.restand(tx, taken_back(2))
        memory.restand(tx, chosen(3, "a"))
        assert search(tx, "hound") == ["Ana owns a dog"]
        assert search(tx, "hound", sight=SIGHT.before(1)) == []
        fork = Sight((("line-2", EVERYTHING), ("line-1", 3)))
        keep(tx, cause(5, timeline="line-2"), note("Ana sails"), sight=fork)
        embed(tx, timeline="line-2")
        assert sorted(search(tx, "hound", sight=fork)) == ["Ana owns a dog", "The dog of another"]
        memory.restand(tx, chosen(3, "b"))
        assert search(tx, "hound") == ["Ana feeds a hound", "Ana owns a dog"]


def test_what_does_not_stand_changes_no_score(db: Database) -> None:
    with db.write() as tx:
        keep(tx, cause(1), note("Ana owns a dog"), note("Ana sings"), note("Ana sails"))
        embed(tx)
        alone = memory.search(tx, SIGHT, "hound", 5, meaning=meaning("hound"))
        keep(tx, cause(2), note("Ana feeds one hound"), note("Ana sees a hound"))
        embed(tx)
        memory.restand(tx, taken_back(2))
        assert memory.search(tx, SIGHT, "hound", 5, meaning=meaning("hound")) == alone


def test_what_was_replaced_is_not_brought_back_by_its_meaning(db: Database) -> None:
    with db.write() as tx:
        keep(tx, cause(1), note("Ana drives an automobile", "car"))
        keep(tx, cause(2), note("Ana drives a lorry", "car"), note("Ana sings"))
        embed(tx)
        assert "Ana drives an automobile" not in search(tx, "car")
        assert "Ana drives an automobile" in search(tx, "Which car did I have before?")


def test_vectors_of_another_model_are_left_alone_and_counted_as_missing(db: Database) -> None:
    with db.write() as tx:
        keep(tx, cause(1), note("Ana owns a dog"), note("Ana sings"))
        embed(tx, "sacks")
        assert search(tx, "puppy") == []
        assert len(vectors.missing(tx, "line-1", by="bags", size=0, above=0, most=9)) == 2
        assert vectors.missing(tx, "line-1", by="sacks", size=0, above=0, most=9) == []
        assert len(vectors.missing(tx, "line-1", by="sacks", size=8, above=0, most=9)) == 2
        embed(tx)
        assert search(tx, "puppy") == ["Ana owns a dog"]


def test_a_row_that_another_transaction_holds_is_passed_over(
    postgres_template: str, lend_copy: Callable[[str], AbstractContextManager[str]], tmp_path: Path
) -> None:
    """On SQLite one transaction writes at a time."""
    with lend_copy(postgres_template) as url:
        db = open_database(tmp_path, url)
        with db.write() as tx:
            held, free = say(tx, 1, "held"), say(tx, 2, "free")
        with db.write() as other:
            other.execute(sa.select(M.id).where(M.id == held).with_for_update())
            with db.write() as tx:
                tx.exec_driver_sql("set local lock_timeout = '2s'")
                assert vectors.keep(tx, "bags", {one: packed([1.0]) for one in (held, free)}) == 1
        with db.read() as tx:
            left = vectors.missing(tx, "line-1", by="bags", size=0, above=0, most=9)
        db.close()
    assert [one.id for one in left] == [held]


def feed(tx: sa.Connection) -> None:
    told = [(number, *line) for number, session in enumerate(SESSIONS, start=1) for line in session]
    for at, (number, speaker, text) in enumerate(told, start=1):
        say(
            tx,
            at,
            text,
            cause(at, "a" if speaker == "Mira" else None, session=f"s{number}"),
            speaker,
            source_id=str(at),
        )
    embed(tx)


def answers(tx: sa.Connection) -> list[list[tuple[str | None, float]]]:
    asked = [(question, meaning(question)) for question, _ in QUESTIONS]
    found = [memory.search(tx, SIGHT, question, 10, meaning=told) for question, told in asked]
    return [[(one.source_id, one.score) for one in ten] for ten in found]


def test_every_database_gives_the_same_ten_in_the_same_order(db: Database, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = open_database(tmp_path / "other")
    with other.write() as tx:
        full_metadata().create_all(tx)
        feed(tx)
        there = answers(tx)
    other.close()
    with db.write() as tx:
        feed(tx)
        here = answers(tx)
        by_words = [texts(memory.search(tx, SIGHT, question, 10)) for question, _ in QUESTIONS]
    assert here == there
    assert [len(ten) for ten in here] > [len(ten) for ten in by_words]


def test_no_transaction_is_open_while_the_embedder_is_asked(db: Database, server: EmbeddingServer) -> None:
    desk = Desk(db, utc_now, new_id)
    room = Memory(desk, Meanings(desk, CompatibleEmbedder(server.url, "bags"), 2.0))
    room.add("ana", "mira", "My dog keeps me awake.", NOON)
    pool, open_then = db.engine.pool, list[int]()
    assert isinstance(pool, sa.QueuePool)
    server.during = lambda: open_then.append(pool.checkedout())
    assert room.embed("ana", "mira") == 1
    assert room.embed("ana", "mira") == 0
    room.search("ana", "mira", "that puppy")
    room.for_prompt("ana", "mira", "that puppy", NOON)
    assert open_then == [0, 0, 0]


def test_a_caught_up_timeline_is_looked_at_from_there_on(db: Database, server: EmbeddingServer) -> None:
    desk = Desk(db, utc_now, new_id)
    room = Memory(desk, Meanings(desk, CompatibleEmbedder(server.url, "bags"), 2.0))
    for line in ("one dog", "two dogs"):
        room.add("ana", "mira", line, NOON)
        assert room.embed("ana", "mira") == 1
    assert [one.texts for one in server.asked] == [["one dog"], ["two dogs"]]


def test_many_at_once_embed_the_same_and_nothing_breaks(db: Database, server: EmbeddingServer) -> None:
    desk = Desk(db, utc_now, new_id)
    room = Memory(desk, Meanings(desk, CompatibleEmbedder(server.url, "bags"), 2.0))
    for number in range(70):
        room.add("ana", "mira", f"line number{number}", NOON)
    threads = [threading.Thread(target=room.embed, args=("ana", "mira")) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.read() as tx:
        assert tx.scalar(sa.select(sa.func.count()).where(M.embedded_by == "bags", M.embedding.is_not(None))) == 70
