"""What the team may see of anybody's play, and what a person sees of their own progress."""

from __future__ import annotations

import pytest

from engine.errors import NotFound
from tests import tiny
from tests.play.conftest import SHORT, Stage
from tests.play.troupe import Player


def test_a_transcript_is_the_session_as_its_player_sees_it_with_their_name(stage: Stage, ana: Player) -> None:
    ana.say("Who signed the ledger?")
    assert stage.engine.play.transcript(ana.session_id) == ana.view()
    whose = stage.engine.play.player_of(ana.session_id)
    assert (whose.user_id, whose.name, whose.audience) == (ana.user_id, "Ana", "player")
    with pytest.raises(NotFound):
        stage.engine.play.transcript("no-such-thing")
    with pytest.raises(NotFound):
        stage.engine.play.player_of("no-such-thing")


def test_progress_is_told_for_each_episode_by_its_running_session_else_its_last(stage: Stage, ana: Player) -> None:
    first = ana.view().session
    ana.say("One.")
    short = stage.enter(SHORT, user_id=ana.user_id)
    for line in ("One.", "Two.", "Three."):
        short.say(line)
    told = stage.engine.play.progress(ana.user_id)
    assert set(told) == {first.template_id, short.view().session.template_id}
    running, over = told[first.template_id], told[short.view().session.template_id]
    assert (running.session_id, running.is_active, running.ending) == (ana.session_id, True, None)
    assert (running.played, running.budget) == (1, 6)
    ending = short.view().ending
    assert ending is not None
    assert (over.is_active, over.played, over.budget, over.ending) == (False, 3, 3, ending.kind)
    again = stage.enter(SHORT, user_id=ana.user_id)
    newer = stage.engine.play.progress(ana.user_id)[again.view().session.template_id]
    assert (newer.session_id, newer.is_active, newer.played) == (again.session_id, True, 0)


def test_progress_counts_what_was_stayed_for_and_what_was_taken_back(stage: Stage, ana: Player) -> None:
    turns = [ana.say(line) for line in ("One.", "Two.", "Three.")]
    ana.regenerate(turns[0].turn.id)
    (told,) = stage.engine.play.progress(ana.user_id).values()
    assert told.played == 1
    assert told.budget == ana.view().budget


def test_a_rehearsal_is_no_progress_and_anothers_play_is_nobody_elses(stage: Stage, ana: Player) -> None:
    session = ana.view().session
    writer = stage.engine.people.join("Writer", team=True).id
    begun = stage.engine.play.rehearse(writer, session.release_id, session.template_id)
    Player(stage.engine, stage.clock, writer, begun.session_id).quiet()
    assert stage.engine.play.progress(writer) == {}
    stage.enter(tiny.SECOND, user_id=writer, audience="tester")
    assert len(stage.engine.play.progress(writer)) == 1
