"""Recall: what answers best, and the ten slots of a prompt, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.db.database import Database
from engine.play import memory
from engine.play.effects import EVERYTHING, Sight
from tests.play.causes import NOON, SIGHT, cause, chosen, keep, note, say, taken_back, texts

LATER = NOON + timedelta(days=2)


def for_prompt(tx: sa.Connection, line: str, previous: str = "", exclude: set[str] | None = None) -> list[str]:
    found = memory.for_prompt(tx, SIGHT, line=line, previous_line=previous, now=LATER, exclude_sources=exclude or set())
    return texts(found)


def test_relevance_comes_before_importance_and_age(db: Database) -> None:
    with db.write() as tx:
        keep(tx, cause(1), note("Ana is allergic to peanuts", importance=0.1))
        keep(tx, cause(2), note("Ana won the lottery", importance=1.0))

        assert texts(memory.search(tx, SIGHT, "Shall I bake something with peanuts?", 1)) == [
            "Ana is allergic to peanuts"
        ]


def test_a_rarer_word_weighs_more(db: Database) -> None:
    with db.write() as tx:
        for at in range(1, 6):
            say(tx, at, f"The garden was wet on day number{at}", cause(at, None, session=f"s{at}"))
        say(tx, 6, "The gate creaks beside my sundial", cause(6, None, session="s6"))
        found = memory.search(tx, SIGHT, "garden sundial", 10)

    assert found[0].text == "The gate creaks beside my sundial"
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_a_line_between_two_answers_is_found_without_holding_a_word(db: Database) -> None:
    with db.write() as tx:
        say(tx, 1, "Have you ever seen the aurora?")
        say(tx, 2, "Once, near Tromsø.")
        say(tx, 3, "The aurora must have been green!")
        say(tx, 4, "Nothing of the kind", cause(4, None, session="s2"))
        found = texts(memory.search(tx, SIGHT, "aurora", 5))

    assert "Once, near Tromsø." in found
    assert "Nothing of the kind" not in found


def test_neighbours_of_another_session_or_a_hidden_take_lend_nothing(db: Database) -> None:
    with db.write() as tx:
        say(tx, 1, "The aurora was green")
        say(tx, 1, "A hidden reply", cause(1, "a"), "Mira")
        say(tx, 1, "Another one", cause(1, "b"), "Mira")
        memory.restand(tx, chosen(1, "b"))
        say(tx, 2, "The next session", cause(2, None, session="s2"))
        found = texts(memory.search(tx, SIGHT, "aurora", 5))

    assert found == ["The aurora was green", "Another one"]


def test_who_is_named_decides_between_equals_and_is_not_searched_for(db: Database) -> None:
    with db.write() as tx:
        say(tx, 1, "I adore cats", cause(1, None, session="s1"), "Mira")
        say(tx, 2, "I adore cats", cause(2, None, session="s2"), "Ana")
        say(tx, 3, "Ana, Ana, wake up!", cause(3, None, session="s3"), "Mira")
        found = memory.search(tx, SIGHT, "Which pets does Ana adore?", 5)

    assert [one.subject for one in found] == ["Ana", "Mira"]


def test_a_query_of_nothing_but_a_name_still_finds_it(db: Database) -> None:
    with db.write() as tx:
        say(tx, 1, "Ben called again", speaker="Ana")

        assert texts(memory.search(tx, SIGHT, "Ben?", 5, names=("Ben",))) == ["Ben called again"]


@pytest.mark.parametrize("query", ["", "ok", "hm…", "🥰", "what did you do then?"])
def test_a_query_without_content_finds_nothing(db: Database, query: str) -> None:
    with db.write() as tx:
        say(tx, 1, "what did you do then? ok")

        assert memory.search(tx, SIGHT, query, 5) == ()


def test_the_past_is_recalled_only_when_asked_for(db: Database) -> None:
    with db.write() as tx:
        keep(tx, cause(1), note("Ana lives in Paris", "home"))
        keep(tx, cause(2), note("Ana lives in Lyon", "home"))
        now, then = (
            texts(memory.search(tx, SIGHT, query, 5))
            for query in ("Where do I live?", "Where did I use to live before?")
        )

    assert now == ["Ana lives in Lyon"]
    assert sorted(then) == ["Ana lives in Lyon", "Ana lives in Paris"]


def test_a_sight_from_before_a_turn_sees_nothing_of_it(db: Database) -> None:
    with db.write() as tx:
        say(tx, 1, "The first harbour")
        say(tx, 2, "The second harbour")

        assert texts(memory.search(tx, SIGHT.before(2), "harbour", 5)) == ["The first harbour"]


def test_what_lies_beyond_a_sight_does_not_change_its_scores(db: Database) -> None:
    with db.write() as tx:
        say(tx, 1, "The first harbour")
        say(tx, 2, "A garden of stone")
        alone = memory.search(tx, SIGHT, "harbour garden", 5)
        for at in range(3, 9):
            say(tx, at, "harbour harbour")

        assert memory.search(tx, SIGHT.before(3), "harbour garden", 5) == alone


def test_another_timeline_is_never_seen(db: Database) -> None:
    with db.write() as tx:
        say(tx, 1, "The password is marzipan", cause(1, None, timeline="line-2"))

        assert memory.search(tx, SIGHT, "marzipan password", 5) == ()
        assert for_prompt(tx, "marzipan password") == []


def test_a_fork_recalls_its_own_and_its_parents_lines_together(db: Database) -> None:
    fork = Sight((("line-2", EVERYTHING), ("line-1", 2)))
    with db.write() as tx:
        for at in (1, 2, 3):
            say(tx, at, f"The harbour of parent {at}", cause(at, None, session=f"p{at}"))
        say(tx, 3, "The harbour of the child", cause(3, None, timeline="line-2", session="c"))
        found = memory.search(tx, fork, "harbour", 5)

    assert texts(found) == ["The harbour of the child", "The harbour of parent 1", "The harbour of parent 2"]


def test_equal_scores_come_in_order_of_telling(db: Database) -> None:
    with db.write() as tx:
        ids = [say(tx, at, "The harbour", cause(at, None, session=f"s{at}")) for at in range(1, 8)]

        assert [one.id for one in memory.search(tx, SIGHT, "harbour", 5)] == ids[:5]


def test_the_ten_slots_hold_seven_answers_two_pinned_and_the_newest(db: Database) -> None:
    with db.write() as tx:
        for at in range(1, 13):
            keep(tx, cause(at), note(f"Ana sails boat number{at} with Ben{at} and Carla{at}"))
        keep(
            tx,
            cause(20),
            note("Her name is Ana", "name", importance=1.0),
            note("Ana must never be touched", importance=0.95),
        )
        keep(tx, cause(21), note("Something cheerful occurred"))
        found = for_prompt(tx, "Tell me about boats")

    assert len(found) == len(set(found)) == 10
    assert sum("boat" in text for text in found[:7]) == 7
    assert set(found[7:9]) == {"Her name is Ana", "Ana must never be touched"}
    assert found[9] == "Something cheerful occurred"


def test_a_newer_memory_wins_between_equals_only_in_a_prompt(db: Database) -> None:
    with db.write() as tx:
        keep(tx, cause(1), note("Ana sold a red boat"), said_at=NOON - timedelta(days=300))
        keep(tx, cause(2), note("Ben sold a red house", subject="Ben"), said_at=NOON)
        keep(tx, cause(3), note("Ana sold a red plane"), said_at=NOON)
        search, prompt = texts(memory.search(tx, SIGHT, "red", 3)), for_prompt(tx, "red")

    assert search[0] == "Ana sold a red boat"
    assert prompt[:3] == ["Ben sold a red house", "Ana sold a red plane", "Ana sold a red boat"]


def test_without_content_words_importance_and_recency_decide(db: Database) -> None:
    with db.write() as tx:
        keep(tx, cause(1), note("Ana likes rain", importance=0.2))
        keep(tx, cause(2), note("Ana lost her brother", importance=0.9))
        say(tx, 3, "A raw line from before")

        assert for_prompt(tx, "ok") == ["Ana lost her brother", "Ana likes rain", "A raw line from before"]


def test_the_characters_previous_line_counts_half(db: Database) -> None:
    with db.write() as tx:
        keep(tx, cause(1), note("Ana owns a parrot"), note("Ana owns a violin"))

        assert for_prompt(tx, "yes", "Do you still have the violin?")[0] == "Ana owns a violin"
        assert for_prompt(tx, "my parrot!", "Do you still have the violin?")[0] == "Ana owns a parrot"


def test_lines_that_the_prompt_shows_anyway_take_no_slot(db: Database) -> None:
    with db.write() as tx:
        say(tx, 1, "The lighthouse is haunted", source_id="m1")
        say(tx, 2, "The lighthouse is far", cause(2, None, session="s2"), source_id="m2")

        assert for_prompt(tx, "lighthouse", exclude={"m2"}) == ["The lighthouse is haunted"]


def test_a_memory_takes_the_place_of_the_line_that_says_the_same(db: Database) -> None:
    with db.write() as tx:
        say(tx, 1, "I'm Ana and I'm allergic to peanuts")
        keep(tx, cause(1), note("Ana is allergic to peanuts", "allergy_peanuts"))

        assert for_prompt(tx, "Are there peanuts in it?") == ["Ana is allergic to peanuts"]
        assert len(memory.search(tx, SIGHT, "peanuts", 5)) == 2


def test_a_line_that_only_says_what_is_no_longer_so_is_left_out(db: Database) -> None:
    with db.write() as tx:
        say(tx, 1, "I live in Paris")
        keep(tx, cause(1), note("Ana lives in Paris", "home"))
        say(tx, 2, "By the way, I moved to Lyon in the end", cause(2, None, session="s2"))
        keep(tx, cause(2, session="s2"), note("Ana lives in Lyon", "home"))
        found = for_prompt(tx, "Where do I live?")

    assert "Ana lives in Lyon" in found
    assert not any("Paris" in text for text in found)


def test_reading_is_paged_newest_first_without_raw_lines(db: Database) -> None:
    with db.write() as tx:
        for at in range(1, 8):
            say(tx, at, f"line {at}")
            keep(tx, cause(at), note(f"Ana met person{at} in town{at}"))
        keep(tx, cause(8), note("Ana met person3 in town3"))
        pages = [texts(memory.about(tx, SIGHT, limit=3, offset=offset)) for offset in (0, 3, 6)]

    assert [text.split()[2] for page in pages for text in page] == [f"person{at}" for at in (3, 7, 6, 5, 4, 2, 1)]


def test_a_taken_back_turn_is_recalled_nowhere(db: Database) -> None:
    with db.write() as tx:
        say(tx, 1, "The lighthouse")
        keep(tx, cause(1), note("Ana fears the lighthouse", importance=1.0))
        memory.restand(tx, taken_back(1))

        assert memory.search(tx, SIGHT, "lighthouse", 5) == ()
        assert for_prompt(tx, "ok") == for_prompt(tx, "lighthouse") == []
        assert memory.about(tx, SIGHT) == ()
