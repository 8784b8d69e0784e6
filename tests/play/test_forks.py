"""Forking: another telling from a turn on, whose memories part ways from there."""

from __future__ import annotations

import secrets

import pytest

from engine.errors import Conflict, StoodOn
from tests import tiny
from tests.play.conftest import LONG, SHORT, Stage
from tests.play.troupe import Player


def _fork(player: Player, turn_id: str) -> Player:
    started = player.engine.play.fork(player.user_id, turn_id, secrets.token_hex(8))
    assert started.is_new
    return Player(player.engine, player.clock, player.user_id, started.session_id)


def _lines(player: Player) -> list[str]:
    return [one.line.content for one in player.view().turns if one.line]


def _note(city: str) -> dict[str, str]:
    return {"kind": "fact", "subject": "Ana", "attribute": "home", "text": f"Ana lives in {city}"}


def test_a_fork_shows_everything_up_to_its_turn_and_goes_its_own_way_from_there(stage: Stage) -> None:
    player = stage.enter(LONG)
    first = player.say("One.").turn.id
    player.say("Two.")
    before = stage.engine.play.state_digest(player.session_id)
    other = _fork(player, first)
    assert _lines(other) == ["One."]
    other.say("Two, otherwise.")
    assert _lines(other) == ["One.", "Two, otherwise."]
    assert [one.turn.seq for one in other.view().turns] == [0, 1, 2]
    assert _lines(player) == ["One.", "Two."]
    parent = player.view()
    assert (len(parent.turns), parent.session.message_count) == (3, 5)
    assert other.view().session.message_count == 5
    after = stage.engine.play.state_digest(player.session_id)
    assert after != before  # the person has said more to the character by now…
    told = [one.content for one in other.prompt(other.view().turns[-1].turn.id).prompt.lines]
    assert "One." in told
    assert "Two." not in told


def test_memories_part_ways_at_the_fork(stage: Stage) -> None:
    player = stage.enter(LONG)
    for city in ("Paris", "Rome", "Oslo"):
        stage.actor.answers(f"I live in {city}.", f"{city}, then.")
        stage.actor.sees(f"{city}, then.", memories=[_note(city)])
    first = player.say("I live in Paris.").turn.id
    player.say("I live in Rome.")
    other = _fork(player, first)
    other.say("I live in Oslo.")
    character = player.view().session.character_id
    lines = {name: one.view().session.timeline_id for name, one in (("parent", player), ("fork", other))}
    about = stage.engine.memory.about
    told = {
        name: {one.text for one in about(player.user_id, character, timeline_id=line)} for name, line in lines.items()
    }
    assert told == {"parent": {"Ana lives in Rome"}, "fork": {"Ana lives in Oslo"}}


def test_the_next_episode_goes_on_from_the_telling_that_one_is_in(stage: Stage) -> None:
    player = stage.enter(LONG)
    first = player.say("One.").turn.id
    player.say("Two.")
    other = _fork(player, first)
    other.say("Two, otherwise.")
    later = stage.enter(tiny.SECOND, user_id=player.user_id)
    assert later.view().session.timeline_id == other.view().session.timeline_id
    player.say("Three.")
    assert stage.enter(SHORT, user_id=player.user_id).view().session.timeline_id == player.view().session.timeline_id


def test_what_a_fork_stands_on_cannot_be_changed_under_it(stage: Stage) -> None:
    player = stage.enter(LONG)
    first, second = player.say("One.").turn.id, player.say("Two.").turn.id
    other = _fork(player, first)
    player.regenerate(first)  # nothing was said in the fork yet: it sees the new take
    assert other.view().turns[1].reply == player.view().turns[1].reply
    stage.engine.play.undo(player.user_id, player.session_id, "back")
    other.say("Two, otherwise.")
    with pytest.raises(StoodOn):
        player.regenerate(first)
    player.regenerate(second)
    assert len(player.turn(second).takes) == 2


def test_a_fork_of_a_fork_sees_both(stage: Stage) -> None:
    player = stage.enter(LONG)
    first = player.say("One.").turn.id
    child = _fork(player, first)
    second = child.say("Two.").turn.id
    child.say("Three.")
    grandchild = _fork(child, second)
    grandchild.say("Three, otherwise.")
    assert _lines(grandchild) == ["One.", "Two.", "Three, otherwise."]
    with pytest.raises(StoodOn):
        player.regenerate(first)
    view = grandchild.view()
    assert [one.turn.session_id == view.session.id for one in view.turns] == [False, False, False, True]
    assert {one.id for one in view.tellings} == {player.session_id, child.session_id, grandchild.session_id}


def test_a_fork_is_turned_back_to_its_beginning_and_no_further(stage: Stage) -> None:
    player = stage.enter(LONG)
    first, second = player.say("One.").turn.id, player.say("Two.").turn.id
    other = _fork(player, second)
    other.say("Three.")
    play = stage.engine.play
    with pytest.raises(Conflict, match="forked from"):
        play.rewind(other.user_id, other.session_id, first, "1")
    play.rewind(other.user_id, other.session_id, second, "2")
    assert _lines(other) == ["One.", "Two."]
    assert _lines(player) == ["One.", "Two."]


def test_a_double_click_forks_once_and_counts_one_session(stage: Stage) -> None:
    player = stage.enter(LONG)
    turn = player.say("One.").turn.id
    play = stage.engine.play
    made = {play.fork(player.user_id, turn, "the same click").session_id for _ in range(3)}
    assert len(made) == 1
    assert len(play.sessions(player.user_id)) == 2


def test_the_last_turn_of_an_episode_cannot_be_forked_from(stage: Stage) -> None:
    player = stage.enter(SHORT)
    turns = [player.say(line).turn.id for line in ("One.", "Two.", "Three.")]
    with pytest.raises(Conflict, match="last turn"):
        stage.engine.play.fork(player.user_id, turns[2], "1")
    other = _fork(player, turns[1])
    assert other.view().session.is_active
    assert other.say("Three, otherwise.").state == "complete"


def test_a_forked_rehearsal_touches_no_engagement(stage: Stage, ana: Player) -> None:
    session = ana.view().session
    begun = stage.engine.play.rehearse(ana.user_id, session.release_id, session.template_id)
    trial = Player(stage.engine, stage.clock, ana.user_id, begun.session_id)
    other = _fork(trial, trial.say("One.").turn.id)
    other.say("Two.")
    assert other.view().session.engagement_id is None
    assert stage.enter(user_id=ana.user_id).session_id == ana.session_id
