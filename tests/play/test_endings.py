"""Endings: by the budget, by a resolution, and what a person may do then."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pytest

from engine.errors import Conflict, Ended
from tests import tiny
from tests.play.conftest import LONG, Stage
from tests.play.troupe import PATIENCE, Player, every_row

POSITIVE = {"kind": "positive", "text": "She gave you the key."}


def _lines(stage: Stage, player: Player, first: int, last: int) -> None:
    """Lines and replies in which nothing happens, from one number to another."""
    for number in range(first, last + 1):
        stage.actor.answers(f"Line {number}.", f"Reply {number}.")
        stage.actor.sees(f"Reply {number}.")
        player.say(f"Line {number}.")


def test_the_budget_ends_an_episode_after_its_last_turn(stage: Stage, ana: Player) -> None:
    _lines(stage, ana, 1, 5)
    assert ana.view().session.is_active
    _lines(stage, ana, 6, 6)
    view = ana.view()
    assert view.ending is not None
    assert (view.ending.kind, view.session.is_active, view.played, view.budget) == ("budget", False, 6, 6)


def test_a_line_after_the_end_is_refused_with_a_sentence_and_nothing_is_written(stage: Stage, ana: Player) -> None:
    _lines(stage, ana, 1, 6)
    before = every_row(stage.engine)
    with pytest.raises(Ended, match="has ended") as refused:
        ana.send("One more.")
    assert str(refused.value).endswith(".")
    assert every_row(stage.engine) == before


def test_the_line_that_ended_it_is_still_the_same_turn_when_it_is_sent_again(stage: Stage, ana: Player) -> None:
    _lines(stage, ana, 1, 5)
    last = ana.say("The last.", "last")
    assert not ana.view().session.is_active
    assert ana.send("The last.", "last") == last.turn.id


def test_a_line_beyond_the_budget_is_refused_while_the_ending_is_being_written(stage: Stage, ana: Player) -> None:
    _lines(stage, ana, 1, 5)
    opened = threading.Event()

    def late() -> Mapping[str, Any]:
        opened.wait(PATIENCE)
        return {}

    stage.actor.answers("Line 6.", "Reply 6.")
    stage.actor.sights["Reply 6."] = late
    sixth = ana.send("Line 6.")
    assert list(stage.engine.play.follow(ana.user_id, sixth))[-1].final
    with pytest.raises(Ended, match="last turn"):
        ana.send("Line 7.")
    opened.set()


def test_lines_sent_at_once_never_exceed_the_budget(stage: Stage, ana: Player) -> None:
    for number in range(6):
        ana.send(f"Line {number}.")
    with pytest.raises(Ended):
        ana.send("Line 7.")
    ana.quiet()
    assert ana.view().played == 6
    assert not ana.view().session.is_active


def test_a_resolution_ends_an_episode_before_its_budget(stage: Stage, ana: Player) -> None:
    _lines(stage, ana, 1, 4)
    stage.actor.answers("Line 5.", "Take it.")
    stage.actor.sees("Take it.", ending=POSITIVE)
    ana.say("Line 5.")
    view = ana.view()
    assert view.ending is not None
    assert (view.ending.kind, view.ending.text, view.session.is_active) == ("positive", "She gave you the key.", False)


def test_a_resolution_early_in_an_episode_is_not_believed(stage: Stage, ana: Player) -> None:
    stage.actor.answers("Line 1.", "Take it.")
    stage.actor.sees("Take it.", ending=POSITIVE)
    ana.say("Line 1.")
    assert ana.view().session.is_active


@pytest.mark.parametrize("kind", ["withdrawn", "budget", "left", "", None, 7])
def test_a_kind_of_ending_that_no_judge_may_give_is_dropped(stage: Stage, ana: Player, kind: object) -> None:
    _lines(stage, ana, 1, 4)
    stage.actor.answers("Line 5.", "Take it.")
    stage.actor.sees("Take it.", ending={"kind": kind, "text": "Gone."})
    ana.say("Line 5.")
    assert ana.view().session.is_active


def test_an_ending_judged_after_the_next_line_was_accepted_is_dropped(stage: Stage, ana: Player) -> None:
    _lines(stage, ana, 1, 4)
    opened = threading.Event()

    def late() -> Mapping[str, Any]:
        opened.wait(PATIENCE)
        return {"ending": POSITIVE}

    stage.actor.answers("Line 5.", "Take it.")
    stage.actor.sights["Take it."] = late
    fifth = ana.send("Line 5.")
    assert list(stage.engine.play.follow(ana.user_id, fifth))[-1].final
    stage.actor.answers("Wait.", "Yes?")
    stage.actor.sees("Yes?")
    sixth = ana.send("Wait.")
    opened.set()
    ana.quiet()
    view = ana.view()
    assert ana.turn(sixth).state == "complete"
    assert view.ending is not None
    assert view.ending.kind == "budget"


def test_staying_adds_a_third_and_the_episode_goes_on(stage: Stage, ana: Player) -> None:
    _lines(stage, ana, 1, 6)
    stage.engine.play.stay(ana.user_id, ana.session_id)
    view = ana.view()
    assert (view.session.is_active, view.budget, view.ending) == (True, 8, None)
    _lines(stage, ana, 7, 8)
    view = ana.view()
    assert view.ending is not None
    assert (view.played, view.session.is_active, view.ending.kind) == (8, False, "budget")
    stage.engine.play.stay(ana.user_id, ana.session_id)
    assert ana.view().budget == 10


def test_the_prompt_tells_of_the_longer_budget(stage: Stage, ana: Player) -> None:
    _lines(stage, ana, 1, 6)
    stage.engine.play.stay(ana.user_id, ana.session_id)
    turn = ana.say("Line 7.")
    assert "Turn: 7 of 8" in ana.prompt(turn.turn.id).prompt.section("state")


def test_staying_in_a_running_episode_is_refused(stage: Stage, ana: Player) -> None:
    before = every_row(stage.engine)
    with pytest.raises(Conflict, match="still running"):
        stage.engine.play.stay(ana.user_id, ana.session_id)
    assert every_row(stage.engine) == before


def test_staying_after_a_resolution_is_refused(stage: Stage, ana: Player) -> None:
    _lines(stage, ana, 1, 4)
    stage.actor.answers("Line 5.", "Take it.")
    stage.actor.sees("Take it.", ending=POSITIVE)
    ana.say("Line 5.")
    before = every_row(stage.engine)
    with pytest.raises(Ended, match="own end"):
        stage.engine.play.stay(ana.user_id, ana.session_id)
    assert every_row(stage.engine) == before


def test_a_double_click_on_staying_adds_one_third(stage: Stage, ana: Player) -> None:
    _lines(stage, ana, 1, 6)
    stage.engine.play.stay(ana.user_id, ana.session_id)
    with pytest.raises(Conflict):
        stage.engine.play.stay(ana.user_id, ana.session_id)
    assert ana.view().budget == 8


def test_leafing_back_before_the_end_opens_the_episode_again(stage: Stage, ana: Player) -> None:
    _lines(stage, ana, 1, 5)
    fifth = ana.view().turns[5]
    _lines(stage, ana, 6, 6)
    ended = ana.digest()
    ana.regenerate(fifth.turn.id)
    view = ana.view()
    assert (view.session.is_active, view.ending, view.played) == (True, None, 5)
    assert ana.digest() != ended


def test_leafing_back_after_a_stay_leaves_the_budget_longer(stage: Stage, ana: Player) -> None:
    _lines(stage, ana, 1, 6)
    sixth = ana.view().turns[6]
    stage.engine.play.stay(ana.user_id, ana.session_id)
    _lines(stage, ana, 7, 7)
    ana.regenerate(sixth.turn.id)
    view = ana.view()
    assert (view.played, view.budget, view.session.is_active) == (6, 8, True)


def test_a_failed_last_reply_leaves_the_episode_open_and_another_try_ends_it(stage: Stage, ana: Player) -> None:
    _lines(stage, ana, 1, 5)
    stage.actor.at("Line 6.", lambda _prompt, _seed: iter(()))
    sixth = ana.say("Line 6.")
    assert (sixth.state, ana.view().session.is_active) == ("failed", True)
    with pytest.raises(Ended):
        ana.send("Line 7.")
    stage.actor.answers("Line 6.", "Reply 6.")
    ana.regenerate(sixth.turn.id)
    assert not ana.view().session.is_active


def test_an_ending_belongs_to_its_session_alone(stage: Stage, ana: Player) -> None:
    other = stage.enter(LONG, user_id=ana.user_id)
    _lines(stage, ana, 1, 6)
    assert not ana.view().session.is_active
    assert other.view().session.is_active
    assert other.say("And here?").state == "complete"
    assert stage.enter(tiny.SECOND, user_id=ana.user_id).view().session.is_active
