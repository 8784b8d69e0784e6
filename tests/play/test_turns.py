"""Speaking: what becomes of a reply, however it ends; the line is kept in any case."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.errors import NotFound, ProviderBusy, ProviderDown, ProviderRefused
from engine.play import acts
from engine.play import turn as turns
from engine.play.speaker import INTERRUPTED, SILENT, STOPPED_EARLY
from engine.providers.llm import Finished, Prompt, Usage
from tests.play.conftest import Stage
from tests.play.troupe import WHOLE, Cue, Gate, Piece, Player

SLOW = "The character is out of breath. Try again in a moment."


def _breaks(*said: str, error: Exception) -> Cue:
    def cue(_prompt: Prompt, _seed: int) -> Iterator[Piece]:
        yield from said
        raise error

    return cue


def test_a_whole_reply_is_complete_and_tells_what_it_took(stage: Stage, ana: Player) -> None:
    stage.actor.at("Tell me.", lambda _prompt, _seed: iter(["I will. ", "Sit down.", WHOLE]))
    turn = ana.say("Tell me.")
    take = turn.takes[0]
    assert turn.reply is not None
    assert (turn.state, turn.reply.content, take.text) == ("complete", "I will. Sit down.", "I will. Sit down.")
    assert (take.finish_reason, take.model, take.chosen, take.kind) == ("stop", "puppet-1", True, "reply")
    assert take.error is None


@pytest.mark.parametrize(
    "error", [ProviderDown(SLOW, detail="socket 7 of api.example"), ProviderBusy(SLOW), ProviderRefused(SLOW)]
)
def test_a_reply_that_breaks_off_keeps_the_line_and_what_was_said_as_partial(
    stage: Stage, ana: Player, error: Exception
) -> None:
    stage.actor.at("Tell me.", _breaks("It was ", "not the", error=error))
    turn = ana.say("Tell me.")
    assert turn.line is not None
    assert turn.reply is not None
    assert (turn.state, turn.line.content, turn.reply.content) == ("partial", "Tell me.", "It was not the")
    assert turn.takes[0].error == SLOW


def test_what_a_provider_says_of_its_troubles_is_not_shown_to_the_player(stage: Stage, ana: Player) -> None:
    stage.actor.at("Tell me.", _breaks(error=ProviderDown(SLOW, detail="key sk-123 at api.example")))
    turn = ana.say("Tell me.")
    assert stage.engine.play.look(ana.user_id, turn.turn.id).error == SLOW


def test_a_reply_that_breaks_off_before_a_word_is_failed_and_the_line_stands(stage: Stage, ana: Player) -> None:
    stage.actor.at("Tell me.", _breaks(error=ProviderDown(SLOW)))
    turn = ana.say("Tell me.")
    assert turn.line is not None
    assert (turn.state, turn.line.content, turn.reply, turn.takes[0].chosen) == ("failed", "Tell me.", None, False)
    assert ana.digest()["sessions"] == [(True, 2)]


def test_an_actor_that_breaks_in_an_unforeseen_way_loses_no_word_either(stage: Stage, ana: Player) -> None:
    stage.actor.at("Tell me.", _breaks("It was ", error=ZeroDivisionError("oh")))
    turn = ana.say("Tell me.")
    assert (turn.state, turn.takes[0].text, turn.takes[0].error) == ("partial", "It was", INTERRUPTED)


def test_a_reply_that_ends_without_saying_so_is_partial(stage: Stage, ana: Player) -> None:
    stage.actor.at("Tell me.", lambda _prompt, _seed: iter(["It was not"]))
    turn = ana.say("Tell me.")
    assert (turn.state, turn.takes[0].finish_reason, turn.takes[0].error) == ("partial", None, INTERRUPTED)


def test_a_reply_of_nothing_but_blanks_is_failed_with_a_sentence(stage: Stage, ana: Player) -> None:
    stage.actor.at("Tell me.", lambda _prompt, _seed: iter([" \n", "\x00", WHOLE]))
    turn = ana.say("Tell me.")
    assert (turn.state, turn.takes[0].error) == ("failed", SILENT)


def test_a_reply_that_reached_its_longest_length_is_complete_and_says_so(stage: Stage, ana: Player) -> None:
    ends = Finished("max_tokens", "puppet-1", Usage(10, 600))
    stage.actor.at("Tell me.", lambda _prompt, _seed: iter(["It was a long", ends]))
    assert ana.say("Tell me.").takes[0].finish_reason == "max_tokens"


def test_what_hides_or_breaks_is_taken_out_of_a_reply(stage: Stage, ana: Player) -> None:
    stage.actor.at("Tell me.", lambda _prompt, _seed: iter(["It \x00was\u202e ", "me.\ud800 ", WHOLE]))
    turn = ana.say("Tell me.")
    assert turn.reply is not None
    assert turn.reply.content == turn.takes[0].text == "It was me."


def test_after_a_failed_reply_the_next_line_is_answered(stage: Stage, ana: Player) -> None:
    stage.actor.at("Tell me.", _breaks(error=ProviderDown(SLOW)))
    ana.say("Tell me.")
    turn = ana.say("Are you there?")
    assert ana.states() == ["failed", "complete"]
    lines = ana.prompt(turn.turn.id).prompt.lines
    assert [line.content for line in lines[-2:]] == ["Tell me.", "Are you there?"]


def test_a_stopped_reply_keeps_what_was_said(stage: Stage, ana: Player) -> None:
    gate = Gate()
    stage.actor.at("Tell me everything.", gate)
    turn_id = ana.send("Tell me everything.")
    assert gate.reached.wait(60)
    assert stage.engine.play.stop(ana.user_id, turn_id)
    gate.opened.set()
    ana.quiet()
    turn = ana.turn(turn_id)
    assert turn.reply is not None
    assert turn.state == "stopped"
    assert turn.reply.content.startswith("One half is said.")
    assert turn.takes[0].error is None


def test_a_reply_that_was_stopped_brings_its_effects_like_any_other(stage: Stage, ana: Player) -> None:
    gate = Gate(first="Peanuts, then. ", second="I see.")
    stage.actor.at("I'm allergic to peanuts.", gate)
    turn_id = ana.send("I'm allergic to peanuts.")
    assert gate.reached.wait(60)
    stage.engine.play.stop(ana.user_id, turn_id)
    gate.opened.set()
    ana.quiet()
    assert ana.turn(turn_id).takes[0].after == "done"
    assert any("peanuts" in one for one in ana.remembered())


def test_a_reply_that_is_stopped_before_a_word_is_failed_with_a_sentence(stage: Stage, ana: Player) -> None:
    gate = Gate(first="", second="")

    def silent(prompt: Prompt, seed: int) -> Iterator[Piece]:
        yield from (piece for piece in gate(prompt, seed) if isinstance(piece, str))

    stage.actor.at("Say nothing.", silent)
    turn_id = ana.send("Say nothing.")
    assert gate.reached.wait(60)
    stage.engine.play.stop(ana.user_id, turn_id)
    gate.opened.set()
    ana.quiet()
    assert (ana.turn(turn_id).state, ana.turn(turn_id).takes[0].error) == ("failed", STOPPED_EARLY)


def test_stopping_what_does_not_speak_changes_nothing(stage: Stage, ana: Player) -> None:
    turn = ana.say("Tell me.")
    before = ana.digest()
    assert not stage.engine.play.stop(ana.user_id, turn.turn.id)
    assert ana.digest() == before
    assert ana.turn(turn.turn.id).state == "complete"


def test_a_wish_to_stop_reaches_the_speaker_through_the_row(stage: Stage, ana: Player) -> None:
    """As when another process was asked to stop what this one speaks."""
    gate = Gate()
    stage.actor.at("Tell me more.", gate)
    turn_id = ana.send("Tell me more.")
    assert gate.reached.wait(60)
    assert acts.want_stop(stage.engine.play.desk, ana.user_id, turn_id)
    stage.engine.play.speakers.pulse()
    gate.opened.set()
    ana.quiet()
    assert ana.turn(turn_id).state == "stopped"


def test_the_pulse_saves_the_text_so_far_and_the_exact_prompt(stage: Stage, ana: Player) -> None:
    gate = Gate()
    stage.actor.at("Tell me slowly.", gate)
    turn_id = ana.send("Tell me slowly.")
    assert gate.reached.wait(60)
    stage.engine.play.speakers.pulse()
    assert ana.turn(turn_id).takes[0].text == "One half is said."
    gate.opened.set()
    ana.quiet()
    assert ana.turn(turn_id).takes[0].text == "One half is said. The other half follows."


def test_what_cannot_be_kept_does_not_keep_the_pulse_from_saving(stage: Stage, ana: Player) -> None:
    gate = Gate(first="One \x00half\ud800 ")
    stage.actor.at("Tell me oddly.", gate)
    turn_id = ana.send("Tell me oddly.")
    assert gate.reached.wait(60)
    stage.engine.play.speakers.pulse()
    assert ana.turn(turn_id).takes[0].text == stage.engine.play.look(ana.user_id, turn_id).text == "One half"
    gate.opened.set()
    ana.quiet()
    assert ana.turn(turn_id).state == "complete"


def test_a_take_that_was_lost_to_the_sweeper_is_not_recorded_a_second_time(stage: Stage, ana: Player) -> None:
    gate, desk = Gate(), stage.engine.play.desk
    stage.actor.at("Tell me later.", gate)
    turn_id = ana.send("Tell me later.")
    assert gate.reached.wait(60)
    stage.engine.play.speakers.pulse()
    take, slot = ana.turn(turn_id).takes[0], stage.engine.play.speakers.slot
    assert turns.record(desk, take.id, slot, turns.Spoken("partial", "One half is said."), None, own_after=False)
    gate.opened.set()
    ana.quiet()
    assert (ana.turn(turn_id).state, ana.turn(turn_id).takes[0].text) == ("partial", "One half is said.")
    assert len(ana.view().turns[1].takes) == 1


def test_a_take_belongs_to_the_slot_that_speaks_it(stage: Stage, ana: Player) -> None:
    gate, desk = Gate(), stage.engine.play.desk
    stage.actor.at("Who speaks?", gate)
    turn_id = ana.send("Who speaks?")
    assert gate.reached.wait(60)
    take = ana.turn(turn_id).takes[0]
    stolen = turns.Spoken("complete", "Somebody else.", finish_reason="stop")
    assert not turns.record(desk, take.id, "w99", stolen, None, own_after=False)
    gate.opened.set()
    ana.quiet()
    assert ana.turn(turn_id).takes[0].text == "One half is said. The other half follows."


def test_a_turn_is_claimed_once_and_in_its_order(stage: Stage, ana: Player) -> None:
    gate, desk = Gate(), stage.engine.play.desk
    stage.actor.at("Wait.", gate)
    first = ana.send("Wait.")
    assert gate.reached.wait(60)
    second = ana.send("And now?")
    assert turns.claim(desk, second, "w99") == turns.WAIT
    assert turns.claim(desk, first, "w99") == turns.GONE
    gate.opened.set()
    ana.quiet()
    assert turns.claim(desk, second, "w99") == turns.GONE


def test_looking_at_a_turn_that_never_was_is_not_found(stage: Stage, ana: Player) -> None:
    with pytest.raises(NotFound):
        stage.engine.play.look(ana.user_id, "no-such-turn")
