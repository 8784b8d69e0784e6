"""Saying a line differently, turning back, carrying a reply on, and undoing each of these."""

from __future__ import annotations

import secrets

import pytest

from engine.errors import BadInput, Conflict, Ended, NotFound, SameIdOtherText, StoodOn
from tests import tiny
from tests.play.conftest import LONG, SHORT, Stage
from tests.play.troupe import WHOLE, Gate, Player, every_row

HOME = {"kind": "fact", "subject": "Ana", "attribute": "home", "text": "Ana lives in Paris"}


def _state(player: Player) -> str:
    return player.engine.play.state_digest(player.session_id)


def _rewind(player: Player, turn_id: str) -> None:
    player.engine.play.rewind(player.user_id, player.session_id, turn_id, secrets.token_hex(8))
    player.quiet()


def _undo(player: Player) -> None:
    player.engine.play.undo(player.user_id, player.session_id, secrets.token_hex(8))
    player.quiet()


def _redo(player: Player) -> None:
    player.engine.play.redo(player.user_id, player.session_id, secrets.token_hex(8))
    player.quiet()


def _edit(player: Player, turn_id: str, text: str) -> str:
    said = player.engine.play.edit(player.user_id, turn_id, secrets.token_hex(8), text)
    player.quiet()
    return said.turn.id


def _continue(player: Player, turn_id: str) -> str:
    player.engine.play.continue_reply(player.user_id, turn_id, secrets.token_hex(8))
    player.quiet()
    reply = player.turn(turn_id).reply
    assert reply is not None
    return reply.content


def test_a_turn_taken_back_leaves_the_state_as_it_was_before_it(stage: Stage) -> None:
    player = stage.enter(LONG)
    stage.actor.answers("I live in Paris.", "Paris, then.")
    stage.actor.sees("Paris, then.", memories=[HOME], tension_change=9, beat="they spoke of Paris")
    first = player.say("Good evening.").turn.id
    before = _state(player)
    player.say("I live in Paris.")
    player.say("And you?")
    after = _state(player)
    assert after != before
    _rewind(player, first)
    assert _state(player) == before
    assert "Ana lives in Paris" not in player.remembered()
    _undo(player)
    assert _state(player) == after
    assert "Ana lives in Paris" in player.remembered()
    _redo(player)
    assert _state(player) == before


def test_turning_back_to_the_opening_leaves_the_opening_alone(stage: Stage) -> None:
    player = stage.enter(LONG)
    before = _state(player)
    player.say("Good evening.")
    _rewind(player, player.view().turns[0].turn.id)
    assert _state(player) == before
    assert [one.turn.seq for one in player.view().turns] == [0]


def test_an_edited_line_takes_the_place_of_the_old_one_and_undo_brings_that_back(stage: Stage) -> None:
    player = stage.enter(LONG)
    first = player.say("I am a baker.").turn.id
    player.say("It is late.")
    before = _state(player)
    fresh = _edit(player, first, "I am a butcher.")
    view = player.view()
    assert [one.line.content for one in view.turns[1:] if one.line] == ["I am a butcher."]
    assert view.turns[1].turn.id == fresh
    assert view.turns[1].reply is not None
    assert "baker" not in player.prompt(fresh).prompt.lines[-1].content
    assert (view.undo and view.undo.kind, view.undo and view.undo.comes_back) == ("edit", 2)
    _undo(player)
    assert _state(player) == before
    assert [one.line.content for one in player.view().turns[1:] if one.line] == ["I am a baker.", "It is late."]


def test_lines_said_since_an_act_go_when_it_is_undone_and_come_back_when_it_is_done_again(stage: Stage) -> None:
    player = stage.enter(LONG)
    first = player.say("One.").turn.id
    player.say("Two.")
    _rewind(player, first)
    player.say("Two, but otherwise.")
    otherwise = _state(player)
    _undo(player)
    assert [one.line.content for one in player.view().turns[1:] if one.line] == ["One.", "Two."]
    _redo(player)
    assert _state(player) == otherwise


def test_what_was_undone_cannot_be_done_again_once_the_story_went_on(stage: Stage) -> None:
    player = stage.enter(LONG)
    first = player.say("One.").turn.id
    player.say("Two.")
    _rewind(player, first)
    _undo(player)
    assert player.view().redo is not None
    player.say("Three.")
    assert player.view().redo is None
    before = every_row(stage.engine)
    with pytest.raises(Conflict, match="nothing to redo"):
        _redo(player)
    assert every_row(stage.engine) == before


def test_acts_are_undone_one_after_the_other_to_the_very_beginning(stage: Stage) -> None:
    player = stage.enter(LONG)
    turn = player.say("One.").turn.id
    states = [_state(player)]
    player.regenerate(turn)
    states.append(_state(player))
    _continue(player, turn)
    states.append(_state(player))
    player.choose(turn, 1)
    states.append(_state(player))
    turn = _edit(player, turn, "One, otherwise.")
    for state in reversed(states):
        _undo(player)
        assert _state(player) == state
    with pytest.raises(Conflict, match="nothing to undo"):
        _undo(player)
    for state in states[1:]:
        _redo(player)
        assert _state(player) == state


def test_a_double_click_on_undo_undoes_once(stage: Stage) -> None:
    player = stage.enter(LONG)
    turn = player.say("One.").turn.id
    player.regenerate(turn)
    player.regenerate(turn)
    for _ in range(3):
        stage.engine.play.undo(player.user_id, player.session_id, "the same click")
    assert [take.chosen for take in player.turn(turn).takes] == [False, True, False]


def test_a_reply_carried_on_begins_with_the_old_one_word_for_word(stage: Stage) -> None:
    player = stage.enter(LONG)
    gate = Gate(first="I was about to ", second="tell you everything.")
    stage.actor.at("Go on.", gate)
    turn_id = player.send("Go on.")
    assert gate.reached.wait(60)
    stage.engine.play.stop(player.user_id, turn_id)
    gate.opened.set()
    player.quiet()
    assert player.turn(turn_id).state == "stopped"
    stage.actor.at("Go on.", lambda prompt, _seed: iter([" But not yet.", WHOLE] if prompt.begun else []))
    assert _continue(player, turn_id) == "I was about to tell you everything. But not yet."
    assert player.turn(turn_id).state == "complete"


def test_the_offline_actor_finishes_the_sentence_that_was_cut_off(stage: Stage) -> None:
    player = stage.enter(LONG)
    turn = player.say("Why did you come here tonight?").turn.id
    reply = player.turn(turn).reply
    assert reply is not None
    longer = _continue(player, turn)
    assert longer.startswith(reply.content)
    assert len(longer) > len(reply.content) + 3
    assert _continue(player, turn).startswith(longer)


def test_a_reply_that_cannot_go_on_stays_as_it_was(stage: Stage) -> None:
    player = stage.enter(LONG)
    stage.actor.answers("Hm.", "That is all.")
    turn = player.say("Hm.").turn.id
    before = _state(player)
    stage.actor.at("Hm.", lambda _prompt, _seed: iter([WHOLE]))
    assert _continue(player, turn) == "That is all."
    assert [take.state for take in player.turn(turn).takes] == ["complete", "failed"]
    assert _state(player) == before


def test_bad_wishes_are_refused_in_a_sentence_and_change_nothing(stage: Stage, ana: Player) -> None:
    turn = ana.say("One.").turn.id
    opening = ana.view().turns[0].turn.id
    play, me, here = stage.engine.play, ana.user_id, ana.session_id
    play.edit(me, turn, "edited", "Uno.")
    ana.quiet()
    last = ana.view().turns[-1].turn.id
    before = every_row(stage.engine)
    for refusal, act in (
        (BadInput, lambda: play.edit(me, last, "1", "   ")),
        (BadInput, lambda: play.edit(me, last, "", "Hm.")),
        (BadInput, lambda: play.rewind(me, here, last, "\n")),
        (BadInput, lambda: play.edit(me, last, "1", "x" * 5_000)),
        (SameIdOtherText, lambda: play.edit(me, last, "edited", "Otherwise.")),
        (Conflict, lambda: play.edit(me, opening, "1", "Hm.")),
        (Conflict, lambda: play.continue_reply(me, opening, "1")),
        (Conflict, lambda: play.rewind(me, here, last, "1")),
        (Conflict, lambda: play.undo(me, here, "edited")),
        (NotFound, lambda: play.rewind(me, here, turn, "1")),
        (NotFound, lambda: play.rewind(me, here, "no-such-turn", "1")),
        (Conflict, lambda: play.fork(me, turn, "1")),
    ):
        with pytest.raises(refusal):
            act()
    assert every_row(stage.engine) == before


def test_nothing_is_changed_under_a_character_who_speaks(stage: Stage) -> None:
    player, gate = stage.enter(LONG), Gate()
    first = player.say("One.").turn.id
    stage.actor.at("Wait.", gate)
    turn_id = player.send("Wait.")
    assert gate.reached.wait(60)
    play, me = stage.engine.play, player.user_id
    for act in (
        lambda: play.rewind(me, player.session_id, first, "1"),
        lambda: play.edit(me, first, "1", "Uno."),
        lambda: play.undo(me, player.session_id, "1"),
        lambda: play.fork(me, first, "1"),
    ):
        with pytest.raises(Conflict, match="still speaking"):
            act()
    gate.opened.set()
    player.quiet()
    assert player.turn(turn_id).state == "complete"


def test_an_ended_episode_goes_on_when_its_end_is_turned_back(stage: Stage) -> None:
    player = stage.enter(SHORT)
    turns = [player.say(line).turn.id for line in ("One.", "Two.", "Three.")]
    assert not player.view().session.is_active
    with pytest.raises(Ended):
        player.send("Four.")
    _rewind(player, turns[1])
    assert player.view().session.is_active
    assert player.say("Three, otherwise.").state == "complete"
    assert not player.view().session.is_active
    _undo(player)
    assert player.view().ending is not None


def test_a_turn_that_another_episode_builds_on_stays(stage: Stage) -> None:
    player = stage.enter(LONG)
    first = player.say("One.").turn.id
    player.say("Two.")
    _rewind(player, first)
    later = stage.enter(tiny.SECOND, user_id=player.user_id)
    later.say("Here I am.")
    before = every_row(stage.engine)
    with pytest.raises(StoodOn):
        _undo(player)
    with pytest.raises(StoodOn):
        _edit(player, first, "Uno.")
    assert every_row(stage.engine) == before


def test_a_picture_asked_for_by_hand_goes_with_its_moment_and_comes_back_with_it(stage: Stage) -> None:
    player = stage.enter(LONG)
    first = player.say("One.").turn.id
    player.say("Two.")
    scene = stage.engine.scenes.draw_moment(player.user_id, player.session_id, "click")
    player.quiet()
    _rewind(player, first)
    assert scene not in [one.id for one in player.view().scenes]
    _undo(player)
    assert scene in [one.id for one in player.view().scenes]
