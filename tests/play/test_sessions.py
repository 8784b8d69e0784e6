"""Starting, going on and resuming."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
import sqlalchemy as sa

from engine.db.events import events
from engine.errors import NotFound
from engine.play.conversation import store
from engine.play.conversation.nouns import PlaySession, Turn
from engine.play.conversation.timelines import store as timelines
from engine.play.engagement import store as engagement
from engine.play.opening import Started
from tests import tiny
from tests.play.conftest import LONG, Stage
from tests.play.troupe import Gate, Player


def test_a_session_begins_with_its_opening_line_as_turn_zero(ana: Player) -> None:
    view = ana.view()
    assert [one.turn.seq for one in view.turns] == [0]
    assert view.turns[0].reply is not None
    assert view.turns[0].reply.content == tiny.OPENING
    assert (view.turns[0].line, view.turns[0].state, view.played) == (None, "complete", 0)
    assert (view.session.is_active, view.session.message_count) == (True, 1)


def test_the_scene_of_a_session_is_the_episodes_own(ana: Player) -> None:
    assert ana.view().session.scene == "the reading room of the archive"


def test_starting_again_goes_on_with_the_same_session_and_says_the_opening_once(stage: Stage, ana: Player) -> None:
    again = stage.engine.play.start(ana.user_id, tiny.FIRST)
    assert again == Started(ana.session_id, is_new=False, scene_id=None)
    assert len(ana.view().turns) == 1


def test_twenty_simultaneous_starts_give_one_session_with_one_opening_and_one_picture(stage: Stage) -> None:
    person = stage.engine.people.join("Twenty")
    with ThreadPoolExecutor(20) as pool:
        begun = list(pool.map(lambda _: stage.engine.play.start(person.id, tiny.FIRST), range(20)))
    assert len({one.session_id for one in begun}) == 1
    assert [one.is_new for one in begun].count(True) == 1
    player = Player(stage.engine, stage.clock, person.id, begun[0].session_id)
    player.quiet()
    assert len(player.view().turns) == 1
    assert [scene.trigger_type for scene in player.view().scenes] == ["start"]
    assert player.digest()["engagement"] == [(1, 1)]


def test_two_episodes_of_one_character_can_be_open_at_once_on_one_timeline(stage: Stage, ana: Player) -> None:
    second = stage.enter(tiny.SECOND, user_id=ana.user_id)
    assert second.session_id != ana.session_id
    assert second.view().session.timeline_id == ana.view().session.timeline_id
    assert ana.view().session.is_active


def test_an_episode_is_found_by_id_by_slug_and_by_character_and_slug(stage: Stage, ana: Player) -> None:
    episode_id = ana.view().session.template_id
    for ref in (episode_id, tiny.FIRST, f"mara-voss/{tiny.FIRST}"):
        assert stage.engine.play.start(ana.user_id, ref).session_id == ana.session_id


def test_an_unknown_episode_is_not_found_and_leaves_no_trace(stage: Stage) -> None:
    person = stage.engine.people.join("Nobody")
    with pytest.raises(NotFound):
        stage.engine.play.start(person.id, "no-such-episode")
    assert stage.engine.play.sessions(person.id) == []


def test_sessions_come_last_played_first(stage: Stage, ana: Player) -> None:
    stage.clock.move(minutes=1)
    second = stage.enter(tiny.SECOND, user_id=ana.user_id)
    ana.say("And now back to you.")
    assert [one.id for one in stage.engine.play.sessions(ana.user_id)] == [ana.session_id, second.session_id]
    assert len(stage.engine.play.sessions(ana.user_id, limit=1)) == 1


def test_an_engagement_counts_its_sessions_and_all_messages_that_stand(stage: Stage, ana: Player) -> None:
    first = ana.say("I opened none of them.")
    stage.enter(tiny.SECOND, user_id=ana.user_id).say("Why did you keep the key?")
    assert ana.digest()["engagement"] == [(2, 6)]
    stage.engine.play.stop(ana.user_id, first.turn.id)
    assert ana.digest()["engagement"] == [(2, 6)]


def test_two_episodes_played_at_once_are_counted_exactly(stage: Stage) -> None:
    one = stage.enter(LONG)
    two = stage.enter(tiny.SECOND, user_id=one.user_id)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda at: (one if at % 2 else two).send(f"Line number {at}."), range(10)))
    one.quiet()
    assert one.digest()["engagement"] == [(2, 22)]


def test_a_count_waits_for_a_line_that_is_just_being_accepted_elsewhere(stage: Stage) -> None:
    one, gate, desk = stage.enter(LONG), Gate(), stage.engine.play.desk
    two = stage.enter(tiny.SECOND, user_id=one.user_id)
    first = one.say("Again?")
    stage.actor.at("Again?", gate)
    stage.engine.play.regenerate(one.user_id, first.turn.id, "again")
    assert gate.reached.wait(60)
    with desk.db.write() as tx:
        session = store.my_session(tx, two.session_id, two.user_id, lock=True)
        _accept_by_hand(tx, session, desk.new_id(), stage.clock())
        gate.opened.set()
        time.sleep(0.4)  # in which the first session's reply is about to be recorded and counted
    stage.clock.move(seconds=4)
    one.quiet()
    assert one.digest()["engagement"] == [(2, 6)]


def _accept_by_hand(tx: sa.Connection, session: PlaySession, turn_id: str, now: datetime) -> None:
    """What accepting a line writes and counts, in a transaction that the test holds open."""
    at = timelines.next_at(tx, session.timeline_id)
    turn = Turn(turn_id, session.id, session.timeline_id, session.user_id, 1, at, "by hand", None, None, now)
    line = {"id": f"{turn_id}-line", "role": "user", "content": "Hello.", "seq": 2, "created_at": now}
    store.add_turn(tx, turn)
    store.add_message(tx, turn, line)
    store.touch(tx, session.id, now, 1)
    engagement.played(tx, session.engagement_id or "", now, messages=1)


def test_a_rehearsal_is_on_a_fresh_timeline_and_touches_no_engagement(stage: Stage, ana: Player) -> None:
    before = ana.digest()
    release = ana.view().session.release_id
    begun = stage.engine.play.rehearse(ana.user_id, release, ana.view().session.template_id)
    trial = Player(stage.engine, stage.clock, ana.user_id, begun.session_id)
    trial.say("My name is Ana and I live in Vienna.")
    assert trial.view().session.timeline_id != ana.view().session.timeline_id
    assert trial.digest()["engagement"] == []
    assert ana.digest() == before
    assert ana.remembered() == []


def test_going_on_in_a_rehearsals_timeline_still_touches_no_engagement(stage: Stage, ana: Player) -> None:
    session = ana.view().session
    begun = stage.engine.play.rehearse(ana.user_id, session.release_id, session.template_id)
    fresh = stage.engine.play.session(ana.user_id, begun.session_id).session.timeline_id
    next_one = stage.engine.play.start(ana.user_id, tiny.SECOND, timeline_id=fresh)
    player = Player(stage.engine, stage.clock, ana.user_id, next_one.session_id)
    assert player.view().session.timeline_id == fresh
    assert ana.digest()["engagement"] == [(1, 1)]
    assert stage.enter(tiny.SECOND, user_id=ana.user_id).view().session.timeline_id == session.timeline_id


def test_what_was_said_in_one_episode_is_remembered_in_the_next(stage: Stage, ana: Player) -> None:
    ana.say("I'm Ana and I'm allergic to peanuts.")
    second = stage.enter(tiny.SECOND, user_id=ana.user_id)
    turn = second.say("Will you cook something with peanuts for me?")
    assert "allergic to peanuts" in second.prompt(turn.turn.id).prompt.section("memories")


def test_an_episode_that_was_played_to_its_end_starts_anew(stage: Stage, ana: Player) -> None:
    for number in range(6):
        if ana.view().session.is_active:
            ana.say(f"I am waiting, number {number}.")
    assert not ana.view().session.is_active
    again = stage.enter(user_id=ana.user_id)
    assert again.session_id != ana.session_id
    assert again.view().session.timeline_id == ana.view().session.timeline_id
    assert again.view().session.is_active


def test_a_session_says_at_its_start_that_this_is_an_ai(stage: Stage) -> None:
    person = stage.engine.people.join("New here")
    stage.engine.play.start(person.id, tiny.FIRST)
    assert _events(stage, person.id).count("notice_shown") == 1


def _events(stage: Stage, user_id: str) -> list[str]:
    with stage.engine.play.desk.db.read() as tx:
        return [row.name for row in tx.execute(events.select().where(events.c.user_id == user_id))]
