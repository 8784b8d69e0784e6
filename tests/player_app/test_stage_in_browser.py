"""The stage in a browser: starting, saying, hearing, stopping, another take, thumbs and the end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests import tiny
from tests.play.troupe import Gate
from tests.player_app.acts import at_rest, heard, last, lines, say, session_id, words
from tests.player_app.conftest import Playhouse

if TYPE_CHECKING:
    from playwright.sync_api import APIResponse, Page, Route


def test_the_stage_opens_with_notice_direction_portrait_opening_line_and_starters(seat: Page) -> None:
    expect(seat.locator(".notice")).to_have_text("This is fiction: Mara Voss is acted by an AI, not a person.")
    expect(seat.locator(".opening .frame")).to_contain_text("Midnight in the archive.")
    expect(seat.locator(".bar .face img")).to_have_js_property("complete", value=True)
    expect(seat.locator(".flow .act")).to_have_text("She lowers the lamp until it lights only your hands.")
    assert "Which box did you open?" in seat.locator(".flow .speech").inner_text()
    expect(seat.locator(".count")).to_have_text("6 lines")
    assert seat.locator(".starter").all_inner_texts() == ["I opened none.", "Why eleven?", "Give me the key."]
    assert re.search(r"\?session=\w+$", seat.url)
    assert "Mara Voss" in seat.title()


def test_a_starter_line_is_said_with_one_tap(seat: Page) -> None:
    seat.get_by_role("button", name="Why eleven?").click()
    at_rest(seat, "Why eleven?")
    expect(seat.locator(".starter")).to_have_count(0)
    expect(seat.locator(".count")).to_have_text("Line 1 of 6")
    assert words(seat).inner_text().strip()


def test_a_reply_is_seen_as_it_comes_and_announced_once_when_it_is_whole(playhouse: Playhouse, seat: Page) -> None:
    gate = Gate(first="*She waits.* One half. ")
    playhouse.actor.at("Speak.", gate)
    say(seat, "Speak.", waits=False)
    expect(words(seat)).to_have_text("She waits. One half.")
    expect(last(seat).locator(".act")).to_have_text("She waits.")
    expect(seat.locator(".said")).not_to_contain_text("One half.")
    expect(seat.locator(".go")).to_have_attribute("aria-label", "Stop the reply")
    gate.opened.set()
    at_rest(seat, "Speak.")
    expect(words(seat)).to_have_text("She waits. One half. The other half follows.")
    heard(seat, "She waits. One half. The other half follows.")


def test_escape_stops_the_reply_and_keeps_what_was_said(playhouse: Playhouse, seat: Page) -> None:
    gate = Gate()
    playhouse.actor.at("Go on.", gate)
    say(seat, "Go on.", waits=False)
    expect(words(seat)).to_have_text("One half is said.")
    seat.fill("#stage-line", "typed while she speaks")
    seat.keyboard.press("Enter")
    expect(seat.locator(".foot .trouble")).to_contain_text("The reply is still coming.")
    with seat.expect_response("**/stop"):
        seat.keyboard.press("Escape")
    gate.opened.set()
    expect(last(seat).locator(".aside")).to_have_text("You stopped here.")
    expect(words(seat)).to_contain_text("One half is said.")
    expect(seat.locator("#stage-line")).to_have_value("typed while she speaks")


def test_another_take_can_be_asked_for_and_leafed_back(playhouse: Playhouse, seat: Page) -> None:
    playhouse.actor.answers("Who took it?", "I did.", "You did.")
    say(seat, "Who took it?")
    expect(words(seat)).to_have_text("I did.")
    last(seat).get_by_role("button", name="Another take").click()
    expect(words(seat)).to_have_text("You did.")
    expect(last(seat).locator(".number")).to_have_text("2/2")
    last(seat).get_by_role("button", name="Take before").click()
    expect(words(seat)).to_have_text("I did.")
    expect(last(seat).locator(".number")).to_have_text("1/2")
    expect(last(seat).get_by_role("button", name="Take before")).to_be_disabled()
    seat.reload()
    expect(words(seat)).to_have_text("I did.")


def test_a_thumb_with_a_note_arrives_and_is_there_after_a_reload(playhouse: Playhouse, seat: Page) -> None:
    say(seat, "Is anyone there?")
    last(seat).get_by_role("button", name="Good reply").click()
    expect(last(seat).locator(".arrived")).to_contain_text("Noted.")
    last(seat).get_by_label("What was it?").fill("<b>moving</b>")
    last(seat).get_by_role("button", name="Send note").click()
    expect(last(seat).locator(".arrived")).to_have_text("Your note has arrived. Thank you.")
    item = playhouse.site.engine.feedback.inbox()[0]
    assert (item.thumb, item.note, item.session_id) == ("up", "<b>moving</b>", session_id(seat))
    seat.reload()
    up = last(seat).get_by_role("button", name="Good reply")
    expect(up).to_have_attribute("aria-pressed", "true")
    up.click()
    expect(last(seat).locator(".arrived")).to_have_text("Taken back.")
    assert item.id not in [one.id for one in playhouse.site.engine.feedback.inbox()]


def test_pictures_come_in_their_place_open_large_and_can_be_asked_for(seat: Page) -> None:
    expect(seat.locator(".turn.first .picture.ready img")).to_be_visible()
    say(seat, "Hold the lamp higher.")
    seat.get_by_role("button", name="Show me this moment").click()
    picture = last(seat).locator(".picture.ready button")
    picture.click()
    expect(seat.locator("dialog.full img")).to_be_visible()
    seat.keyboard.press("Escape")
    expect(seat.locator("dialog.full")).to_be_hidden()
    expect(picture).to_be_focused()


def test_the_last_line_brings_the_ending_and_the_next_episode(playhouse: Playhouse, seat: Page) -> None:
    for number in range(6):
        playhouse.actor.answers(f"Line {number}.", f"Answer {number}.")
        say(seat, f"Line {number}.", waits=number < 5)
    ending = seat.locator(".ending")
    expect(ending).to_be_visible()
    expect(seat.locator(".composer")).to_be_hidden()
    if ending.get_by_role("button", name="Stay a little").count():
        ending.get_by_role("button", name="Stay a little").click()
        expect(ending).to_be_hidden()
        expect(seat.locator(".count")).to_have_text("Line 6 of 8")
        say(seat, "One more.")
        say(seat, "And one.", waits=False)
        expect(ending).to_be_visible()
    assert len(lines(seat)) in (6, 8)
    ending.get_by_role("link", name="Next episode: The Second Key").click()
    expect(seat.locator(".who .title")).to_have_text("The Second Key")
    expect(seat.locator(".flow .speech").first).to_contain_text(tiny.OPENING.rsplit("*", 1)[1].strip())


def test_a_reply_that_failed_says_so_and_can_be_tried_again(playhouse: Playhouse, seat: Page) -> None:
    playhouse.actor.at("Break.", lambda _prompt, _seed: iter([]))
    say(seat, "Break.", waits=False)
    expect(last(seat).locator(".aside")).to_contain_text("The reply was interrupted.")
    playhouse.actor.answers("Break.", "Whole again.")
    last(seat).get_by_role("button", name="Try again").click()
    expect(words(seat)).to_have_text("Whole again.")


def test_a_cry_for_help_brings_the_help_card_before_the_reply_and_keeps_it(seat: Page) -> None:
    say(seat, "I want to kill myself.")
    expect(last(seat).locator(".care h3")).to_have_text("Before we go on")
    seat.reload()
    expect(last(seat).locator(".care p")).to_contain_text("The story can wait.")


def test_a_picture_that_failed_is_a_quiet_sentence_and_can_be_tried_again(playhouse: Playhouse, seat: Page) -> None:
    say(seat, "Look at me.")
    playhouse.camera.fails = True
    seat.get_by_role("button", name="Show me this moment").click()
    try:
        expect(last(seat).locator(".picture.failed")).to_contain_text("This picture could not be drawn.")
    finally:
        playhouse.camera.fails = False
    scene = last(seat).locator(".picture").get_attribute("data-scene")
    heard(seat, "This picture could not be drawn.")
    say(seat, "Then listen.")
    expect(last(seat).locator(".picture")).to_have_count(0)
    seat.locator(".picture.failed").get_by_role("button", name="Try again").click()
    expect(seat.locator(f".turn:not(.last) [data-scene='{scene}'].ready img")).to_be_visible()
    expect(seat.locator(".picture.failed")).to_have_count(0)
    expect(seat.locator(".said p").last).to_contain_text("A picture: ")


def test_a_picture_asked_for_while_the_stage_looks_anew_stays_and_is_told_of(seat: Page) -> None:
    say(seat, "Look at me.")
    held: list[tuple[Route, APIResponse]] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append((route, route.fetch()))

    seat.route("**/api/v1/chat/sessions/*", hold_the_first)
    with seat.expect_request("**/api/v1/chat/sessions/*"):
        seat.evaluate("window.dispatchEvent(new Event('focus'))")
    seat.get_by_role("button", name="Show me this moment").click()
    expect(last(seat).locator(".picture")).to_have_count(1)
    route, as_it_was = held[0]
    route.fulfill(response=as_it_was)
    expect(seat.locator(".said")).to_contain_text("A picture: ")
    expect(last(seat).locator(".picture.ready img")).to_be_visible()


def test_a_picture_that_no_try_would_mend_says_why_and_offers_none(playhouse: Playhouse, seat: Page) -> None:
    why = "This session has had all of its pictures."
    seat.route("**/api/v1/scenes?*", lambda route: route.fulfill(json={"scenes": [_failed(route, seat, why)]}))
    say(seat, "Look at me.")
    seat.get_by_role("button", name="Show me this moment").click()
    picture = last(seat).locator(".picture.failed")
    expect(picture).to_have_text(why)
    expect(picture.get_by_role("button")).to_have_count(0)


def _failed(route: Route, page: Page, why: str) -> dict[str, object]:
    """The newest scene of a session, as if it had failed for good."""
    scene = route.fetch().json()["scenes"][-1]
    return scene | {"state": "failed", "picture": None, "problem": why, "may_be_tried_again": False}


def test_the_stop_button_stops(playhouse: Playhouse, seat: Page) -> None:
    gate = Gate()
    playhouse.actor.at("On and on.", gate)
    say(seat, "On and on.", waits=False)
    expect(words(seat)).to_have_text("One half is said.")
    with seat.expect_response("**/stop"):
        seat.get_by_role("button", name="Stop the reply").click()
    gate.opened.set()
    expect(last(seat).locator(".aside")).to_have_text("You stopped here.")
    expect(seat.get_by_role("button", name="Send")).to_be_visible()
