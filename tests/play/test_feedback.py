"""Feedback: one thumb and note for each person and reply, and the team's inbox of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.db.events import events
from engine.errors import BadInput, NotFound
from engine.play.feedback.nouns import Given
from engine.play.feedback.room import Feedback
from engine.play.feedback.tables import feedback as table
from tests.play.conftest import Stage
from tests.play.troupe import Player, every_row


@pytest.fixture
def room(stage: Stage) -> Feedback:
    """The room, with an empty inbox."""
    with stage.engine.play.desk.db.write() as tx:
        tx.execute(table.delete())
    return stage.engine.feedback


@pytest.fixture
def take(ana: Player) -> str:
    """The reply to Ana's first line."""
    return ana.say("Who signed the ledger?").takes[0].id


def _noted(stage: Stage, take_id: str) -> list[str]:
    query = sa.select(events.c.properties).where(events.c.name == "feedback_given", events.c.take_id == take_id)
    with stage.engine.play.desk.db.read() as tx:
        return [row.properties["thumb"] for row in tx.execute(query.order_by(events.c.id))]


def test_a_thumb_with_a_note_arrives_in_the_inbox_with_all_that_it_is_about(
    stage: Stage, room: Feedback, ana: Player, take: str
) -> None:
    room.give(ana.user_id, take, "down", "Too \x00sweet\u202e for her.", ["voice", " voice ", "out of character"])
    view = ana.view()
    (item,) = room.inbox()
    assert (item.thumb, item.note, item.tags) == ("down", "Too sweet for her.", ("voice", "out of character"))
    assert (item.player, item.audience, item.character_name) == ("Ana", "player", "Mara Voss")
    assert (item.character_id, item.episode_title) == (view.session.character_id, "The Locked Archive")
    assert (item.release_number, item.session_id) == (view.release.number, ana.session_id)
    assert (item.take_id, item.turn_id) == (take, view.turns[1].turn.id)
    assert item.line == "Who signed the ledger?"
    assert item.reply == view.turns[1].takes[0].text
    assert item.standing
    assert item.settled_at is None
    assert item.created_at == item.updated_at == stage.clock()


def test_giving_again_changes_it_and_giving_the_same_changes_nothing(
    stage: Stage, room: Feedback, ana: Player, take: str
) -> None:
    room.give(ana.user_id, take, "up")
    room.give(ana.user_id, take, "up", "Lovely.")
    before = every_row(stage.engine)
    stage.clock.move(seconds=5)
    room.give(ana.user_id, take, "up", " Lovely. ")
    assert every_row(stage.engine) == before
    assert room.of_session(ana.user_id, ana.session_id) == {take: Given("up", "Lovely.")}
    assert _noted(stage, take) == ["up", "up"]
    assert room.count_open() == 1


def test_no_thumb_and_no_note_take_it_away(stage: Stage, room: Feedback, ana: Player, take: str) -> None:
    room.give(ana.user_id, take, None, "  ")
    assert _noted(stage, take) == []
    room.give(ana.user_id, take, None, "A note alone.")
    room.give(ana.user_id, take, None)
    assert _noted(stage, take) == ["none", "withdrawn"]
    assert room.inbox(open_only=False) == []
    assert room.of_session(ana.user_id, ana.session_id) == {}


def test_a_settled_one_leaves_the_open_list_and_other_words_bring_it_back(
    stage: Stage, room: Feedback, ana: Player, take: str
) -> None:
    room.give(ana.user_id, take, "down", "Flat.")
    (item,) = room.inbox()
    room.settle(item.id)
    at = stage.clock()
    stage.clock.move(minutes=1)
    room.settle(item.id)
    assert (room.inbox(), room.count_open()) == ([], 0)
    assert [one.settled_at for one in room.inbox(open_only=False)] == [at]
    room.give(ana.user_id, take, "down", "Flat.")
    assert room.count_open() == 0
    room.give(ana.user_id, take, "down", "Flat, and too long.")
    assert [(one.id, one.settled_at, one.updated_at) for one in room.inbox()] == [(item.id, None, stage.clock())]
    room.settle(item.id)
    room.reopen(item.id)
    room.reopen(item.id)
    assert room.count_open() == 1
    for verb in (room.settle, room.reopen):
        with pytest.raises(NotFound):
            verb("no-such-thing")


def test_another_persons_reply_takes_no_feedback_and_is_told_from_nothing_by_nobody(
    stage: Stage, room: Feedback, ana: Player, take: str
) -> None:
    stranger = stage.engine.people.join("Stranger").id
    room.give(ana.user_id, take, "up")
    before = every_row(stage.engine)
    said: set[str] = set()
    for tried in (take, "no-such-thing"):
        with pytest.raises(NotFound) as told:
            room.give(stranger, tried, "down", "Mine.")
        said.add(str(told.value))
    assert len(said) == 1
    with pytest.raises(NotFound):
        room.of_session(stranger, ana.session_id)
    assert every_row(stage.engine) == before


def test_what_cannot_be_kept_is_refused_and_changes_nothing(
    stage: Stage, room: Feedback, ana: Player, take: str
) -> None:
    before = every_row(stage.engine)
    for note, tags in (
        ("x" * 1_001, ()),
        ("\x00" * 9_000, ()),
        ("", ["x" * 400]),
        ("", [str(one) for one in range(11)]),
    ):
        with pytest.raises(BadInput):
            room.give(ana.user_id, take, "up", note, tags)
    with pytest.raises(BadInput):
        room.give(ana.user_id, take, "sideways")  # pyright: ignore[reportArgumentType]  (what a forged call may bring)
    assert every_row(stage.engine) == before
    room.give(ana.user_id, take, "up", "x" * 1_000 + "\x00\x00")
    assert len(room.inbox()[0].note) == 1_000


def test_the_inbox_says_whether_the_reply_still_stands(room: Feedback, ana: Player, take: str) -> None:
    room.give(ana.user_id, take, "down")
    again = ana.regenerate(ana.view().turns[1].turn.id)
    assert [one.standing for one in room.inbox()] == [False]
    assert room.inbox()[0].reply == again.takes[0].text
    ana.choose(again.turn.id, 1)
    assert [one.standing for one in room.inbox()] == [True]


def test_an_opening_can_be_judged_too(room: Feedback, ana: Player) -> None:
    room.give(ana.user_id, ana.view().turns[0].takes[0].id, "up")
    assert [(one.line, one.reply[:9]) for one in room.inbox()] == [(None, "*She lowe")]


def test_the_inbox_copes_with_five_thousand_and_is_read_page_by_page(
    stage: Stage, room: Feedback, ana: Player, take: str
) -> None:
    room.give(ana.user_id, take, "up", "The only one of mine.")
    with stage.engine.play.desk.db.write() as tx:
        row = dict(tx.execute(sa.select(table)).mappings().one())
        rows = [
            row | {"id": f"{n:032d}", "user_id": f"p{n}", "updated_at": stage.clock() + timedelta(seconds=n // 3)}
            for n in range(4_999)
        ]
        tx.execute(table.insert(), rows)
    assert room.count_open() == 5_000
    seen: list[str] = []
    cursor = None
    while page := room.inbox(limit=700, before=cursor):
        seen += [one.id for one in page]
        cursor = page[-1].cursor
    assert len(seen) == len(set(seen)) == 5_000
    assert seen[0] == f"{4_998:032d}"
    assert len(room.inbox()) == 200
    assert {one.player for one in room.inbox()} == {""}
    with stage.engine.play.desk.db.write() as tx:  # nobody of that name ever joined, which no house may keep
        tx.execute(table.delete().where(table.c.user_id != ana.user_id))


def test_the_inbox_can_be_asked_of_one_character_and_refuses_an_odd_cursor(
    room: Feedback, ana: Player, take: str
) -> None:
    room.give(ana.user_id, take, "up")
    assert len(room.inbox(character_id=ana.view().session.character_id)) == 1
    assert room.inbox(character_id="no-such-thing") == []
    for odd in ("", "yesterday", "2026-03-02T20:00:00 x", "2026-03-02T20:00:00+00:00 '; drop"):
        with pytest.raises(BadInput):
            room.inbox(before=odd)
