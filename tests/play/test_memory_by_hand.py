"""What a person does to memories by hand: pin, put right, forget, and see where one comes from."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from engine.errors import BadInput, NotFound
from engine.play.memory.tables import memory_terms
from tests import tiny
from tests.play.conftest import LONG, Stage
from tests.play.troupe import Player, every_row

LINE = "I grew up in Ljubljana, above the bakery."
HOME = {"kind": "fact", "subject": "Ana", "attribute": "origin", "text": "Ana grew up in Ljubljana"}


@pytest.fixture
def told(stage: Stage) -> Player:
    """Ana, who has told where she grew up."""
    player = stage.enter(LONG)
    stage.actor.answers(LINE, "Ljubljana, then.")
    stage.actor.sees("Ljubljana, then.", memories=[HOME])
    player.say(LINE)
    return player


def _character(player: Player) -> str:
    return player.view().session.character_id


def _memory(player: Player, text: str = "Ana grew up in Ljubljana") -> str:
    about = player.engine.memory.about(player.user_id, _character(player))
    return next(one.id for one in about if one.text == text)


def test_a_memory_shows_the_line_it_comes_from_and_the_replies_that_had_it(stage: Stage, told: Player) -> None:
    asked = told.say("Do you remember where I grew up?")
    source = stage.engine.memory.source(told.user_id, _character(told), _memory(told))
    assert source.line == LINE
    assert source.turn_id == told.view().turns[1].turn.id
    assert asked.reply is not None
    assert asked.reply.id in source.replies


def test_a_pinned_memory_is_in_every_prompt_until_it_is_let_go(stage: Stage, told: Player) -> None:
    for number in range(14):
        stage.engine.memory.add(told.user_id, _character(told), f"Number {number} is a fine number.", stage.clock())
    room, me, character, memory = stage.engine.memory, told.user_id, _character(told), _memory(told)
    for _ in range(2):
        room.pin(me, character, memory)
    turn = told.say("Nice weather today, is it not?").turn.id
    assert memory in told.prompt(turn).memory_ids
    assert room.source(me, character, memory).pinned
    room.pin(me, character, memory, pinned=False)
    assert not room.source(me, character, memory).pinned


def test_a_memory_put_right_replaces_the_wrong_one(stage: Stage, told: Player) -> None:
    room, me, character = stage.engine.memory, told.user_id, _character(told)
    right = room.correct(me, character, _memory(told), "Ana grew up in Maribor")
    assert [one.text for one in room.about(me, character)] == ["Ana grew up in Maribor"]
    assert room.source(me, character, right).line is None
    prompt = told.prompt(told.say("Where did I grow up?").turn.id)
    assert "Maribor" in prompt.prompt.section("memories")
    with pytest.raises(NotFound):
        room.source(me, character, "no-such-memory")


def test_a_blank_or_endless_correction_is_refused_and_changes_nothing(stage: Stage, told: Player) -> None:
    before = every_row(stage.engine)
    for text in ("  ", "x" * 301, "x" * 50_000):
        with pytest.raises(BadInput):
            stage.engine.memory.correct(told.user_id, _character(told), _memory(told), text)
    assert every_row(stage.engine) == before


def test_what_is_forgotten_is_gone_from_recall_and_from_kept_prompts_but_not_from_the_transcript(
    stage: Stage, told: Player
) -> None:
    asked = told.say("Do you remember where I grew up?").turn.id
    assert "Ljubljana" in told.prompt(asked).prompt.system
    room, me, character = stage.engine.memory, told.user_id, _character(told)
    room.forget(me, character, _memory(told))
    assert room.about(me, character) == ()
    assert not any("Ljubljana" in one.text for one in room.search(me, character, "Ljubljana bakery grew up"))
    kept = told.prompt(asked).prompt.system
    assert "Ljubljana" not in kept
    assert "[forgotten]" in kept
    assert told.view().turns[1].line is not None
    assert any(one.line and "Ljubljana" in one.line.content for one in told.view().turns)
    mine = memory_terms.c.timeline_id == told.view().session.timeline_id
    with stage.engine.play.desk.db.read() as tx:
        assert "ljubljana" not in set(tx.scalars(sa.select(memory_terms.c.term).where(mine)))


def test_another_take_of_the_same_line_does_not_bring_back_what_was_forgotten(stage: Stage, told: Player) -> None:
    room, me, character = stage.engine.memory, told.user_id, _character(told)
    turn = told.view().turns[1].turn.id
    room.forget(me, character, _memory(told))
    told.regenerate(turn)
    assert room.about(me, character) == ()


def test_the_value_before_does_not_come_back_when_the_present_one_is_forgotten(stage: Stage) -> None:
    player = stage.enter(LONG)
    for city in ("Paris", "Rome"):
        note = {"kind": "fact", "subject": "Ana", "attribute": "home", "text": f"Ana lives in {city}"}
        stage.actor.answers(f"I live in {city}.", f"{city}, then.")
        stage.actor.sees(f"{city}, then.", memories=[note])
        player.say(f"I live in {city}.")
    room, me, character = stage.engine.memory, player.user_id, _character(player)
    room.forget(me, character, _memory(player, "Ana lives in Rome"))
    assert room.about(me, character) == ()


def test_forgetting_reaches_every_telling(stage: Stage, told: Player) -> None:
    started = stage.engine.play.fork(told.user_id, told.view().turns[1].turn.id, "fork")
    other = Player(stage.engine, stage.clock, told.user_id, started.session_id)
    stage.engine.memory.forget(told.user_id, _character(told), _memory(told))
    timeline = other.view().session.timeline_id
    assert stage.engine.memory.about(told.user_id, _character(told), timeline_id=timeline) == ()


def test_a_memory_of_another_is_not_found_and_stays(stage: Stage, told: Player) -> None:
    stranger, room, character, memory = stage.enter(tiny.FIRST), stage.engine.memory, _character(told), _memory(told)
    mine = told.view().session.timeline_id
    before = every_row(stage.engine)
    for attempt in (
        lambda: room.forget(stranger.user_id, character, memory),
        lambda: room.pin(stranger.user_id, character, memory),
        lambda: room.correct(stranger.user_id, character, memory, "Mine now."),
        lambda: room.source(stranger.user_id, character, memory),
        lambda: room.forget(stranger.user_id, character, memory, timeline_id=mine),
        lambda: room.about(stranger.user_id, character, timeline_id=mine),
        lambda: room.search(stranger.user_id, character, "Ljubljana", timeline_id=mine),
        lambda: room.for_prompt(stranger.user_id, character, "Ljubljana", stage.clock(), timeline_id=mine),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert every_row(stage.engine) == before
