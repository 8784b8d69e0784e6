"""The sweeper: what a dead process left is finished from the rows alone, and what lives is left alone."""

from __future__ import annotations

import secrets

import pytest

from engine.play import acts
from engine.play import turn as turns
from engine.play.speaker import INTERRUPTED
from engine.play.sweeper import Sweeper
from engine.wiring import Engine
from tests.play.conftest import Stage
from tests.play.troupe import Gate, Player, every_row

DEAD = "w99"


def _accept(player: Player, line: str) -> str:
    """A line that was accepted by a process which died at once: its turn."""
    play = player.engine.play
    told = turns.accept(play.desk, play.care_folder, player.user_id, player.session_id, secrets.token_hex(8), line)
    return told.turn.id


def _speak(player: Player, line: str, said: str) -> str:
    """A reply that was being spoken when its process died: its turn."""
    turn_id = _accept(player, line)
    take_id = turns.claim(player.engine.play.desk, turn_id, DEAD)
    turns.save_progress(player.engine.play.desk, take_id, DEAD, said, None)
    return turn_id


@pytest.mark.parametrize(
    ("said", "state", "kept"),
    [("It was not", "partial", "It was not"), (" It was\u202e ", "partial", "It was"), ("", "failed", "")],
)
def test_a_reply_whose_speaker_died_gets_its_final_state_with_the_text_saved_so_far(
    stage: Stage, ana: Player, said: str, state: str, kept: str
) -> None:
    turn_id = _speak(ana, "Tell me.", said)
    stage.clock.move(seconds=10)
    ana.quiet()
    turn = ana.turn(turn_id)
    assert (turn.state, turn.takes[0].text, turn.takes[0].error) == (state, kept, INTERRUPTED)
    assert turn.line is not None
    assert turn.takes[0].after == ("done" if kept else "none")


def test_a_reply_whose_lease_was_renewed_within_ten_seconds_is_left_alone(stage: Stage, ana: Player) -> None:
    turn_id = _speak(ana, "Tell me.", "It was")
    stage.clock.move(seconds=9.9)
    _sweep(stage.engine)
    assert ana.turn(turn_id).state == "speaking"
    stage.clock.move(seconds=0.2)
    _sweep(stage.engine)
    assert ana.turn(turn_id).state == "partial"


def test_a_reply_that_is_spoken_here_is_left_alone_however_old_its_lease(stage: Stage, ana: Player) -> None:
    gate = Gate()
    stage.actor.at("Tell me slowly.", gate)
    turn_id = ana.send("Tell me slowly.")
    assert gate.reached.wait(60)
    stage.clock.move(seconds=11)
    _sweep(stage.engine)
    assert ana.turn(turn_id).state == "speaking"
    gate.opened.set()
    ana.quiet()
    assert ana.turn(turn_id).state == "complete"


def test_a_dead_regenerate_leaves_the_old_take_or_its_own_words(stage: Stage, ana: Player) -> None:
    turn_id, desk = ana.say("Tell me.").turn.id, stage.engine.play.desk
    acts.regenerate(desk, ana.user_id, turn_id, DEAD, "one")
    stage.clock.move(seconds=11)
    ana.quiet()
    assert [(take.state, take.chosen) for take in ana.turn(turn_id).takes] == [("complete", True), ("failed", False)]
    again = acts.regenerate(desk, ana.user_id, turn_id, DEAD, "two")
    assert again is not None
    turns.save_progress(desk, again, DEAD, "Well then", None)
    stage.clock.move(seconds=11)
    ana.quiet()
    assert [take.chosen for take in ana.turn(turn_id).takes] == [False, False, True]
    assert ana.turn(turn_id).takes[2].state == "partial"


def test_lines_that_nobody_answers_are_answered_in_their_order(stage: Stage, ana: Player) -> None:
    ids = [_accept(ana, f"Line number {number}.") for number in range(3)]
    _sweep(stage.engine)
    assert ana.states() == ["accepted"] * 3
    stage.clock.move(seconds=4)
    ana.quiet()
    assert ana.states() == ["complete"] * 3
    assert [one.turn.id for one in ana.view().turns[1:]] == ids
    assert all(len(one.takes) == 1 for one in ana.view().turns)


def test_a_line_behind_a_dead_reply_is_answered_too(stage: Stage, ana: Player) -> None:
    first, second = _speak(ana, "Tell me.", "It was"), _accept(ana, "Go on.")
    stage.clock.move(seconds=11)
    ana.quiet()
    assert [ana.turn(one).state for one in (first, second)] == ["partial", "complete"]
    lines = [line.content for line in ana.prompt(second).prompt.lines]
    assert lines[-3:] == ["Tell me.", "It was", "Go on."]


def test_after_work_that_nobody_started_is_started(stage: Stage, ana: Player) -> None:
    turn_id = _speak(ana, "I'm allergic to peanuts.", "")
    take = ana.turn(turn_id).takes[0]
    spoken = turns.Spoken("partial", "Peanuts, then.")
    assert turns.record(stage.engine.play.desk, take.id, DEAD, spoken, None, own_after=False)
    ana.quiet()
    assert ana.turn(turn_id).takes[0].after == "done"
    assert any("peanuts" in one for one in ana.remembered())


def test_after_work_that_was_started_and_never_done_is_started_again_later(stage: Stage, ana: Player) -> None:
    turn_id = _speak(ana, "I'm allergic to peanuts.", "")
    take = ana.turn(turn_id).takes[0]
    spoken = turns.Spoken("partial", "Peanuts, then.")
    assert turns.record(stage.engine.play.desk, take.id, DEAD, spoken, None, own_after=True)
    _sweep(stage.engine)
    assert ana.turn(turn_id).takes[0].after == "due"
    stage.clock.move(seconds=46)
    ana.quiet()
    assert (ana.turn(turn_id).takes[0].after, ana.turn(turn_id).takes[0].after_try) == ("done", 1)


def test_sweeping_a_quiet_house_changes_nothing(stage: Stage, ana: Player) -> None:
    ana.say("Tell me.")
    before = every_row(stage.engine)
    stage.clock.move(hours=1)
    for _ in range(3):
        _sweep(stage.engine)
    assert every_row(stage.engine) == before


def _sweep(engine: Engine) -> None:
    """One look, beside those of the engine's own thread."""
    Sweeper(engine.play.desk, engine.play.speakers, engine.work.start, lambda: None).sweep()
