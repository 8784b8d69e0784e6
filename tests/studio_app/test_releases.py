"""The screen Releases: what is live, what is missing, publishing, rolling back, taking away."""

from __future__ import annotations

from dataclasses import replace

from streamlit.testing.v1 import AppTest

from engine.wiring import Engine
from tests import tiny
from tests.studio_app.seats import HOSTILE, MARA, again, is_tame, keys, links, mara, press, seat, words


def rewrite(studio: Engine, line: str) -> None:
    """Change the draft."""
    first = studio.episodes.of_character(mara(studio))[0]
    studio.episodes.save(replace(first, opening_line=line))


def live(studio: Engine) -> int | None:
    """The number that is live."""
    return studio.releases.status(MARA).live_number


def publish(app: AppTest) -> AppTest:
    """Publish by button and confirmation."""
    return press(press(app, "publish"), "confirm_yes")


def test_a_draft_that_is_live_already_has_nothing_to_publish(studio: Engine) -> None:
    app = seat("releases", id=mara(studio))
    assert "Release 1 is live" in words(app)
    assert app.button(key="publish").disabled
    assert "Nothing is missing" in words(app)


def test_a_changed_draft_is_told_place_by_place_with_the_way_there(studio: Engine) -> None:
    rewrite(studio, "Well?")
    app = seat("releases", id=mara(studio))
    first = studio.episodes.of_character(mara(studio))[0]
    way = next(way for name, way in links(app).items() if "opening line" in name)
    assert "changed since release 1" in words(app)
    assert way.startswith("episodes?")
    assert f"episode={first.id}" in way


def test_publishing_asks_first_and_two_clicks_give_one_number(studio: Engine) -> None:
    rewrite(studio, "Well?")
    app = press(seat("releases", id=mara(studio)), "publish")
    assert live(studio) == 1
    assert "Publish as release 2" in [one.label for one in app.button]
    app.button(key="confirm_yes").click()
    again(app)
    stale = seat("releases", id=mara(studio))
    assert live(studio) == 2
    assert stale.button(key="publish").disabled
    assert "Release 2 is live." in words(app)
    assert [row["number"] for row in studio.releases.of_character(mara(studio))] == [2, 1]


def test_two_tabs_that_publish_the_same_draft_give_one_number(studio: Engine) -> None:
    rewrite(studio, "Well?")
    one, other = (press(seat("releases", id=mara(studio)), "publish") for _ in range(2))
    press(one, "confirm_yes")
    press(other, "confirm_yes")
    assert [row["number"] for row in studio.releases.of_character(mara(studio))] == [2, 1]


def test_what_is_missing_stands_field_by_field_with_the_way_there(studio: Engine) -> None:
    other = studio.characters.save(tiny.character(studio.worlds.all()[0].id, slug="other", name="Other", adult=False))
    app = seat("releases", id=other.id)
    assert app.button(key="publish").disabled
    assert "Mend what is missing first." in words(app)
    assert "Confirm that the character is an adult." in words(app)
    assert "Write an episode" in words(app)
    ways = links(app)
    assert any(way.startswith("looks?") for name, way in ways.items() if "appearance" in name)
    assert any(way.startswith("character?") and "field=adult" in way for way in ways.values())


def test_an_older_number_is_made_live_again_and_says_so(studio: Engine) -> None:
    rewrite(studio, "Well?")
    app = publish(seat("releases", id=mara(studio)))
    press(app, "live_1")
    assert live(studio) == 1
    assert "Release 1 is live again." in words(app)
    assert "live_2" in keys(app)


def test_a_draft_equal_to_an_older_number_is_said_to_become_that_one(studio: Engine) -> None:
    rewrite(studio, "Well?")
    app = publish(seat("releases", id=mara(studio)))
    rewrite(studio, tiny.OPENING)
    press(again(app), "publish")
    assert "Publish as release 1" in [one.label for one in app.button]
    press(app, "confirm_yes")
    assert live(studio) == 1
    assert len(studio.releases.of_character(mara(studio))) == 2


def test_unpublishing_asks_first_and_leaves_stories_alone(studio: Engine) -> None:
    session = studio.play.start(studio.people.join("Ana").id, tiny.FIRST).session_id
    app = press(seat("releases", id=mara(studio)), "unpublish")
    assert live(studio) == 1
    press(app, "confirm_yes")
    assert live(studio) is None
    assert studio.play.transcript(session).session.is_active
    assert "Players do not see this character" in words(app)
    assert not app.button(key="publish").disabled


def test_withdrawing_needs_the_word_and_ends_what_is_played(studio: Engine) -> None:
    session = studio.play.start(studio.people.join("Ana").id, tiny.FIRST).session_id
    app = press(seat("releases", id=mara(studio)), "withdraw_1")
    assert "Every story that is played on it ends at once" in words(app)
    assert "players will find nothing" in words(app)
    assert app.button(key="confirm_yes").disabled
    app.session_state["confirm_typed"] = "WITHDRAW"
    press(press(app, "withdraw_1"), "confirm_yes")
    assert live(studio) is None
    assert not studio.play.transcript(session).session.is_active
    assert "Stories that ended with it: 1." in words(app)
    assert not {"withdraw_1", "live_1"} & keys(app)


def test_a_withdrawn_number_that_another_tab_still_shows_is_refused(studio: Engine) -> None:
    rewrite(studio, "Well?")
    app = publish(seat("releases", id=mara(studio)))
    first = studio.releases.of_character(mara(studio))[1]["id"]
    studio.releases.withdraw(first)
    press(app, "live_1")
    assert "was withdrawn and cannot be offered again" in app.error[0].value.replace("\\", "")
    assert live(studio) == 2


def test_a_long_history_is_shown_by_the_twenty(studio: Engine) -> None:
    for at in range(2, 26):
        rewrite(studio, f"Well, {at}?")
        studio.releases.publish(MARA)
    app = seat("releases", id=mara(studio))
    assert len([key for key in keys(app) if key.startswith("withdraw_")]) == 20
    press(app, "older")
    assert len([key for key in keys(app) if key.startswith("withdraw_")]) == 25


def test_hostile_names_stay_words(studio: Engine) -> None:
    other = studio.characters.save(tiny.character(studio.worlds.all()[0].id, slug="other", name=HOSTILE[:80]))
    studio.episodes.save(tiny.episode("one", 1, character_id=other.id, title=HOSTILE[:80], situation=""))
    app = seat("releases", id=other.id)
    assert is_tame(app)
