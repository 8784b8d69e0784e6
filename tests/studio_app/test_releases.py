"""The screen Releases: what is live, what is missing, publishing, rolling back, taking away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.wiring import Engine
from tests import tiny
from tests.studio_app.seats import HOSTILE, again, is_tame, keys, links, press, seat, told, words

MARA = "mara-voss"


@pytest.fixture
def engine(told_home: Path, tmp_path: Path) -> Iterator[Engine]:
    """A house with the tiny story."""
    with told(told_home, tmp_path / "home") as opened:
        yield opened


def mara(engine: Engine) -> str:
    """The character's id."""
    return engine.characters.get(MARA).id


def rewrite(engine: Engine, line: str) -> None:
    """Change the draft."""
    first = engine.episodes.of_character(mara(engine))[0]
    engine.episodes.save(replace(first, opening_line=line))


def live(engine: Engine) -> int | None:
    """The number that is live."""
    return engine.releases.status(MARA).live_number


def publish(app: AppTest) -> AppTest:
    """Publish by button and confirmation."""
    return press(press(app, "publish"), "confirm_yes")


def test_a_draft_that_is_live_already_has_nothing_to_publish(engine: Engine) -> None:
    app = seat("releases", id=mara(engine))
    assert "Release 1 is live" in words(app)
    assert app.button(key="publish").disabled
    assert "Nothing is missing" in words(app)


def test_a_changed_draft_is_told_place_by_place_with_the_way_there(engine: Engine) -> None:
    rewrite(engine, "Well?")
    app = seat("releases", id=mara(engine))
    first = engine.episodes.of_character(mara(engine))[0]
    way = next(way for name, way in links(app).items() if "opening line" in name)
    assert "changed since release 1" in words(app)
    assert way.startswith("episodes?")
    assert f"episode={first.id}" in way


def test_publishing_asks_first_and_two_clicks_give_one_number(engine: Engine) -> None:
    rewrite(engine, "Well?")
    app = press(seat("releases", id=mara(engine)), "publish")
    assert live(engine) == 1
    assert "Publish as release 2" in [one.label for one in app.button]
    app.button(key="confirm_yes").click()
    again(app)
    stale = seat("releases", id=mara(engine))
    assert live(engine) == 2
    assert stale.button(key="publish").disabled
    assert "Release 2 is live." in words(app)
    assert [row["number"] for row in engine.releases.of_character(mara(engine))] == [2, 1]


def test_two_tabs_that_publish_the_same_draft_give_one_number(engine: Engine) -> None:
    rewrite(engine, "Well?")
    one, other = (press(seat("releases", id=mara(engine)), "publish") for _ in range(2))
    press(one, "confirm_yes")
    press(other, "confirm_yes")
    assert [row["number"] for row in engine.releases.of_character(mara(engine))] == [2, 1]


def test_what_is_missing_stands_field_by_field_with_the_way_there(engine: Engine) -> None:
    other = engine.characters.save(tiny.character(engine.worlds.all()[0].id, slug="other", name="Other", adult=False))
    app = seat("releases", id=other.id)
    assert app.button(key="publish").disabled
    assert "Mend what is missing first." in words(app)
    assert "Confirm that the character is an adult." in words(app)
    assert "Write an episode" in words(app)
    ways = links(app)
    assert any(way.startswith("looks?") for name, way in ways.items() if "appearance" in name)
    assert any(way.startswith("character?") and "field=adult" in way for way in ways.values())


def test_an_older_number_is_made_live_again_and_says_so(engine: Engine) -> None:
    rewrite(engine, "Well?")
    app = publish(seat("releases", id=mara(engine)))
    press(app, "live_1")
    assert live(engine) == 1
    assert "Release 1 is live again." in words(app)
    assert "live_2" in keys(app)


def test_a_draft_equal_to_an_older_number_is_said_to_become_that_one(engine: Engine) -> None:
    rewrite(engine, "Well?")
    app = publish(seat("releases", id=mara(engine)))
    rewrite(engine, tiny.OPENING)
    press(again(app), "publish")
    assert "Publish as release 1" in [one.label for one in app.button]
    press(app, "confirm_yes")
    assert live(engine) == 1
    assert len(engine.releases.of_character(mara(engine))) == 2


def test_unpublishing_asks_first_and_leaves_stories_alone(engine: Engine) -> None:
    session = engine.play.start(engine.people.join("Ana").id, tiny.FIRST).session_id
    app = press(seat("releases", id=mara(engine)), "unpublish")
    assert live(engine) == 1
    press(app, "confirm_yes")
    assert live(engine) is None
    assert engine.play.transcript(session).session.is_active
    assert "Players do not see this character" in words(app)
    assert not app.button(key="publish").disabled


def test_withdrawing_needs_the_word_and_ends_what_is_played(engine: Engine) -> None:
    session = engine.play.start(engine.people.join("Ana").id, tiny.FIRST).session_id
    app = press(seat("releases", id=mara(engine)), "withdraw_1")
    assert "Every story that is played on it ends at once" in words(app)
    assert "players will find nothing" in words(app)
    assert app.button(key="confirm_yes").disabled
    app.session_state["confirm_typed"] = "WITHDRAW"
    press(press(app, "withdraw_1"), "confirm_yes")
    assert live(engine) is None
    assert not engine.play.transcript(session).session.is_active
    assert "Stories that ended with it: 1." in words(app)
    assert not {"withdraw_1", "live_1"} & keys(app)


def test_a_withdrawn_number_that_another_tab_still_shows_is_refused(engine: Engine) -> None:
    rewrite(engine, "Well?")
    app = publish(seat("releases", id=mara(engine)))
    first = engine.releases.of_character(mara(engine))[1]["id"]
    engine.releases.withdraw(first)
    press(app, "live_1")
    assert "was withdrawn and cannot be offered again" in app.error[0].value.replace("\\", "")
    assert live(engine) == 2


def test_a_long_history_is_shown_by_the_twenty(engine: Engine) -> None:
    for at in range(2, 26):
        rewrite(engine, f"Well, {at}?")
        engine.releases.publish(MARA)
    app = seat("releases", id=mara(engine))
    assert len([key for key in keys(app) if key.startswith("withdraw_")]) == 20
    press(app, "older")
    assert len([key for key in keys(app) if key.startswith("withdraw_")]) == 25


def test_hostile_names_stay_words(engine: Engine) -> None:
    other = engine.characters.save(tiny.character(engine.worlds.all()[0].id, slug="other", name=HOSTILE[:80]))
    engine.episodes.save(tiny.episode("one", 1, character_id=other.id, title=HOSTILE[:80], situation=""))
    app = seat("releases", id=other.id)
    assert is_tame(app)
