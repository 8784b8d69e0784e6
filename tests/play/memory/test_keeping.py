"""Keeping lines and memories: repeats, replacements, dates, and what stands, on both databases."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.db.database import Database
from engine.kernel.ids import new_id
from engine.play import memory
from engine.play.effects import EVERYTHING, Sight
from engine.play.memory.tables import memory_events, memory_stats, memory_terms
from tests.play.causes import NOON, SIGHT, cause, chosen, keep, note, say, taken_back, texts


def current(tx: sa.Connection, sight: Sight = SIGHT) -> list[str]:
    return texts(memory.about(tx, sight))


def counted(tx: sa.Connection, timeline: str = "line-1") -> tuple[int, int]:
    row = tx.execute(sa.select(memory_stats).where(memory_stats.c.timeline_id == timeline)).one()
    return row.n, row.total_length


def test_equal_lines_are_two_rows(db: Database) -> None:
    with db.write() as tx:
        first, second = say(tx, 1, "I like the sea"), say(tx, 2, "I like the sea")

        assert first != second
        assert tx.scalar(sa.select(sa.func.count()).select_from(memory_events)) == 2
        assert counted(tx) == (2, 4)


def test_a_line_is_found_in_the_transaction_that_wrote_it(db: Database) -> None:
    with db.write() as tx:
        say(tx, 1, "The lighthouse keeper plays chess")

        assert texts(memory.search(tx, SIGHT, "chess?", 5)) == ["The lighthouse keeper plays chess"]


def test_places_are_numbered_without_a_gap_and_each_timeline_has_its_own(db: Database) -> None:
    with db.write() as tx:
        for at in (1, 2):
            say(tx, at, "one")
            say(tx, at, "two", cause(at, None, timeline="line-2"))
        rows = tx.execute(sa.select(memory_events.c.timeline_id, memory_events.c.seq)).all()

    assert sorted(rows) == [("line-1", 1), ("line-1", 2), ("line-2", 1), ("line-2", 2)]


@pytest.mark.parametrize(("given", "kept"), [(math.nan, 0.5), (1e9, 1.0), (-3.0, 0.0), (0.25, 0.25)])
def test_a_lines_importance_is_kept_between_0_and_1(db: Database, given: float, kept: float) -> None:
    with db.write() as tx:
        memory.add_line(
            tx, new_id=new_id, cause=cause(1, None), text="x", said_at=NOON, speaker="Ana", importance=given, now=NOON
        )

        assert tx.scalar(sa.select(memory_events.c.importance_score)) == pytest.approx(kept)


def test_an_unspeakable_line_is_stored_the_same_on_both_databases(db: Database) -> None:
    with db.write() as tx:
        say(tx, 1, "a\x00b \ud800 " + "w" * 3_000 + "🥰")
        say(tx, 2, "🥰🥰")

        assert counted(tx)[0] == 2


def test_the_same_take_twice_makes_nothing_new(db: Database) -> None:
    notes = (note("Ana lives in Paris", "home"), note("Ana has a dog"), note("Ana has a dog"))
    with db.write() as tx:
        first = keep(tx, cause(1), *notes)
        again = keep(tx, cause(1), *notes)

        assert (len(first), again) == (2, ())
        assert tx.scalar(sa.select(sa.func.count()).select_from(memory_events)) == 2


def test_a_repeat_is_shown_once_with_the_longest_words_and_the_highest_importance(db: Database) -> None:
    with db.write() as tx:
        keep(tx, cause(1), note("Ana plays the old cello in a small orchestra", importance=0.9))
        made = keep(tx, cause(2), note("Ana plays the old cello in a very small orchestra", importance=0.2))
        shown = memory.about(tx, SIGHT)

    assert made[0].repeats is not None
    assert [(one.text, one.importance) for one in shown] == [("Ana plays the old cello in a very small orchestra", 0.9)]
    assert shown[0].said_at == NOON.replace(minute=2)


def test_when_the_first_is_taken_back_its_repeat_stands_for_it(db: Database) -> None:
    with db.write() as tx:
        keep(tx, cause(1), note("Ana lives in Paris", "home"))
        keep(tx, cause(2), note("Ana lives in Lyon", "home"))
        keep(tx, cause(3), note("Ana lives in Lyon", "home"))
        memory.restand(tx, taken_back(2))

        assert current(tx) == ["Ana lives in Lyon"]


def test_the_same_words_about_somebody_else_are_another_memory(db: Database) -> None:
    with db.write() as tx:
        keep(tx, cause(1), note("She plays the cello", subject="Ana"))
        made = keep(tx, cause(2), note("She plays the cello", subject="Ben"))

        assert made[0].repeats is None
        assert len(current(tx)) == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "Ana takes the green train from the harbour to the old town market at 9 every winter morning",
            "Ana takes the green train from the harbour to the old town market at 10 every winter morning",
        ),
        ("Ana has an exam on 20 November 2026", "Ana has an exam on 27 November 2026"),
    ],
)
def test_other_numbers_are_no_repeat(db: Database, old: str, new: str) -> None:
    with db.write() as tx:
        keep(tx, cause(1), note(old))

        assert keep(tx, cause(2), note(new))[0].repeats is None


def test_taking_a_taste_back_replaces_it(db: Database) -> None:
    with db.write() as tx:
        keep(tx, cause(1), note("Ana likes black olives"))
        keep(tx, cause(2), note("Ana does not like black olives"))

        assert current(tx) == ["Ana does not like black olives"]


def test_a_new_value_replaces_the_old_and_taking_it_back_restores_it(db: Database) -> None:
    with db.write() as tx:
        keep(tx, cause(1), note("Ana lives in Paris", "home"))
        keep(tx, cause(2), note("Ana has moved to Lyon", "city"))
        moved = current(tx)
        memory.restand(tx, taken_back(2))

        assert moved == ["Ana has moved to Lyon"]
        assert current(tx) == ["Ana lives in Paris"]


def test_along_a_chain_the_first_stays_replaced_while_the_middle_is_hidden(db: Database) -> None:
    with db.write() as tx:
        for at, town in enumerate(("Paris", "Lyon", "Rome"), start=1):
            keep(tx, cause(at), note(f"Ana lives in {town}", "home"))
        memory.restand(tx, taken_back(2))

        assert current(tx) == ["Ana lives in Rome"]


def test_going_back_to_the_first_value_makes_it_current_again(db: Database) -> None:
    with db.write() as tx:
        for at, town in enumerate(("Paris", "Lyon", "Paris"), start=1):
            keep(tx, cause(at), note(f"Ana lives in {town}", "home"))

        assert current(tx) == ["Ana lives in Paris"]


def test_two_takes_may_each_replace_the_same_memory(db: Database) -> None:
    with db.write() as tx:
        keep(tx, cause(1), note("Ana lives in Paris", "home"))
        keep(tx, cause(2, "a"), note("Ana lives in Lyon", "home"))
        memory.restand(tx, chosen(2, "b"))
        keep(tx, cause(2, "b"), note("Ana lives in Rome", "home"))
        with_b = current(tx)
        for take in ("a", "b", "a"):
            memory.restand(tx, chosen(2, take))

        assert with_b == ["Ana lives in Rome"]
        assert current(tx) == ["Ana lives in Lyon"]


def test_several_values_stay_where_an_attribute_has_no_single_one(db: Database) -> None:
    with db.write() as tx:
        keep(tx, cause(1), note("Ana is afraid of heights", "fear"), note("Ana is afraid of spiders", "fear"))

        assert len(current(tx)) == 2


def test_a_plan_gives_way_only_when_the_words_say_so(db: Database) -> None:
    with db.write() as tx:
        keep(tx, cause(1, "a"), note("Ana is going to Greece in August", "trip"))
        keep(tx, cause(2, "a"), note("Ana is going to Kampala in June", "trip"))
        assert len(current(tx)) == 2
        keep(tx, cause(3, "a"), note("Ana is going to Portugal in August instead", "trip"))

        assert [text.split(" (")[0] for text in current(tx)] == [
            "Ana is going to Portugal in August",
            "Ana is going to Kampala in June",
        ]


def test_a_day_put_off_replaces_the_old_day_and_a_past_one_stays(db: Database) -> None:
    with db.write() as tx:
        keep(tx, cause(1, "a"), note("Ana's exam is tomorrow", "exam_date"))
        keep(tx, cause(2, "a"), note("Ana's exam is in three days now", "exam_date"))
        assert len(current(tx)) == 1
        later = NOON + timedelta(days=60)
        keep(tx, cause(3, "a"), note("Ana's exam is in two weeks", "exam_date"), said_at=later)

        assert len(current(tx)) == 2


def test_a_wedding_ends_the_engagement_that_stands_under_another_attribute(db: Database) -> None:
    with db.write() as tx:
        keep(tx, cause(1, "a"), note("Ana is engaged to Tomas", "partner"))
        keep(tx, cause(2, "a"), note("Ana is married", "partner_status"))

        assert current(tx) == ["Ana is married"]


def test_a_question_without_content_words_is_answered_with_what_is_known(db: Database) -> None:
    with db.write() as tx:
        keep(tx, cause(1, "a"), note("Ana has been to Antarctica", ""))

        assert texts(memory.search(tx, SIGHT, "where have I been", 5)) == ["Ana has been to Antarctica"]


def test_a_relative_date_is_spelt_out_on_the_players_day(db: Database) -> None:
    late = NOON.replace(hour=23)  # the 19th in Tokyo
    with db.write() as tx:
        made = keep(tx, cause(1), note("Ana has an exam tomorrow in chemistry"), zone="Asia/Tokyo", said_at=late)

    assert made[0].text == "Ana has an exam tomorrow (20 November 2026) in chemistry"
    assert made[0].event_at is not None
    assert made[0].event_at.day == 20


def test_words_stay_within_300_characters_with_their_date(db: Database) -> None:
    with db.write() as tx:
        made = keep(tx, cause(1), note("word " * 59 + "end", when="tomorrow"))

    assert len(made[0].text) <= 300
    assert made[0].text.endswith("(19 November 2026)")


def test_a_names_importance_is_never_low(db: Database) -> None:
    with db.write() as tx:
        made = keep(tx, cause(1), note("Her name is Ana", "name", importance=0.1))

    assert made[0].importance == pytest.approx(0.9)


def test_a_players_line_follows_its_turn_and_a_reply_its_take(db: Database) -> None:
    with db.write() as tx:
        say(tx, 1, "Where is the harbour?")
        say(tx, 1, "Behind the harbour wall", cause(1, "a"), "Mira")
        memory.restand(tx, chosen(1, "b"))
        hidden_take = texts(memory.search(tx, SIGHT, "harbour", 5))
        memory.restand(tx, taken_back(1))
        nothing = memory.search(tx, SIGHT, "harbour", 5)
        memory.restand(tx, chosen(1, "a"))

        assert hidden_take == ["Where is the harbour?"]
        assert nothing == ()
        assert len(memory.search(tx, SIGHT, "harbour", 5)) == 2


def test_counts_follow_what_stands(db: Database) -> None:
    with db.write() as tx:
        say(tx, 1, "red green")
        say(tx, 1, "blue yellow violet", cause(1, "a"), "Mira")
        before = counted(tx)
        memory.restand(tx, taken_back(1))
        gone = counted(tx)
        memory.restand(tx, chosen(1, "a"))

        assert (before, gone, counted(tx)) == ((2, 5), (0, 0), (2, 5))


def test_a_fork_sees_its_parent_up_to_the_fork_and_replaces_only_for_itself(db: Database) -> None:
    fork = Sight((("line-2", EVERYTHING), ("line-1", 1)))
    with db.write() as tx:
        keep(tx, cause(1), note("Ana lives in Paris", "home"))
        keep(tx, cause(2), note("Ana lives in Lyon", "home"))
        keep(tx, cause(2, timeline="line-2"), note("Ana lives in Rome", "home"), sight=fork)

        assert current(tx) == ["Ana lives in Lyon"]
        assert current(tx, fork) == ["Ana lives in Rome"]
        assert texts(memory.search(tx, fork, "Where did Ana live before?", 5)) == [
            "Ana lives in Paris",
            "Ana lives in Rome",
        ]


def test_postings_stay_when_rows_stop_standing(db: Database) -> None:
    with db.write() as tx:
        say(tx, 1, "lantern")
        memory.restand(tx, taken_back(1))

        assert tx.scalar(sa.select(sa.func.count()).select_from(memory_terms)) == 1
