"""The rehearsal pane: the saved draft is played beside its form, and nothing of it is lost or another's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from streamlit.testing.v1 import AppTest

from engine.wiring import Engine
from tests import tiny
from tests.studio.avatars.easels import until
from tests.studio_app.conftest import typed
from tests.studio_app.seats import HOSTILE, MARA, again, is_tame, keys, mara, press, query, seat, spoken, told, words


def writer(studio: Engine) -> str:
    """Whose browser it is under test: the id."""
    return studio.people.named("Writer").id


def begun(studio: Engine) -> AppTest:
    """The screen with a rehearsal of the first episode on its stage."""
    app = press(seat("episodes", id=mara(studio)), "rehearsal_begin")
    until(lambda: studio.play.is_settled(writer(studio), query(app, "rehearsal")))
    return again(app)


def say(studio: Engine, app: AppTest, line: str) -> AppTest:
    """Say a line and wait for the whole reply."""
    app.chat_input(key="rehearsal_line").set_value(line)
    again(app)
    until(lambda: studio.play.is_settled(writer(studio), query(app, "rehearsal")))
    return again(app)


def test_a_rehearsal_opens_with_stage_direction_opening_line_and_starters(studio: Engine) -> None:
    app = begun(studio)
    assert query(app, "rehearsal")
    assert "Midnight in the archive" in words(app)
    assert spoken(app)[0]["reply"] == tiny.OPENING
    assert {"rehearsal_starter_0", "rehearsal_starter_1", "rehearsal_starter_2"} <= keys(app)
    assert "Turn 0 of 6" in words(app)


def test_a_line_gets_its_reply_and_the_exact_prompt_behind_it(studio: Engine) -> None:
    app = say(studio, begun(studio), "I opened none of them.")
    assert [one["line"] for one in spoken(app)] == ["", "I opened none of them."]
    assert spoken(app)[1]["reply"]
    assert spoken(app)[1]["speaking"] is False
    assert "The exact prompt of the last reply" in app.expander[-1].label
    view = studio.play.session(writer(studio), query(app, "rehearsal"))
    shown = next(one.proto.json for one in app.get("bidi_component") if "dry and low" in one.proto.json)  # pyright: ignore[reportAttributeAccessIssue]
    assert view.turns[1].line is not None
    assert "release: system prompt" in shown


def test_a_starter_line_is_said_once_however_often_it_is_pressed(studio: Engine) -> None:
    app = begun(studio)
    session_id = query(app, "rehearsal")
    press(app, "rehearsal_starter_1")
    until(lambda: studio.play.is_settled(writer(studio), session_id))
    assert studio.play.session(writer(studio), session_id).played == 1
    assert spoken(again(app))[1]["line"] == "Why eleven?"
    assert "rehearsal_starter_1" not in keys(app)


def test_a_rehearsal_touches_no_engagement_and_is_no_play(studio: Engine) -> None:
    app = say(studio, begun(studio), "I opened none.")
    assert studio.play.player_of(query(app, "rehearsal")).audience == "rehearsal"
    assert studio.play.progress(writer(studio)) == {}


def test_a_reload_finds_the_rehearsal_again(studio: Engine) -> None:
    app = say(studio, begun(studio), "I opened none.")
    anew = seat("episodes", id=query(app, "id"), rehearsal=query(app, "rehearsal"))
    assert spoken(anew) == spoken(app)


def test_a_tab_that_was_closed_in_the_middle_of_a_reply_finds_all_of_it(told_home: Path, tmp_path: Path) -> None:
    with told(told_home, tmp_path / "home", actor_delay=0.2) as studio:
        app = press(seat("episodes", id=mara(studio)), "rehearsal_begin")
        app.chat_input(key="rehearsal_line").set_value("I opened none.")
        again(app)
        session_id = query(app, "rehearsal")
        anew = seat("episodes", id=query(app, "id"), rehearsal=session_id)
        assert spoken(anew)[1]["speaking"] is True
        assert "rehearsal_stop" in keys(anew)
        until(lambda: studio.play.is_settled(writer(studio), session_id))
        reply = studio.play.session(writer(studio), session_id).turns[1].reply
        assert reply is not None
        assert spoken(again(anew))[1]["reply"] == reply.content


def test_a_line_that_the_browser_sends_twice_is_said_once(told_home: Path, tmp_path: Path) -> None:
    with told(told_home, tmp_path / "home", actor_delay=0.2) as studio:
        app = press(seat("episodes", id=mara(studio)), "rehearsal_begin")
        for line in ("I opened none.", "I opened none.", "Or one."):
            app.chat_input(key="rehearsal_line").set_value(line)
            again(app)
        assert [one["line"] for one in spoken(app)] == ["", "I opened none.", "Or one."]


def test_a_reply_can_be_stopped_and_keeps_what_was_said(told_home: Path, tmp_path: Path) -> None:
    with told(told_home, tmp_path / "home", actor_delay=0.1) as studio:
        app = press(seat("episodes", id=mara(studio)), "rehearsal_begin")
        session_id = query(app, "rehearsal")
        app.chat_input(key="rehearsal_line").set_value("I opened none.")
        again(app)
        until(lambda: any(one["reply"] for one in spoken(again(app))[1:]))
        press(app, "rehearsal_stop")
        until(lambda: studio.play.is_settled(writer(studio), session_id))
        assert studio.play.session(writer(studio), session_id).turns[1].state == "stopped"
        assert spoken(again(app))[1]["note"] == "Stopped."


def test_another_take_can_be_asked_for_and_leafed_back_from(studio: Engine) -> None:
    app = say(studio, begun(studio), "I opened none.")
    first = spoken(app)[1]["reply"]
    press(app, "rehearsal_take")
    session_id = query(app, "rehearsal")
    until(lambda: studio.play.is_settled(writer(studio), session_id))
    second = spoken(again(app))[1]["reply"]
    assert len(studio.play.session(writer(studio), session_id).turns[1].takes) == 2
    press(app, "rehearsal_before")
    assert spoken(app)[1]["reply"] == first
    press(app, "rehearsal_after")
    assert spoken(app)[1]["reply"] == second


def test_pictures_are_shown_where_they_belong(studio: Engine) -> None:
    app = begun(studio)
    assert len(app.get("image")) == 1
    press(app, "rehearsal_draw")
    until(lambda: studio.play.is_settled(writer(studio), query(app, "rehearsal")))
    assert len(again(app).get("image")) == 2


def test_a_changed_draft_is_told_and_starting_over_takes_it_up(studio: Engine) -> None:
    app = begun(studio)
    before = query(app, "rehearsal")
    first = studio.episodes.of_character(mara(studio))[0]
    studio.episodes.save(replace(first, opening_line="*She puts the lamp out.* Now answer."))
    assert "The draft has changed since: opening line" in words(again(app))
    assert spoken(app)[0]["reply"] == tiny.OPENING
    press(app, "rehearsal_anew")
    assert query(app, "rehearsal") != before
    assert spoken(app)[0]["reply"] == "*She puts the lamp out.* Now answer."
    assert "rehearsal_anew" not in keys(app)


def test_unsaved_words_are_said_to_be_left_out_and_one_click_takes_them_in(studio: Engine) -> None:
    app = begun(studio)
    first = studio.episodes.of_character(mara(studio))[0]
    typed(app, f"episode.{first.id}.opening_line", "Who sent you?")
    assert "The rehearsal plays what is saved" in words(app)
    press(app, "rehearsal_save")
    assert studio.episodes.get(first.id).opening_line == "Who sent you?"
    assert spoken(app)[0]["reply"] == "Who sent you?"
    assert "The rehearsal plays what is saved" not in words(app)


def test_words_that_cannot_be_saved_are_not_rehearsed(studio: Engine) -> None:
    app = begun(studio)
    before = query(app, "rehearsal")
    first = studio.episodes.of_character(mara(studio))[0]
    typed(app, f"episode.{first.id}.title", "")
    press(app, "rehearsal_save")
    assert query(app, "rehearsal") == before
    assert "cannot be saved as it is" in words(app)


def test_somebody_elses_rehearsal_is_not_found(studio: Engine) -> None:
    other = studio.people.join("Somebody else")
    first = studio.episodes.of_character(mara(studio))[0]
    theirs = studio.play.rehearse(other.id, studio.releases.cut(MARA).id, first.id).session_id
    app = seat("episodes", id=mara(studio), rehearsal=theirs)
    assert "cannot be found" in app.info[0].value
    assert spoken(app) == []
    press(app, "rehearsal_begin")
    assert query(app, "rehearsal") not in ("", theirs)


def test_a_play_of_ones_own_is_no_rehearsal(studio: Engine) -> None:
    played = studio.play.start(writer(studio), tiny.FIRST).session_id
    app = seat("episodes", id=mara(studio), rehearsal=played)
    assert "cannot be found" in app.info[0].value
    assert spoken(app) == []


def test_it_ends_with_a_sentence_and_takes_no_more_lines(studio: Engine) -> None:
    app = begun(studio)
    for at in range(6):
        if not studio.play.session(writer(studio), query(app, "rehearsal")).ending:
            say(studio, app, f"Tell me more, {at}.")
    assert studio.play.session(writer(studio), query(app, "rehearsal")).ending is not None
    assert "The episode has" in words(app)
    assert len(app.chat_input) == 0


def test_hostile_lines_stay_words(studio: Engine) -> None:
    first = studio.episodes.of_character(mara(studio))[0]
    studio.episodes.save(replace(first, opening_line=HOSTILE, episode_frame=HOSTILE, starter_lines=(HOSTILE,)))
    app = say(studio, begun(studio), HOSTILE)
    assert spoken(app)[0]["reply"] == HOSTILE
    assert spoken(app)[1]["line"] == HOSTILE
    assert is_tame(app)
