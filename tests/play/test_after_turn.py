"""After a turn: its effects are written once, in order of acceptance, and only for takes that stand."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from engine.errors import ProviderDown
from engine.play import after_turn
from engine.play.after_turn import AfterTurn
from engine.play.conversation import store
from engine.play.observation import Observation
from engine.play.standing import store as standing
from tests import tiny
from tests.play.conftest import LONG, Stage
from tests.play.troupe import PATIENCE, Gate, Player, every_row


def _fact(text: str, **more: object) -> dict[str, Any]:
    return {"kind": "fact", "subject": "Ana", "text": text, "importance": 0.5} | more


def _after(stage: Stage) -> AfterTurn:
    """After-work as this engine does it, with pictures left to the sweeper."""
    return AfterTurn(stage.engine.play.desk, stage.actor, lambda *_: None)


class _Slow:
    """What is noticed, once the test lets it be."""

    def __init__(self, **seen: object) -> None:
        self.seen = {"memories": [], "hooks": [], "tension_change": 0, "tone": "", "beat": ""} | seen
        self.reached, self.opened = threading.Event(), threading.Event()

    def __call__(self) -> Mapping[str, Any]:
        self.reached.set()
        self.opened.wait(PATIENCE)
        return self.seen


def test_effects_are_of_the_turn_and_take_that_caused_them(stage: Stage, ana: Player) -> None:
    stage.actor.answers("Hello.", "So you came.")
    stage.actor.sees("So you came.", memories=[_fact("Ana came at night")])
    turn = ana.say("Hello.")
    with stage.engine.play.desk.db.read() as tx:
        seen = after_turn.timelines.sight(tx, turn.turn.timeline_id)
        (one,) = after_turn.memory.about(tx, seen)
    assert (one.text, one.turn_id, one.at) == ("Ana came at night", turn.turn.id, turn.turn.at)


def test_after_work_done_twice_changes_nothing(stage: Stage, ana: Player) -> None:
    turn = ana.say("I'm Ana, I'm allergic to peanuts and my exam is tomorrow.")
    before = every_row(stage.engine)
    _after(stage).run(turn.takes[0].id)
    assert every_row(stage.engine) == before


def test_effects_written_twice_for_one_take_are_the_same_rows(stage: Stage, ana: Player) -> None:
    """As when a process died between writing and telling, and its work was begun again with other words."""
    desk, slow = stage.engine.play.desk, _Slow(memories=[_fact("Ana has a sister")])
    stage.actor.answers("I have a sister.", "Have you?")
    stage.actor.sights["Have you?"] = slow
    turn_id = ana.send("I have a sister.")
    assert slow.reached.wait(60)
    take = ana.turn(turn_id).takes[0]
    facts = after_turn.gather(desk, take.id)
    assert facts is not None
    after_turn.write(desk, take.id, facts, Observation.of(slow.seen))
    before = ana.digest()
    assert after_turn.gather(desk, take.id) is None
    assert after_turn.write(desk, take.id, facts, Observation.of({"memories": [_fact("Ana has a brother")]})) == ()
    slow.opened.set()
    ana.quiet()
    assert ana.digest() == before


def test_many_at_once_write_the_effects_of_a_take_once(stage: Stage, ana: Player) -> None:
    slow = _Slow(memories=[_fact("Ana has a sister")], tension_change=5, milestones=[{"key": "first_truth"}])
    stage.actor.answers("I have a sister.", "Have you?")
    stage.actor.sights["Have you?"] = slow
    turn_id = ana.send("I have a sister.")
    assert slow.reached.wait(60)
    take = ana.turn(turn_id).takes[0]
    slow.opened.set()
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: _after(stage).run(take.id), range(6)))
    ana.quiet()
    told = ana.digest()
    assert ana.remembered() == ["Ana has a sister"]
    assert [row[1] for row in told["dynamics"]] == [5]
    assert [row[1] for row in told["milestones"]] == ["first_truth"]


def test_the_next_line_waits_at_most_a_moment_for_it_and_its_prompt_says_so(stage: Stage, ana: Player) -> None:
    slow = _Slow(memories=[_fact("Ana has a sister")])
    stage.actor.answers("I have a sister.", "Have you?")
    stage.actor.sights["Have you?"] = slow
    ana.send("I have a sister.")
    assert slow.reached.wait(60)
    gate = Gate()
    stage.actor.at("Did you hear?", gate)
    began = time.monotonic()
    second = ana.send("Did you hear?")
    assert gate.reached.wait(60)
    waited = time.monotonic() - began
    gate.opened.set()
    assert list(stage.engine.play.follow(ana.user_id, second))[-1].final
    slow.opened.set()
    ana.quiet()
    third = ana.say("And now?")
    assert 0.3 <= waited < 2.0  # 0.3 s, and room for a busy machine
    assert ana.prompt(second).after_pending
    assert "sister" not in ana.prompt(second).prompt.section("memories")
    assert not ana.prompt(third.turn.id).after_pending
    assert "Ana has a sister" in ana.prompt(third.turn.id).prompt.section("memories")


def test_effects_come_in_order_of_acceptance_even_when_the_first_is_slow(stage: Stage, ana: Player) -> None:
    slow = _Slow(memories=[_fact("Ana lives in Paris", attribute="home")])
    stage.actor.answers("I live in Paris.", "Paris.")
    stage.actor.sights["Paris."] = slow
    stage.actor.answers("I moved to Rome.", "Rome.")
    stage.actor.sees("Rome.", memories=[_fact("Ana lives in Rome", attribute="home")])
    ana.send("I live in Paris.")
    assert slow.reached.wait(60)
    second = ana.send("I moved to Rome.")
    assert list(stage.engine.play.follow(ana.user_id, second))[-1].final
    _after_anyway = threading.Thread(target=_after(stage).run, args=(ana.turn(second).takes[0].id,))
    _after_anyway.start()
    slow.opened.set()
    _after_anyway.join(PATIENCE)
    ana.quiet()
    assert ana.remembered() == ["Ana lives in Rome"]


def test_work_of_a_later_turn_waits_for_an_earlier_reply_in_another_session(stage: Stage) -> None:
    one = stage.enter(LONG)
    two, gate = stage.enter(tiny.SECOND, user_id=one.user_id), Gate("I live ", "in Paris.")
    stage.actor.at("Where do you live?", gate)
    stage.actor.sees("I live in Paris.", memories=[_fact("Mara lives in Paris", subject="Mara")])
    stage.actor.answers("Hello again.", "Again.")
    first = one.send("Where do you live?")
    assert gate.reached.wait(60)
    second = two.send("Hello again.")
    assert list(stage.engine.play.follow(two.user_id, second))[-1].final
    time.sleep(0.3)
    assert two.turn(second).takes[0].after == "due"
    gate.opened.set()
    one.quiet()
    assert [player.turn(turn).takes[0].after for player, turn in ((one, first), (two, second))] == ["done", "done"]


def test_a_take_that_is_hidden_gets_nothing_and_stays_due_until_it_is_chosen(stage: Stage, ana: Player) -> None:
    slow = _Slow(memories=[_fact("Ana has a sister")])
    stage.actor.answers("I have a sister.", "Have you?", "Ah.")
    stage.actor.sights["Have you?"] = slow
    stage.actor.sees("Ah.")
    turn_id = ana.send("I have a sister.")
    assert slow.reached.wait(60)
    stage.engine.play.regenerate(ana.user_id, turn_id, "again")
    assert list(stage.engine.play.follow(ana.user_id, turn_id))[-1].final
    slow.opened.set()
    ana.quiet()
    assert [take.after for take in ana.turn(turn_id).takes] == ["due", "done"]
    assert ana.remembered() == []
    ana.choose(turn_id, 1)
    assert [take.after for take in ana.turn(turn_id).takes] == ["done", "done"]
    assert ana.remembered() == ["Ana has a sister"]


def test_a_take_that_is_hidden_at_the_very_moment_of_writing_gets_nothing(stage: Stage, ana: Player) -> None:
    slow, desk = _Slow(memories=[_fact("Ana has a sister")], tension_change=7), stage.engine.play.desk
    stage.actor.answers("I have a sister.", "Have you?", "Ah.")
    stage.actor.sights["Have you?"] = slow
    stage.actor.sees("Ah.")
    turn_id = ana.send("I have a sister.")
    assert slow.reached.wait(60)
    stage.engine.play.regenerate(ana.user_id, turn_id, "again")
    assert list(stage.engine.play.follow(ana.user_id, turn_id))[-1].final
    turn = ana.turn(turn_id)
    stage.engine.play.choose(ana.user_id, turn_id, turn.takes[0].id)
    with desk.db.write() as tx:
        store.my_session(tx, ana.session_id, ana.user_id, lock=True)
        standing.choose(tx, turn.turn, turn.takes[1].id)
        standing.settle(tx, ana.session_id)
        slow.opened.set()
        time.sleep(0.4)  # in which the effects of the first take are about to be written
    ana.quiet()
    assert ana.remembered() == []
    assert [row[1] for row in ana.digest()["dynamics"]] == [0]


def test_a_turn_that_is_taken_back_while_its_work_is_done_gets_nothing(stage: Stage, ana: Player) -> None:
    first, slow = ana.say("I opened none of them."), _Slow(memories=[_fact("Ana has a sister")])
    stage.actor.answers("I have a sister.", "Have you?")
    stage.actor.sights["Have you?"] = slow
    turn_id = ana.send("I have a sister.")
    assert slow.reached.wait(60)
    stage.engine.play.regenerate(ana.user_id, first.turn.id, "again")
    slow.opened.set()
    ana.quiet()
    assert turn_id not in [one.turn.id for one in ana.view().turns]
    assert ana.remembered() == []


@pytest.mark.parametrize("error", [ProviderDown("No answer."), ValueError("nonsense")])
def test_an_actor_that_cannot_judge_is_asked_three_times_and_the_chat_goes_on(
    stage: Stage, ana: Player, error: Exception
) -> None:
    asked: list[int] = []

    def fails() -> Mapping[str, Any]:
        asked.append(1)
        raise error

    stage.actor.answers("I have a sister.", "Have you?")
    stage.actor.sights["Have you?"] = fails
    turn_id = ana.send("I have a sister.")
    for times in (1, 2):
        _until(lambda times=times: len(asked) == times)
        assert ana.turn(turn_id).takes[0].after == "due"
        stage.clock.move(seconds=46)  # after which the sweeper begins it again
    ana.quiet()
    assert len(asked) == 3
    assert ana.turn(turn_id).takes[0].after == "done"
    assert ana.say("Are you there?").state == "complete"


@pytest.mark.parametrize(
    "seen",
    [
        {},
        {"memories": "prose", "hooks": 7, "tension_change": "much", "tone": None, "beat": [], "milestones": {"a": 1}},
        {"memories": [_fact("x" * 900), {"text": "\ud800\x00"}, None], "tension_change": 1e9, "ending": "now"},
        {"memories": [_fact("one", importance=float("nan"))] * 500, "tension_change": float("inf")},
    ],
    ids=["nothing", "wrong types", "too much", "no numbers"],
)
def test_nonsense_is_noticed_as_little_as_possible(stage: Stage, ana: Player, seen: dict[str, Any]) -> None:
    stage.actor.answers("Well?", "Well.")
    stage.actor.sights["Well."] = lambda: seen
    turn = ana.say("Well?")
    told = ana.digest()
    assert turn.takes[0].after == "done"
    assert all(abs(row[1]) <= 15 for row in told["dynamics"])
    assert len(ana.remembered()) <= 10
    assert ana.view().ending is None


def test_the_mark_of_ten_messages_and_a_change_of_stage_bring_a_picture_each(stage: Stage) -> None:
    player = stage.enter(LONG)
    for number in range(13):
        player.say(f"Line number {number}.")
    assert [one.trigger_type for one in player.view().scenes] == ["start", "stage-familiar", "message-25"]
    assert {one.state for one in player.view().scenes} == {"ready"}


def test_a_change_of_stage_is_seen_though_the_next_line_was_accepted_already(stage: Stage) -> None:
    player, slow = stage.enter(LONG), _Slow()
    for number in range(4):
        player.say(f"Line number {number}.")
    stage.actor.answers("The fifth.", "Five.")
    stage.actor.sights["Five."] = slow
    player.send("The fifth.")
    assert slow.reached.wait(60)
    sixth = player.send("The sixth.")
    assert list(stage.engine.play.follow(player.user_id, sixth))[-1].final
    slow.opened.set()
    player.quiet()
    assert [one.trigger_type for one in player.view().scenes] == ["start", "stage-familiar"]


def test_a_change_of_stage_belongs_to_the_turn_that_brought_it(stage: Stage) -> None:
    player, slow = stage.enter(LONG), _Slow()
    for number in range(3):
        player.say(f"Line number {number}.")
    stage.actor.answers("The fourth.", "Four.")
    stage.actor.sights["Four."] = slow
    player.send("The fourth.")
    assert slow.reached.wait(60)
    fifth = player.send("The fifth.")
    slow.opened.set()
    player.quiet()
    assert [(one.trigger_type, one.turn_id) for one in player.view().scenes[1:]] == [("stage-familiar", fifth)]


def test_the_last_stage_is_reached_once(stage: Stage) -> None:
    """The count of lines ends at sixty; nothing that comes later may look like the sixtieth."""
    one = stage.enter(LONG)
    for number in range(59):
        list(stage.engine.play.follow(one.user_id, one.send(f"Line number {number}.")))
    one.quiet()
    one.say("The sixtieth.")
    two = stage.enter(tiny.SECOND, user_id=one.user_id)
    two.say("Line number sixty-one.")
    assert "stage-bonded" in [scene.trigger_type for scene in one.view().scenes]
    assert [scene.trigger_type for scene in two.view().scenes] == ["start"]


def _until(done: Any, seconds: float = 60.0) -> None:  # noqa: ANN401  (a question without arguments)
    until = time.monotonic() + seconds
    while not done() and time.monotonic() < until:
        time.sleep(0.01)
    assert done()
