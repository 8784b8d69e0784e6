"""Takes: regenerating and choosing mark what stands, in every room at once, and repair nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from engine.errors import BadInput, Conflict, Ended, NotFound, ProviderDown, StoodOn
from engine.play.conversation import store
from engine.play.view import TurnView
from engine.providers.llm import Prompt
from tests import tiny
from tests.play.conftest import LONG, Stage
from tests.play.troupe import Gate, Piece, Player, every_row

LINE = "Tell me what you keep from me."
FIRST, SECOND = "I keep the ledger. You know that now.", "Nothing that is yours."
NOTICED: dict[str, Any] = {
    "memories": [{"kind": "fact", "subject": "Ana", "text": "Ana knows where the ledger is", "importance": 0.8}],
    "hooks": [{"type": "promise", "content": "show her the ledger's last page", "opener": "The last page, then."}],
    "tension_change": 9,
    "tone": "tense",
    "beat": "the ledger was named",
    "milestones": [{"key": "secret_told", "text": "She told her secret"}],
}


def _cue(stage: Stage) -> None:
    """The first take of LINE brings something of everything, every other one nothing."""
    stage.actor.answers(LINE, FIRST, SECOND)
    stage.actor.sees(FIRST, **NOTICED)
    stage.actor.sees(SECOND)


def _texts(turn: TurnView) -> list[str]:
    return [take.text for take in turn.takes]


def _resolved(stage: Stage, player: Player) -> TurnView:
    """Play up to the sixth and last turn, in which “The end.” resolves the episode: that turn."""
    for number in range(5):
        stage.actor.answers(f"Line {number}.", f"Reply {number}.")
        stage.actor.sees(f"Reply {number}.")
        player.say(f"Line {number}.")
    stage.actor.sees("The end.", ending={"kind": "positive", "text": "She gave you the key."})
    return player.say("The end?")


def test_a_first_take_brings_something_of_everything(stage: Stage, ana: Player) -> None:
    _cue(stage)
    ana.say(LINE)
    told = ana.digest()
    assert "Ana knows where the ledger is" in [row[4] for row in told["memory_events"]]
    assert [row[2] for row in told["hooks"]] == ["show her the ledger's last page"]
    assert [row[1:] for row in told["dynamics"]] == [(9, "tense", "the ledger was named")]
    assert [row[1] for row in told["milestones"]] == ["secret_told"]


def test_regenerating_takes_the_effects_of_the_first_take_away(stage: Stage, ana: Player) -> None:
    _cue(stage)
    turn = ana.regenerate(ana.say(LINE).turn.id)
    told = ana.digest()
    assert turn.reply is not None
    assert (turn.reply.content, _texts(turn)) == (SECOND, [FIRST, SECOND])
    assert [take.chosen for take in turn.takes] == [False, True]
    assert ana.remembered() == []
    assert FIRST not in [row[4] for row in told["memory_events"]]
    assert (told["hooks"], told["milestones"]) == ([], [])
    assert [row[1:] for row in told["dynamics"]] == [(0, "", "")]
    assert (told["sessions"], told["engagement"]) == ([(True, 3)], [(1, 3)])


def test_the_next_prompt_knows_nothing_of_a_hidden_take(stage: Stage, ana: Player) -> None:
    _cue(stage)
    ana.regenerate(ana.say(LINE).turn.id)
    kept = ana.prompt(ana.say("Where is the ledger?").turn.id)
    whole = kept.prompt.system + "\n".join(line.content for line in kept.prompt.lines)
    for trace in (FIRST, "knows where the ledger", "the ledger was named", "secret_told", "last page"):
        assert trace not in whole
    assert "Tension: 40 of 100" in kept.prompt.section("state")


def test_choosing_the_first_take_again_brings_everything_back(stage: Stage, ana: Player) -> None:
    _cue(stage)
    turn_id = ana.say(LINE).turn.id
    first = ana.digest()
    ana.regenerate(turn_id)
    second = ana.digest()
    assert second != first
    ana.choose(turn_id, 1)
    assert ana.digest() == first
    ana.choose(turn_id, 2)
    assert ana.digest() == second
    ana.choose(turn_id, 1)
    kept = ana.prompt(ana.say("Where is the ledger?").turn.id)
    assert "knows where the ledger" in kept.prompt.section("memories")
    assert "Tension: 49 of 100" in kept.prompt.section("state")
    assert "secret_told" in kept.prompt.section("state")


def test_choosing_the_chosen_take_changes_nothing(stage: Stage, ana: Player) -> None:
    turn = ana.say(LINE)
    before = every_row(stage.engine)
    stage.engine.play.choose(ana.user_id, turn.turn.id, turn.takes[0].id)
    assert every_row(stage.engine) == before


def test_another_take_is_composed_from_what_stood_before_its_turn(stage: Stage, ana: Player) -> None:
    _cue(stage)
    ana.say("I am looking for the key.")
    turn_id = ana.say(LINE).turn.id
    first = ana.prompt(turn_id)
    ana.regenerate(turn_id)
    assert ana.prompt(turn_id).prompt == first.prompt
    assert ana.prompt(turn_id).hash == first.hash


def test_takes_of_one_turn_are_acted_from_different_seeds(ana: Player) -> None:
    turn = ana.regenerate(ana.say("What do you want from me?").turn.id)
    assert turn.takes[0].seed != turn.takes[1].seed


def test_regenerating_an_earlier_turn_takes_back_the_later_ones(stage: Stage, ana: Player) -> None:
    first = ana.say("I opened none of them.")
    before = ana.digest()
    _cue(stage)
    ana.say(LINE)
    ana.say("And the key?")
    ana.regenerate(first.turn.id)
    assert [one.turn.seq for one in ana.view().turns] == [0, 1]
    told = ana.digest()
    assert told["sessions"] == before["sessions"] == [(True, 3)]
    assert {row[0] for row in told["memory_events"]} <= {1, 2}
    assert told["milestones"] == before["milestones"]
    ana.choose(first.turn.id, 1)
    assert ana.digest() == before


def test_choosing_at_an_earlier_turn_takes_back_the_later_ones(ana: Player) -> None:
    first = ana.say("I opened none of them.")
    ana.regenerate(first.turn.id)
    ana.say("And the key?")
    ana.choose(first.turn.id, 1)
    assert [one.turn.seq for one in ana.view().turns] == [0, 1]
    assert ana.say("Then the key?").turn.seq == 2


def test_a_turn_that_was_taken_back_is_followed_to_its_end_and_cannot_be_changed(stage: Stage, ana: Player) -> None:
    first, second = ana.say("I opened none of them."), ana.say("And the key?")
    ana.regenerate(first.turn.id)
    assert [frame.state for frame in stage.engine.play.follow(ana.user_id, second.turn.id)] == ["taken_back"]
    before = every_row(stage.engine)
    with pytest.raises(Conflict, match="taken back"):
        stage.engine.play.regenerate(ana.user_id, second.turn.id, "late")
    with pytest.raises(Conflict):
        stage.engine.play.choose(ana.user_id, second.turn.id, second.takes[0].id)
    assert every_row(stage.engine) == before


def test_the_id_of_a_line_that_was_taken_back_still_gives_that_turn(ana: Player) -> None:
    first, second = ana.say("I opened none of them."), ana.say("And the key?", "mine")
    ana.regenerate(first.turn.id)
    assert ana.send("And the key?", "mine") == second.turn.id
    assert len(ana.view().turns) == 2


def test_a_failed_regenerate_leaves_the_old_take_chosen(stage: Stage, ana: Player) -> None:
    _cue(stage)
    turn_id = ana.say(LINE).turn.id
    before = ana.digest()

    def fails(_prompt: Prompt, _seed: int) -> Iterator[Piece]:
        yield from ()
        raise ProviderDown("Out of breath.")

    stage.actor.at(LINE, fails)
    turn = ana.regenerate(turn_id)
    assert [(take.state, take.chosen) for take in turn.takes] == [("complete", True), ("failed", False)]
    assert turn.state == "complete"
    assert ana.digest() == before
    with pytest.raises(Conflict, match="no words"):
        stage.engine.play.choose(ana.user_id, turn_id, turn.takes[1].id)


def test_trying_a_failed_turn_again_gives_it_a_reply(stage: Stage, ana: Player) -> None:
    def fails(_prompt: Prompt, _seed: int) -> Iterator[Piece]:
        yield from ()
        raise ProviderDown("Out of breath.")

    stage.actor.at(LINE, fails)
    turn_id = ana.say(LINE).turn.id
    _cue(stage)
    turn = ana.regenerate(turn_id)
    assert [(take.state, take.chosen) for take in turn.takes] == [("failed", False), ("complete", True)]
    assert ana.digest()["sessions"] == [(True, 3)]


def test_a_regenerate_that_is_stopped_is_chosen_with_what_was_said(stage: Stage, ana: Player) -> None:
    turn_id, gate = ana.say(LINE).turn.id, Gate()
    stage.actor.at(LINE, gate)
    stage.engine.play.regenerate(ana.user_id, turn_id, "again")
    assert gate.reached.wait(60)
    assert [take.chosen for take in ana.turn(turn_id).takes] == [True, False]
    assert ana.turn(turn_id).state == "speaking"
    stage.engine.play.stop(ana.user_id, turn_id)
    gate.opened.set()
    ana.quiet()
    assert [(take.state, take.chosen) for take in ana.turn(turn_id).takes] == [("complete", False), ("stopped", True)]


def test_a_double_click_on_regenerate_makes_one_take(stage: Stage, ana: Player) -> None:
    turn_id = ana.say(LINE).turn.id
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: stage.engine.play.regenerate(ana.user_id, turn_id, "click"), range(8)))
    ana.quiet()
    stage.engine.play.regenerate(ana.user_id, turn_id, "click")
    assert len(ana.turn(turn_id).takes) == 2


def test_an_id_that_did_something_else_does_not_regenerate(stage: Stage, ana: Player) -> None:
    one, two = ana.say(LINE), ana.say("And the key?")
    ana.regenerate(two.turn.id, "click")
    scene = stage.engine.scenes.draw_moment(ana.user_id, ana.session_id, "draw")
    ana.quiet()
    before = every_row(stage.engine)
    for turn_id, client_id in ((one.turn.id, "click"), (two.turn.id, "draw")):
        with pytest.raises(Conflict, match="something else"):
            stage.engine.play.regenerate(ana.user_id, turn_id, client_id)
    with pytest.raises(BadInput):
        stage.engine.play.regenerate(ana.user_id, one.turn.id, "")
    assert every_row(stage.engine) == before
    assert scene


def test_while_the_character_speaks_nothing_is_regenerated_or_chosen(stage: Stage, ana: Player) -> None:
    first, gate = ana.say("I opened none of them."), Gate()
    again = ana.regenerate(first.turn.id)
    stage.actor.at(LINE, gate)
    second = ana.send(LINE)
    assert gate.reached.wait(60)
    for turn_id in (first.turn.id, second):
        with pytest.raises(Conflict, match="still speaking"):
            stage.engine.play.regenerate(ana.user_id, turn_id, "now")
    with pytest.raises(Conflict, match="still speaking"):
        stage.engine.play.choose(ana.user_id, first.turn.id, again.takes[0].id)
    gate.opened.set()
    ana.quiet()
    assert ana.states() == ["complete", "complete"]


def test_a_choice_that_had_to_wait_sees_what_happened_meanwhile(stage: Stage, ana: Player) -> None:
    first = ana.regenerate(ana.say("I opened none of them.").turn.id)
    second = ana.regenerate(ana.say("And the key?").turn.id)
    play, desk = stage.engine.play, stage.engine.play.desk
    with ThreadPoolExecutor(2) as pool:
        with desk.db.write() as tx:
            store.my_session(tx, ana.session_id, ana.user_id, lock=True)
            earlier = pool.submit(play.choose, ana.user_id, first.turn.id, first.takes[0].id)
            time.sleep(0.2)
            later = pool.submit(play.choose, ana.user_id, second.turn.id, second.takes[0].id)
            time.sleep(0.2)
        earlier.result()
        assert later.exception() is None or isinstance(
            later.exception(), Conflict
        )  # None where the later one got the lock first
    assert [one.turn.seq for one in ana.view().turns] == [0, 1]


def test_the_opening_has_no_other_take(stage: Stage, ana: Player) -> None:
    opening = ana.view().turns[0].turn.id
    with pytest.raises(Conflict, match="opening"):
        stage.engine.play.regenerate(ana.user_id, opening, "1")


def test_a_take_of_another_turn_is_not_found(stage: Stage, ana: Player) -> None:
    one, two = ana.say("I opened none of them."), ana.say("And the key?")
    with pytest.raises(NotFound):
        stage.engine.play.choose(ana.user_id, one.turn.id, two.takes[0].id)


def test_a_turn_that_a_later_episode_builds_on_cannot_be_changed(stage: Stage, ana: Player) -> None:
    turn = ana.say("I'm allergic to peanuts.")
    again = ana.regenerate(turn.turn.id)
    second = stage.enter(tiny.SECOND, user_id=ana.user_id)
    ana.choose(turn.turn.id, 1)  # an opening alone builds on nothing
    second.say("Do you remember?")
    before = every_row(stage.engine)
    with pytest.raises(StoodOn):
        stage.engine.play.regenerate(ana.user_id, turn.turn.id, "late")
    with pytest.raises(StoodOn):
        stage.engine.play.choose(ana.user_id, turn.turn.id, again.takes[1].id)
    assert every_row(stage.engine) == before


def test_a_turn_is_free_again_when_what_stood_on_it_was_taken_back(stage: Stage, ana: Player) -> None:
    second = stage.enter(LONG, user_id=ana.user_id)
    early = second.say("One.")
    turn = ana.say("I'm allergic to peanuts.")
    second.say("Two.")
    with pytest.raises(StoodOn):
        stage.engine.play.regenerate(ana.user_id, turn.turn.id, "late")
    with pytest.raises(StoodOn):
        second.regenerate(early.turn.id)


def test_regenerating_the_last_reply_of_an_ended_episode_opens_it_again(stage: Stage, ana: Player) -> None:
    stage.actor.answers("The end?", "The end.", "Not yet.")
    last = _resolved(stage, ana)
    assert not ana.view().session.is_active
    ended = ana.digest()
    ana.regenerate(last.turn.id)
    view = ana.view()
    assert view.ending is not None
    assert view.ending.kind == "budget"
    ana.choose(last.turn.id, 1)
    assert ana.digest() == ended


def test_an_episode_whose_last_reply_is_spoken_anew_is_gone_on_with_not_started_again(
    stage: Stage, ana: Player
) -> None:
    gate = Gate()
    stage.actor.answers("The end?", "The end.")
    last = _resolved(stage, ana)
    stage.actor.at("The end?", gate)
    stage.engine.play.regenerate(ana.user_id, last.turn.id, "anew")
    assert gate.reached.wait(60)
    assert stage.engine.play.start(ana.user_id, tiny.FIRST).session_id == ana.session_id
    gate.opened.set()
    ana.quiet()
    assert [one.turn.seq for one in ana.view().turns][-1] == 6


def test_an_ended_episode_that_is_played_again_already_is_left_as_it_is(stage: Stage, ana: Player) -> None:
    stage.actor.answers("The end?", "The end.")
    last = _resolved(stage, ana)
    stage.enter(user_id=ana.user_id)
    before = every_row(stage.engine)
    with pytest.raises(Conflict, match="played again"):
        stage.engine.play.regenerate(ana.user_id, last.turn.id, "late")
    with pytest.raises((Conflict, Ended)):
        stage.engine.play.stay(ana.user_id, ana.session_id)
    assert every_row(stage.engine) == before
