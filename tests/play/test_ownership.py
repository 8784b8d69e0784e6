"""What belongs to one person is nothing to another: not found, nothing shown, nothing changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from engine.errors import NotFound
from engine.wiring import Engine
from tests import tiny
from tests.play.conftest import Stage
from tests.play.troupe import Player, every_row

SECRET = "My sister Ilse hid the violet ledger under the stairs."
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Owned:
    """Ids of Ana's, for somebody else to try."""

    session: str
    timeline: str
    character: str
    turn: str
    take: str
    message: str
    line: str
    scene: str


async def _first(engine: Engine, me: str, hers: Owned) -> object:
    return await anext(engine.play.follow_async(me, hers.turn))


Attempt = Callable[[Engine, str, Owned], object]
ATTEMPTS: dict[str, Attempt] = {
    "say": lambda engine, me, hers: engine.play.say(me, hers.session, "1", "Let me in."),
    "follow": lambda engine, me, hers: list(engine.play.follow(me, hers.turn)),
    "follow_async": lambda engine, me, hers: asyncio.run(_first(engine, me, hers)),
    "look": lambda engine, me, hers: engine.play.look(me, hers.turn),
    "stop": lambda engine, me, hers: engine.play.stop(me, hers.turn),
    "regenerate": lambda engine, me, hers: engine.play.regenerate(me, hers.turn, "1"),
    "continue": lambda engine, me, hers: engine.play.continue_reply(me, hers.turn, "1"),
    "edit": lambda engine, me, hers: engine.play.edit(me, hers.turn, "1", "Let me in."),
    "rewind": lambda engine, me, hers: engine.play.rewind(me, hers.session, hers.turn, "1"),
    "undo": lambda engine, me, hers: engine.play.undo(me, hers.session, "1"),
    "redo": lambda engine, me, hers: engine.play.redo(me, hers.session, "1"),
    "fork": lambda engine, me, hers: engine.play.fork(me, hers.turn, "1"),
    "choose": lambda engine, me, hers: engine.play.choose(me, hers.turn, hers.take),
    "stay": lambda engine, me, hers: engine.play.stay(me, hers.session),
    "session": lambda engine, me, hers: engine.play.session(me, hers.session),
    "is_settled": lambda engine, me, hers: engine.play.is_settled(me, hers.session),
    "prompt of a reply": lambda engine, me, hers: engine.play.prompt(hers.message, me),
    "prompt of a line": lambda engine, me, hers: engine.play.prompt(hers.line, me),
    "start on her timeline": lambda engine, me, hers: engine.play.start(me, tiny.SECOND, timeline_id=hers.timeline),
    "give feedback": lambda engine, me, hers: engine.feedback.give(me, hers.take, "up", "Mine."),
    "feedback of a session": lambda engine, me, hers: engine.feedback.of_session(me, hers.session),
    "scenes of a session": lambda engine, me, hers: engine.scenes.of_session(me, hers.session),
    "scene": lambda engine, me, hers: engine.scenes.get(me, hers.scene),
    "draw_moment": lambda engine, me, hers: engine.scenes.draw_moment(me, hers.session, "1"),
    "draw_again": lambda engine, me, hers: engine.scenes.draw_again(me, hers.scene),
    "add to her timeline": lambda engine, me, hers: engine.memory.add(
        me, hers.character, "I was here.", NOON, timeline_id=hers.timeline
    ),
}


@pytest.fixture
def owned(stage: Stage, ana: Player) -> Owned:
    """Ana's session with a turn of two takes, a memory and a scene."""
    turn = ana.regenerate(ana.say(SECRET).turn.id)
    view = ana.view()
    assert turn.reply is not None
    assert turn.line is not None
    return Owned(
        session=ana.session_id,
        timeline=view.session.timeline_id,
        character=view.session.character_id,
        turn=turn.turn.id,
        take=turn.takes[0].id,
        message=turn.reply.id,
        line=turn.line.id,
        scene=view.scenes[0].id,
    )


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_what_is_hers_is_not_found_by_another_and_nothing_changes(stage: Stage, owned: Owned, attempt: Attempt) -> None:
    stranger = stage.engine.people.join("Stranger").id
    before = every_row(stage.engine)
    with pytest.raises(NotFound):
        attempt(stage.engine, stranger, owned)
    assert every_row(stage.engine) == before


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_another_hears_the_same_of_what_is_hers_as_of_what_never_was(
    stage: Stage, owned: Owned, attempt: Attempt
) -> None:
    stranger = stage.engine.people.join("Stranger").id
    nothing = Owned(*["no-such-thing"] * 8)
    with pytest.raises(NotFound) as of_hers:
        attempt(stage.engine, stranger, owned)
    with pytest.raises(NotFound) as of_nothing:
        attempt(stage.engine, stranger, nothing)
    assert str(of_hers.value) == str(of_nothing.value)


def test_her_takes_cannot_be_chosen_through_ones_own_turn(stage: Stage, owned: Owned) -> None:
    stranger = stage.enter()
    mine = stranger.say("I have a turn of my own.")
    before = every_row(stage.engine)
    with pytest.raises(NotFound):
        stage.engine.play.choose(stranger.user_id, mine.turn.id, owned.take)
    assert every_row(stage.engine) == before


def test_lists_hold_only_what_is_ones_own(stage: Stage, owned: Owned) -> None:
    stranger = stage.enter()
    engine, me = stage.engine, stranger.user_id
    assert [one.id for one in engine.play.sessions(me)] == [stranger.session_id]
    assert engine.memory.about(me, owned.character) == ()
    assert not any("Ilse" in one.text for one in engine.memory.search(me, owned.character, "violet ledger Ilse"))


def test_what_one_player_said_is_never_in_anothers_prompt(stage: Stage, owned: Owned) -> None:
    stranger = stage.enter()
    turn = stranger.say("Who hid the violet ledger under the stairs? Was it Ilse?")
    kept = stranger.prompt(turn.turn.id)
    told = kept.prompt.system + "".join(line.content for line in kept.prompt.lines[:-1])
    assert "violet" not in told
    assert "Ilse" not in told


def test_what_was_said_in_a_rehearsal_is_never_in_the_players_own_story(stage: Stage, ana: Player) -> None:
    session = ana.view().session
    begun = stage.engine.play.rehearse(ana.user_id, session.release_id, session.template_id)
    Player(stage.engine, stage.clock, ana.user_id, begun.session_id).say(SECRET)
    kept = ana.prompt(ana.say("Who hid the violet ledger?").turn.id)
    assert "Ilse" not in kept.prompt.system
    assert not any("Ilse" in one.text for one in stage.engine.memory.search(ana.user_id, session.character_id, "Ilse"))


def test_a_memory_cannot_be_put_on_a_timeline_with_another_character(stage: Stage, ana: Player) -> None:
    timeline = ana.view().session.timeline_id
    with pytest.raises(NotFound):
        stage.engine.memory.add(ana.user_id, "somebody-else", "Hm.", NOON, timeline_id=timeline)


def test_a_line_that_is_added_by_hand_is_found_and_stays_with_its_owner(stage: Stage, ana: Player) -> None:
    character = ana.view().session.character_id
    stage.engine.memory.add(ana.user_id, character, "The \x00locker code is 4711.", NOON)
    other = stage.enter()
    assert [one.text for one in stage.engine.memory.search(ana.user_id, character, "locker code", 1)] == [
        "The locker code is 4711."
    ]
    assert stage.engine.memory.search(other.user_id, character, "locker code", 1) == ()
