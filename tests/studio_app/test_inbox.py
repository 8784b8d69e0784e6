"""The inbox: what players said of replies, newest first, until the team has seen to it."""

from __future__ import annotations

from uuid import uuid4

import pytest

from engine.play.feedback.nouns import InboxItem, Thumb
from engine.wiring import Engine
from tests import tiny
from tests.studio_app.conftest import At, marked, texts
from tests.studio_app.hostile import HOSTILE, read_as_markdown
from tests.studio_app.seats import spoken


def _give(engine: Engine, player: str, thumb: Thumb | None, note: str, line: str = "Who took the ledger?") -> InboxItem:
    """A player plays one turn and says what they think of its reply."""
    me = engine.people.named(player)
    started = engine.play.start(me.id, tiny.FIRST)
    turn = engine.play.say(me.id, started.session_id, uuid4().hex, line).turn
    for _ in engine.play.follow(me.id, turn.id):
        pass
    take = engine.play.session(me.id, started.session_id).turns[-1].takes[0]
    engine.feedback.give(me.id, take.id, thumb, note)
    return next(item for item in engine.feedback.inbox() if item.take_id == take.id)


def test_an_empty_inbox_says_what_arrives_here(studio: Engine, at: At) -> None:
    tab = at("inbox")
    assert (
        "Nothing waits. What players say of a reply, with a thumb or a note, arrives here until you settle it."
        in texts(tab)
    )
    assert any("No feedback yet" in text for text in texts(at("inbox", show="All")))


def test_a_note_stands_with_its_reply_its_player_and_its_release(studio: Engine, at: At) -> None:
    item = _give(studio, "Ana", "down", "Too sweet for her.")
    tab = at("inbox")
    shown = texts(tab)
    assert "Too sweet for her." in shown
    assert [(one["line"], one["reply"]) for one in spoken(tab)] == [("Who took the ledger?", item.reply)]
    assert any(text.startswith("Ana · ") and text.endswith("The Locked Archive · release 1") for text in shown)
    assert "Not good" in marked(tab)
    (link,) = (each for each in tab.get("page_link") if "transcript" in each.proto.page)  # pyright: ignore[reportAttributeAccessIssue]
    assert f"session={item.session_id}" in link.proto.query_string  # pyright: ignore[reportAttributeAccessIssue]
    assert f"turn={item.turn_id}" in link.proto.query_string  # pyright: ignore[reportAttributeAccessIssue]


def test_settling_takes_it_off_the_open_ones_and_can_be_undone(studio: Engine, at: At) -> None:
    item = _give(studio, "Ana", "up", "Lovely.")
    tab = at("inbox")
    tab.button(key=f"settle_{item.id}").click().run()
    assert "Lovely." not in texts(tab)
    assert studio.feedback.count_open() == 0
    everything = at("inbox", show="All")
    assert "Lovely." in texts(everything)
    everything.button(key=f"settle_{item.id}").click().run()
    assert studio.feedback.count_open() == 1


def test_a_reply_in_whose_place_another_was_taken_says_so(studio: Engine, at: At) -> None:
    item = _give(studio, "Ana", "up", "Lovely.")
    me = studio.people.named("Ana").id
    studio.play.regenerate(me, item.turn_id, "once more")
    for _ in studio.play.follow(me, item.turn_id):
        pass
    assert "no longer stands" in str(spoken(at("inbox"))[0]["note"])


def test_settling_what_its_player_took_away_is_said_and_breaks_nothing(studio: Engine, at: At) -> None:
    item = _give(studio, "Ana", "up", "Lovely.")
    tab = at("inbox")
    studio.feedback.give(studio.people.named("Ana").id, item.take_id, None)
    tab.button(key=f"settle_{item.id}").click().run()
    assert "There is no such feedback" in tab.warning[0].value
    assert not tab.exception


def test_the_newest_stand_first_and_one_character_can_be_chosen(studio: Engine, at: At) -> None:
    first, second = _give(studio, "Ana", "up", "First."), _give(studio, "Ben", None, "Second.")
    tab = at("inbox")
    notes = [text for text in texts(tab) if text in ("First.", "Second.")]
    assert notes == ["Second.", "First."]
    assert first.character_id == second.character_id
    tab.selectbox(key="inbox_character").set_value(first.character_id).run()
    assert "First." in texts(tab)
    other = studio.characters.save(tiny.character(studio.worlds.all()[0].id, slug="ines", name="Ines")).id
    tab = at("inbox")
    tab.selectbox(key="inbox_character").set_value(other).run()
    assert "Nothing here for this character." in texts(tab)


def test_a_long_list_goes_on_page_by_page_and_a_broken_address_begins_anew(studio: Engine, at: At) -> None:
    for number in range(27):
        _give(studio, f"Player {number}", "up", f"Note {number}.")
    tab = at("inbox")
    assert len([text for text in texts(tab) if text.startswith("Note ")]) == 25
    tab.button(key="inbox_older").click().run()
    assert [text for text in texts(tab) if text.startswith("Note ")] == ["Note 1.", "Note 0."]
    tab.button(key="inbox_newest").click().run()
    assert "Note 26." in texts(tab)
    assert "Note 26." in texts(at("inbox", before="nonsense"))


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_names_lines_and_notes_stay_text(studio: Engine, at: At, words: str) -> None:
    _give(studio, words[:30], "down", words, words)
    tab = at("inbox")
    assert not tab.exception
    assert words in texts(tab)
    assert read_as_markdown(marked(tab)) == []
