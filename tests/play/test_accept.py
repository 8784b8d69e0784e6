"""A player's line: what is taken, what is refused, and that it is taken once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.errors import BadInput, Conflict, Ended, NotFound, SameIdOtherText
from tests.play.conftest import LONG, Stage
from tests.play.troupe import Gate, Player, every_row

BLANK = ["", "   ", "\n\t \r\n", "\x00\x00", "\u200b\u2060\ufeff", "\ud800", "\u202e", "\u0301\u0301"]
MENDED = [
    ("nul", "Look\x00 at me.", "Look at me."),
    ("surrogate", "Look \ud83dat me.", "Look at me."),
    ("controls", "Look\x07\x1b\x85 at me.", "Look at me."),
    ("bidi", "Look \u202eat\u202c me.", "Look at me."),
    ("tags", "Look\U000e0041 at me.", "Look at me."),
    ("line ends", "Look\r\nat\rme.", "Look\nat\nme."),
    ("outer blanks", "  Look at me.\n", "Look at me."),
    ("braces", "{memories.__class__} {0} } {hooks}", "{memories.__class__} {0} } {hooks}"),
]


@pytest.mark.parametrize("text", BLANK, ids=[text.encode("unicode-escape").decode() for text in BLANK])
def test_a_blank_line_is_refused_and_nothing_is_written(stage: Stage, ana: Player, text: str) -> None:
    before = every_row(stage.engine)
    with pytest.raises(BadInput, match="blank"):
        stage.engine.play.say(ana.user_id, ana.session_id, "1", text)
    assert every_row(stage.engine) == before


@pytest.mark.parametrize("text", ["x" * 4_001, "x" * 200_000, "🫠" * 250_000], ids=["4001", "200 kB", "1 MB"])
def test_a_line_that_is_too_long_is_refused_and_nothing_is_written(stage: Stage, ana: Player, text: str) -> None:
    before = every_row(stage.engine)
    with pytest.raises(BadInput, match="4,000"):
        stage.engine.play.say(ana.user_id, ana.session_id, "1", text)
    assert every_row(stage.engine) == before


@pytest.mark.parametrize(
    ("text", "kept"), [(text, kept) for _, text, kept in MENDED], ids=[one for one, _, _ in MENDED]
)
def test_what_hides_or_breaks_is_taken_out_of_a_line(ana: Player, text: str, kept: str) -> None:
    turn = ana.say(text)
    assert turn.line is not None
    assert turn.line.content == kept
    assert turn.state == "complete"


def test_a_line_of_four_thousand_letters_is_kept_whole(ana: Player) -> None:
    turn = ana.say("é" * 4_000)
    assert turn.line is not None
    assert turn.line.content == "é" * 4_000


def test_a_heap_of_combining_marks_is_cut_down(ana: Player) -> None:
    turn = ana.say("Hello" + "\u0316" * 500)
    assert turn.line is not None
    assert turn.line.content == "Hello" + "\u0316" * 8


@pytest.mark.parametrize("client_id", ["", "x" * 81, "a\nb", "a\x00", "\ud800"])
def test_an_id_that_cannot_be_kept_is_refused(stage: Stage, ana: Player, client_id: str) -> None:
    before = every_row(stage.engine)
    with pytest.raises(BadInput, match="printable"):
        stage.engine.play.say(ana.user_id, ana.session_id, client_id, "Hello.")
    assert every_row(stage.engine) == before


def test_the_same_id_again_is_the_same_turn(stage: Stage, ana: Player) -> None:
    first = stage.engine.play.say(ana.user_id, ana.session_id, "once", "Who was here?")
    ana.quiet()
    again = stage.engine.play.say(ana.user_id, ana.session_id, "once", " Who was\x00 here? ")
    assert (first.is_new, again.is_new) == (True, False)
    assert again.turn.id == first.turn.id
    assert ana.states() == ["complete"]


def test_the_same_id_twenty_times_at_once_is_one_line_and_one_reply(stage: Stage, ana: Player) -> None:
    with ThreadPoolExecutor(20) as pool:
        sent = list(pool.map(lambda _: stage.engine.play.say(ana.user_id, ana.session_id, "same", "Who?"), range(20)))
    ana.quiet()
    assert len({one.turn.id for one in sent}) == 1
    assert [one.is_new for one in sent].count(True) == 1
    told = ana.digest()
    assert [row[1:3] for row in told["messages"] if row[1] == "user"] == [("user", "Who?")]
    assert told["sessions"] == [(True, 3)]
    assert len(ana.view().turns[1].takes) == 1


def test_the_same_id_with_other_words_is_refused_and_nothing_is_written(stage: Stage, ana: Player) -> None:
    ana.say("Who was here?", "taken")
    before = every_row(stage.engine)
    with pytest.raises(SameIdOtherText):
        stage.engine.play.say(ana.user_id, ana.session_id, "taken", "Who was there?")
    assert every_row(stage.engine) == before


def test_two_sessions_may_use_the_same_id(stage: Stage, ana: Player) -> None:
    other = stage.enter()
    assert ana.say("Who?", "1").turn.id != other.say("Whom?", "1").turn.id


def test_lines_sent_at_once_are_all_answered_in_the_order_of_acceptance(stage: Stage) -> None:
    player = stage.enter(LONG)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: player.send(f"Line number {number}.", f"c{number}"), range(12)))
    player.quiet()
    turns = player.view().turns[1:]
    assert [one.turn.seq for one in turns] == list(range(1, 13))
    assert sorted(one.turn.at for one in turns) == [one.turn.at for one in turns]
    assert {one.turn.client_id for one in turns} == {f"c{number}" for number in range(12)}
    assert {one.state for one in turns} == {"complete"}
    for one in turns[1:]:
        lines = player.prompt(one.turn.id).prompt.lines
        before = next(other for other in turns if other.turn.seq == one.turn.seq - 1)
        assert before.reply is not None
        assert [line.content for line in lines[-2:]] == [before.reply.content, one.line.content if one.line else ""]


def test_a_line_that_waits_its_turn_is_accepted_while_the_character_speaks(stage: Stage, ana: Player) -> None:
    gate = Gate()
    stage.actor.at("Say something long.", gate)
    first = ana.send("Say something long.")
    assert gate.reached.wait(60)
    second = ana.send("And?")
    assert [stage.engine.play.look(ana.user_id, one).state for one in (first, second)] == ["speaking", "accepted"]
    assert ana.states() == ["speaking", "accepted"]
    gate.opened.set()
    ana.quiet()
    assert ana.states() == ["complete", "complete"]


def test_a_crisis_line_is_marked_so_that_the_card_comes_before_the_reply(stage: Stage, ana: Player) -> None:
    accepted = stage.engine.play.say(ana.user_id, ana.session_id, "1", "I want to kill myself.")
    first = next(iter(stage.engine.play.follow(ana.user_id, accepted.turn.id)))
    ana.quiet()
    assert accepted.turn.care == "crisis"
    assert first.care == "crisis"
    assert ana.turn(accepted.turn.id).turn.care == "crisis"
    assert ana.say("You kill me with that look.").turn.care is None


def test_a_line_to_a_session_that_never_was_is_not_found(stage: Stage, ana: Player) -> None:
    with pytest.raises(NotFound):
        stage.engine.play.say(ana.user_id, "no-such-session", "1", "Hello?")


def test_a_withdrawn_episode_takes_no_line_no_take_and_no_stay(stage: Stage) -> None:
    ghost = stage.publish_ghost()
    player = stage.enter(ghost)
    done = player.say("Who are you?")
    again = player.regenerate(done.turn.id)
    assert stage.engine.releases.withdraw(player.view().session.release_id) == 1
    before = every_row(stage.engine)
    with pytest.raises(Ended, match="withdrawn"):
        player.send("Are you there?")
    with pytest.raises(Ended, match="withdrawn"):
        stage.engine.play.regenerate(player.user_id, done.turn.id, "again")
    with pytest.raises(Ended, match="withdrawn"):
        stage.engine.play.choose(player.user_id, done.turn.id, again.takes[0].id)
    with pytest.raises(Conflict):
        stage.engine.play.stay(player.user_id, player.session_id)
    with pytest.raises(NotFound):
        stage.engine.play.start(player.user_id, ghost)
    assert every_row(stage.engine) == before
    assert not player.view().session.is_active


def test_withdrawing_stops_the_reply_and_answers_the_waiting_line_with_a_sentence(stage: Stage) -> None:
    player, gate = stage.enter(stage.publish_ghost()), Gate()
    stage.actor.at("Stay with me.", gate)
    first, second = player.send("Stay with me."), ""
    assert gate.reached.wait(60)
    second = player.send("Please.")
    stage.engine.releases.withdraw(player.view().session.release_id)
    stage.engine.play.speakers.pulse()
    gate.opened.set()
    player.quiet()
    frames = [list(stage.engine.play.follow(player.user_id, one))[-1] for one in (first, second)]
    assert [frame.state for frame in frames] == ["stopped", "failed"]
    assert frames[1].error is not None
    assert "withdrawn" in frames[1].error
