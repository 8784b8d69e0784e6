"""Following a reply: frames hold the whole text so far, so whoever drops off loses nothing."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Iterator

import pytest

from engine.play.follow import Frame
from engine.providers.llm import Prompt
from tests.play.conftest import Stage
from tests.play.troupe import WHOLE, Gate, Piece, Player

WORDS = [f"word{number} " for number in range(40)]
WHOLE_TEXT = "".join(WORDS).strip()


def _in_steps(steps: threading.Semaphore) -> Iterator[Piece]:
    for word in WORDS:
        steps.acquire(timeout=10)
        yield word
    yield WHOLE


def test_frames_grow_until_the_last_which_is_final(stage: Stage, ana: Player) -> None:
    steps = threading.Semaphore(0)
    stage.actor.at("Speak slowly.", lambda _prompt, _seed: _in_steps(steps))
    turn_id = ana.send("Speak slowly.")
    frames: list[Frame] = []
    for frame in stage.engine.play.follow(ana.user_id, turn_id):
        frames.append(frame)
        steps.release()
    assert all(later.text.startswith(earlier.text) for earlier, later in itertools.pairwise(frames))
    assert [frame.final for frame in frames] == [False] * (len(frames) - 1) + [True]
    assert (frames[-1].state, frames[-1].text) == ("complete", WHOLE_TEXT)
    assert len({frame.text for frame in frames}) > 10
    assert {frame.turn_id for frame in frames} == {turn_id}


def test_whoever_drops_off_loses_nothing_and_ends_nothing(stage: Stage, ana: Player) -> None:
    gate = Gate()
    stage.actor.at("Speak on.", gate)
    turn_id = ana.send("Speak on.")
    assert gate.reached.wait(60)
    following = stage.engine.play.follow(ana.user_id, turn_id)
    assert not next(following).final
    del following
    gate.opened.set()
    ana.quiet()
    last = list(stage.engine.play.follow(ana.user_id, turn_id))
    assert [(frame.state, frame.text) for frame in last] == [("complete", "One half is said. The other half follows.")]


def test_a_second_follower_sees_the_whole_text_so_far_at_once(stage: Stage, ana: Player) -> None:
    gate = Gate()
    stage.actor.at("Speak to both.", gate)
    turn_id = ana.send("Speak to both.")
    assert gate.reached.wait(60)
    one, two = (stage.engine.play.follow(ana.user_id, turn_id) for _ in range(2))
    firsts = [next(one), next(two)]
    gate.opened.set()
    lasts = [list(one)[-1], list(two)[-1]]
    assert [(frame.state, frame.text) for frame in firsts] == [("speaking", "One half is said.")] * 2
    assert lasts[0] == lasts[1]
    assert lasts[0].text == "One half is said. The other half follows."


def test_many_follow_and_leave_while_a_reply_is_spoken(stage: Stage, ana: Player) -> None:
    steps = threading.Semaphore(0)
    stage.actor.at("Speak to all.", lambda _prompt, _seed: _in_steps(steps))
    turn_id = ana.send("Speak to all.")

    def one_client(frames_until_it_leaves: int) -> str:
        seen = ""
        for number, frame in enumerate(stage.engine.play.follow(ana.user_id, turn_id)):
            seen = frame.text
            steps.release()
            if number == frames_until_it_leaves:
                break
        return seen

    threads = [threading.Thread(target=one_client, args=(number % 4,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    for _ in WORDS:
        steps.release()
    assert list(stage.engine.play.follow(ana.user_id, turn_id))[-1].text == WHOLE_TEXT


def test_a_waiting_turn_is_followed_from_accepted_through_speaking_to_final(stage: Stage, ana: Player) -> None:
    one, two = Gate(), Gate()
    stage.actor.at("First.", one)
    stage.actor.at("Second.", two)
    ana.send("First.")
    assert one.reached.wait(60)
    waiting = stage.engine.play.follow(ana.user_id, ana.send("Second."))
    states = [next(waiting).state]
    one.opened.set()
    states.append(next(waiting).state)
    two.opened.set()
    states += [frame.state for frame in waiting]
    assert states[0] == "accepted"
    assert "speaking" in states
    assert states[-1] == "complete"


def test_another_take_is_followed_by_the_same_turn(stage: Stage, ana: Player) -> None:
    stage.actor.answers("Again?", "The first.")
    turn = ana.say("Again?")
    gate = Gate()
    stage.actor.at("Again?", gate)
    stage.engine.play.regenerate(ana.user_id, turn.turn.id, "again")
    assert gate.reached.wait(60)
    following = stage.engine.play.follow(ana.user_id, turn.turn.id)
    first = next(following)
    gate.opened.set()
    last = list(following)[-1]
    assert (first.state, first.text) == ("speaking", "One half is said.")
    assert (last.state, last.text) == ("complete", "One half is said. The other half follows.")
    assert first.take_id == last.take_id != turn.takes[0].id


def test_a_finished_turn_is_one_frame(stage: Stage, ana: Player) -> None:
    turn = ana.say("Tell me.")
    frames = list(stage.engine.play.follow(ana.user_id, turn.turn.id))
    assert len(frames) == 1
    assert frames[0] == stage.engine.play.look(ana.user_id, turn.turn.id)


def test_an_event_loop_follows_the_same_frames(stage: Stage, ana: Player) -> None:
    steps = threading.Semaphore(0)
    stage.actor.at("Speak to a loop.", lambda _prompt, _seed: _in_steps(steps))
    turn_id = ana.send("Speak to a loop.")

    async def frames() -> list[Frame]:
        seen: list[Frame] = []
        async for frame in stage.engine.play.follow_async(ana.user_id, turn_id):
            seen.append(frame)
            steps.release()
        return seen

    seen = asyncio.run(frames())
    assert all(later.text.startswith(earlier.text) for earlier, later in itertools.pairwise(seen))
    assert (seen[-1].state, seen[-1].text) == ("complete", WHOLE_TEXT)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_event_loop_that_was_closed_does_not_break_the_reply(stage: Stage, ana: Player) -> None:
    gate = Gate()
    stage.actor.at("Speak to nobody.", gate)
    turn_id = ana.send("Speak to nobody.")
    assert gate.reached.wait(60)
    loop = asyncio.new_event_loop()
    following = stage.engine.play.follow_async(ana.user_id, turn_id)
    assert loop.run_until_complete(anext(following)).state == "speaking"
    loop.close()
    gate.opened.set()
    ana.quiet()
    assert ana.turn(turn_id).state == "complete"
    del following


def test_a_reply_that_comes_all_at_once_is_followed_too(stage: Stage, ana: Player) -> None:
    def at_once(_prompt: Prompt, _seed: int) -> Iterator[Piece]:
        return iter(["All of it.", WHOLE])

    stage.actor.at("Quick.", at_once)
    frames = list(stage.engine.play.follow(ana.user_id, ana.send("Quick.")))
    assert (frames[-1].state, frames[-1].text) == ("complete", "All of it.")
