"""Threads as one sees them from outside: their states, and the one that a session opens with."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.errors import NotFound
from engine.play.hooks import Thread
from tests import tiny
from tests.play.conftest import LONG, Stage
from tests.play.troupe import Player

EXAM = {"type": "follow_up", "content": "Ana has a chemistry exam", "opener": "How was your exam?", "when": "on Friday"}
DOOR = {"type": "question", "content": "Ana asked what is behind the door", "opener": "You asked about that door."}
WEDNESDAY, SATURDAY = datetime(2026, 11, 18, 12, 0, tzinfo=UTC), datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def told(stage: Stage, *hooks: dict[str, str], **more: object) -> Player:
    """Someone whose first line on a Wednesday leaves these threads."""
    stage.clock.now = WEDNESDAY
    player = stage.enter(LONG)
    stage.actor.answers("I have news.", "I am listening to it.")
    stage.actor.sees("I am listening to it.", hooks=list(hooks), **more)
    player.say("I have news.")
    return player


def threads(stage: Stage, player: Player) -> tuple[Thread, ...]:
    character = player.view().session.character_id
    return stage.engine.memory.threads(player.user_id, character, now=stage.clock())


def states(stage: Stage, player: Player) -> list[str]:
    return [one.state for one in threads(stage, player)]


def test_a_thread_is_planted_then_ripe_then_used_then_answered(stage: Stage) -> None:
    player = told(stage, EXAM)
    seen = [states(stage, player)]
    stage.clock.now = SATURDAY
    seen.append(states(stage, player))
    stage.actor.answers("Good morning.", "How was your exam?")
    used = player.say("Good morning.")
    seen.append(states(stage, player))
    player.say("The chemistry was easy.")
    seen.append(states(stage, player))
    thread = threads(stage, player)[0]

    assert seen == [["planted"], ["ripe"], ["used"], ["answered"]]
    assert (thread.content, thread.opener) == (EXAM["content"], EXAM["opener"])
    assert thread.turn_id == player.view().turns[1].turn.id
    assert used.reply is not None
    assert thread.used_by == used.reply.id


def test_a_line_about_something_else_answers_nothing(stage: Stage) -> None:
    player = told(stage, EXAM)
    stage.clock.now = SATURDAY
    stage.actor.answers("Good morning.", "How was your exam?")
    player.say("Good morning.")
    player.say("Ana is hungry, give me bread.")

    assert states(stage, player) == ["used"]


def test_a_use_that_was_taken_back_leaves_the_thread_ripe(stage: Stage) -> None:
    player = told(stage, EXAM)
    stage.clock.now = SATURDAY
    stage.actor.answers("Good morning.", "How was your exam?", "Sit down first.")
    used = player.say("Good morning.")
    player.regenerate(used.turn.id)

    assert states(stage, player) == ["ripe"]


def test_the_threads_of_somebody_else_are_not_found(stage: Stage) -> None:
    player, other = told(stage, EXAM), stage.enter()
    session = player.view().session
    with pytest.raises(NotFound):
        stage.engine.memory.threads(
            other.user_id, session.character_id, now=stage.clock(), timeline_id=session.timeline_id
        )


def test_a_session_opens_with_a_ripe_thread_after_the_writers_own_line(stage: Stage) -> None:
    player = told(stage, EXAM)
    stage.clock.now = SATURDAY
    later = stage.enter(tiny.SECOND, user_id=player.user_id)
    opening = later.view().turns[0].reply

    assert opening is not None
    assert opening.content.endswith(f"\n\n{EXAM['opener']}")
    assert len(opening.content) > len(f"\n\n{EXAM['opener']}")
    thread = threads(stage, player)[0]
    assert (thread.state, thread.used_by) == ("used", opening.id)
    later.say("The exam went well.")
    assert states(stage, player) == ["answered"]


def test_no_session_opens_with_a_thread_before_its_day_or_long_after_or_without_one(stage: Stage) -> None:
    early = told(stage, EXAM)
    assert EXAM["opener"] not in _opening(stage.enter(tiny.SECOND, user_id=early.user_id))
    late = told(stage, EXAM)
    stage.clock.now = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
    assert EXAM["opener"] not in _opening(stage.enter(tiny.SECOND, user_id=late.user_id))
    dateless = told(stage, DOOR)
    stage.clock.now = SATURDAY
    assert DOOR["opener"] not in _opening(stage.enter(tiny.SECOND, user_id=dateless.user_id))


def test_one_thread_opens_one_session_only(stage: Stage) -> None:
    player = told(stage, EXAM, EXAM | {"content": "Ana's cat has surgery", "opener": "And your cat?"})
    stage.clock.now = SATURDAY
    first = _opening(stage.enter(tiny.SECOND, user_id=player.user_id))
    second = _opening(stage.enter(tiny.FIRST, user_id=player.user_id))

    assert [one.count("?") for one in (first.split("\n\n")[-1], second.split("\n\n")[-1])] == [1, 1]
    assert sorted((first.split("\n\n")[-1], second.split("\n\n")[-1])) == ["And your cat?", "How was your exam?"]


def test_a_rehearsal_and_a_testers_play_open_with_the_writers_line_alone(stage: Stage) -> None:
    player = told(stage, EXAM)
    stage.clock.now = SATURDAY
    session = player.view().session
    begun = stage.engine.play.rehearse(player.user_id, session.release_id, session.template_id)
    assert _opening(Player(stage.engine, stage.clock, player.user_id, begun.session_id)) == tiny.OPENING
    assert _opening(stage.enter(tiny.FIRST, audience="tester")) == tiny.OPENING
    assert states(stage, player) == ["ripe"]


def _opening(player: Player) -> str:
    reply = player.view().turns[0].reply
    assert reply is not None
    return reply.content
