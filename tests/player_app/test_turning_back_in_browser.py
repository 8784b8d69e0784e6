"""Turning back in a browser: lines said differently, other takes of earlier turns, undo, and other tellings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.play.troupe import Gate
from tests.player_app.acts import at_rest, choose, heard, last, lines, say, session_id, taken, turn, words
from tests.player_app.conftest import Playhouse

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request


@pytest.fixture
def told(playhouse: Playhouse, seat: Page) -> Page:
    """Ana's page after two lines."""
    playhouse.actor.answers("One.", "First answer.", "First answer, otherwise.")
    playhouse.actor.answers("Two.", "Second answer.")
    say(seat, "One.")
    say(seat, "Two.")
    return seat


def test_a_line_is_said_differently_in_its_place_and_undo_brings_the_old_one_back(
    playhouse: Playhouse, told: Page
) -> None:
    playhouse.actor.answers("Or rather three.", "Third answer.")
    turn(told, "One.").hover()
    turn(told, "One.").get_by_role("button", name="Say it differently").click()
    box = told.get_by_label("Your line, said differently")
    expect(box).to_be_focused()
    expect(told.locator("form.edit .fate")).to_contain_text("Its reply and the turn after it go")
    box.fill("Not this.")
    told.keyboard.press("Escape")
    assert lines(told) == ["One.", "Two."]
    turn(told, "One.").get_by_role("button", name="Say it differently").click()
    box.fill("Or rather three.")
    told.keyboard.press("Enter")
    at_rest(told, "Or rather three.")
    expect(words(told)).to_have_text("Third answer.")
    assert lines(told) == ["Or rather three."]
    expect(taken(told)).to_contain_text("2 turns taken back.")
    taken(told).get_by_role("button", name="Undo").click()
    expect(words(told)).to_have_text("Second answer.")
    assert lines(told) == ["One.", "Two."]
    expect(taken(told)).to_be_hidden()


def test_another_take_of_an_earlier_turn_says_what_goes_and_keys_undo_and_redo_it(told: Page) -> None:
    turn(told, "One.").hover()
    turn(told, "One.").get_by_role("button", name="More for this turn").click()
    item = told.get_by_role("menuitem", name="Another take")
    expect(item).to_contain_text("The turn after it goes.")
    item.click()
    expect(words(told)).to_have_text("First answer, otherwise.")
    expect(taken(told)).to_contain_text("1 turn taken back.")
    told.locator(".ground").focus()
    told.keyboard.press("Control+z")
    expect(words(told)).to_have_text("Second answer.")
    expect(turn(told, "One.").locator(".words")).to_have_text("First answer.")
    told.keyboard.press("Control+Shift+Z")
    expect(words(told)).to_have_text("First answer, otherwise.")
    assert lines(told) == ["One."]


def test_leafing_at_an_earlier_turn_says_what_goes_and_can_be_undone(told: Page) -> None:
    choose(told, turn(told, "One."), "Another take")
    expect(words(told)).to_have_text("First answer, otherwise.")
    at_rest(told, "One.")
    say(told, "Two.")
    before = turn(told, "One.").get_by_role("button", name="Take before")
    expect(before).to_have_attribute("title", "Take before. The turn after it goes.")
    before.click()
    expect(words(told)).to_have_text("First answer.")
    expect(taken(told)).to_contain_text("1 turn taken back.")
    taken(told).get_by_role("button", name="Undo").click()
    expect(words(told)).to_have_text("Second answer.")


def test_back_to_here_holds_until_the_next_line_and_survives_a_reload(told: Page) -> None:
    choose(told, told.locator(".turn.first"), "Back to here")
    expect(taken(told)).to_contain_text("2 turns taken back.")
    expect(told.locator(".count")).to_have_text("6 lines")
    heard(told, "2 turns taken back.")
    told.reload()
    expect(taken(told)).to_contain_text("2 turns taken back.")
    say(told, "Another beginning.")
    expect(taken(told)).to_be_hidden()
    told.get_by_role("button", name="More", exact=True).click()
    told.get_by_role("menuitem", name="Undo").click()
    expect(words(told)).to_have_text("Second answer.")
    told.get_by_role("button", name="More", exact=True).click()
    expect(told.get_by_role("menuitem", name="Redo")).to_contain_text("1 turn comes back.")
    expect(told.get_by_role("menuitem", name="Your data")).to_be_visible()
    told.get_by_role("menuitem", name="Redo").click()
    at_rest(told, "Another beginning.")
    assert lines(told) == ["Another beginning."]


def test_keys_in_a_text_field_belong_to_the_text(told: Page) -> None:
    choose(told, turn(told, "One."), "Back to here")
    expect(taken(told)).to_be_visible()
    asked: list[Request] = []
    told.on("request", lambda one: asked.append(one) if "/undo" in one.url else None)
    told.locator("#stage-line").press_sequentially("ab")
    told.keyboard.press("Control+z")
    told.wait_for_timeout(300)
    assert asked == []
    assert lines(told) == ["One."]


def test_nothing_to_undo_is_said_in_the_engines_words(seat: Page) -> None:
    seat.locator(".ground").focus()
    seat.keyboard.press("Control+z")
    expect(seat.locator(".foot .trouble")).to_have_text("There is nothing to undo here.")


def test_the_menu_is_walked_by_keys_and_gives_the_place_back(told: Page) -> None:
    more = turn(told, "One.").get_by_role("button", name="More for this turn")
    more.focus()
    told.keyboard.press("Enter")
    items = told.get_by_role("menuitem")
    expect(items.first).to_be_focused()
    told.keyboard.press("ArrowUp")
    expect(items.last).to_be_focused()
    told.keyboard.press("ArrowDown")
    expect(items.first).to_be_focused()
    told.keyboard.press("Escape")
    expect(told.get_by_role("menu")).to_be_hidden()
    expect(more).to_be_focused()
    more.click()
    more.click()
    expect(told.get_by_role("menu")).to_be_hidden()


def test_another_telling_begins_at_a_turn_and_one_goes_between_them(told: Page) -> None:
    first = session_id(told)
    choose(told, turn(told, "One."), "Another telling from here")
    expect(told.locator(".telling")).to_have_text("Telling 2 of 2")
    assert session_id(told) != first
    expect(turn(told, "One.").locator(".begins")).to_have_text("This telling begins here")
    expect(told.locator(".begins:visible")).to_have_count(1)
    assert lines(told) == ["One."]
    expect(turn(told, "One.").get_by_role("button", name="Another take")).to_have_count(0)
    told.locator(".turn.first").hover()
    told.locator(".turn.first").get_by_role("button", name="More for this turn").click()
    expect(told.get_by_role("menuitem")).to_have_text(["Another telling from hereThis telling stays as it is."])
    told.keyboard.press("Escape")
    say(told, "Two, otherwise.")
    told.locator(".telling").click()
    here = told.get_by_role("menuitemradio", name="Telling 2")
    expect(here).to_have_attribute("aria-checked", "true")
    expect(here).to_be_focused()
    expect(here).to_contain_text("5 messages, last played")
    told.get_by_role("menuitemradio", name="Telling 1").click()
    expect(told.locator(".telling")).to_have_text("Telling 1 of 2")
    assert session_id(told) == first
    at_rest(told, "Two.")
    expect(told.locator(".begins:visible")).to_have_count(0)
    choose(told, turn(told, "One."), "Another take")
    expect(told.locator(".foot .trouble")).to_contain_text("already builds on this turn")
    assert lines(told) == ["One.", "Two."]


def test_a_reply_that_was_stopped_offers_to_go_on_first_and_begins_with_what_was_said(
    playhouse: Playhouse, seat: Page
) -> None:
    gate = Gate()
    playhouse.actor.at("Go on.", gate)
    say(seat, "Go on.", waits=False)
    expect(words(seat)).to_have_text("One half is said.")
    with seat.expect_response("**/stop"):
        seat.keyboard.press("Escape")
    gate.opened.set()
    expect(last(seat).locator(".aside")).to_have_text("You stopped here.")
    said = words(seat).inner_text()
    offered = last(seat).locator(".tools button")
    expect(offered.first).to_have_text("Go on")
    playhouse.actor.answers("Go on.", "And then some more.")
    offered.first.click()
    expect(words(seat)).to_contain_text("And then some more.")
    assert words(seat).inner_text().startswith(said.strip())
    expect(last(seat).locator(".number")).to_have_text("2/2")


def test_a_whole_reply_is_carried_on_from_the_menu(playhouse: Playhouse, told: Page) -> None:
    playhouse.actor.answers("Two.", "And a little more.")
    choose(told, turn(told, "Two."), "Go on")
    expect(words(told)).to_contain_text("And a little more.")
    assert words(told).inner_text().startswith("Second answer.")


def test_an_ended_episode_can_be_turned_back_and_goes_on(playhouse: Playhouse, seat: Page) -> None:
    for number in range(6):
        playhouse.actor.answers(f"Line {number}.", f"Answer {number}.")
        say(seat, f"Line {number}.", waits=number < 5)
    expect(seat.locator(".ending")).to_be_visible()
    choose(seat, turn(seat, "Line 5."), "Another telling from here")
    expect(seat.locator(".ending .trouble")).to_contain_text("Fork from an earlier one.")
    choose(seat, turn(seat, "Line 2."), "Back to here")
    expect(seat.locator(".ending")).to_be_hidden()
    expect(taken(seat)).to_contain_text("3 turns taken back.")
    expect(seat.locator(".composer")).to_be_visible()
    assert lines(seat) == ["Line 0.", "Line 1.", "Line 2."]


def test_on_a_phone_the_menu_fits_and_a_line_is_said_differently_from_it(playhouse: Playhouse) -> None:
    page = playhouse.seat(width=390)
    say(page, "One.")
    say(page, "Two.")
    page.evaluate("document.querySelector('.ground').scrollTop = 1e6")
    more = last(page).get_by_role("button", name="More for this turn")
    more.tap()
    box = page.get_by_role("menu").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert box["y"] + box["height"] <= 844
    page.get_by_role("menuitem", name="Say it differently").tap()
    page.get_by_label("Your line, said differently").fill("Two, otherwise.")
    page.get_by_role("button", name="Save").tap()
    at_rest(page, "Two, otherwise.")
    assert lines(page) == ["One.", "Two, otherwise."]
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    taken(page).get_by_role("button", name="Undo").tap()
    at_rest(page, "Two.")
    page.context.close()
