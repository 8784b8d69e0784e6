"""Quick hands and bad lines at the stage: double clicks, lost connections, and where the keyboard stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browsing import new_person
from tests.play.troupe import Gate
from tests.player_app.acts import at_rest, last, lines, say, words
from tests.player_app.conftest import Playhouse

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

WHOLE = "One half is said. The other half follows."


def test_a_double_click_on_send_sends_once_and_stops_nothing(playhouse: Playhouse, seat: Page) -> None:
    gate = Gate()
    playhouse.actor.at("Twice.", gate)
    seat.fill("#stage-line", "Twice.")
    seat.locator(".go").dblclick(delay=80)
    expect(words(seat)).to_have_text("One half is said.")
    gate.opened.set()
    at_rest(seat, "Twice.")
    expect(words(seat)).to_have_text(WHOLE)
    assert lines(seat) == ["Twice."]


def test_a_double_click_on_a_thumb_gives_it_and_leaves_the_note_open(seat: Page) -> None:
    say(seat, "Well?")
    last(seat).get_by_role("button", name="Good reply").dblclick(delay=80)
    expect(last(seat).get_by_label("What was it?")).to_be_visible()
    seat.wait_for_timeout(300)
    expect(last(seat).get_by_role("button", name="Good reply")).to_have_attribute("aria-pressed", "true")
    expect(last(seat).locator(".arrived")).to_contain_text("Noted.")


def test_a_double_click_on_another_take_makes_one(seat: Page) -> None:
    say(seat, "Once more?")
    last(seat).get_by_role("button", name="Another take").dblclick(delay=80)
    expect(last(seat).locator(".number")).to_have_text("2/2")
    at_rest(seat, "Once more?")
    expect(last(seat).locator(".number")).to_have_text("2/2")


def test_a_second_line_sent_at_once_waits_in_the_box_and_the_warning_goes_by_itself(
    playhouse: Playhouse, seat: Page
) -> None:
    gate = Gate()
    playhouse.actor.at("First.", gate)
    say(seat, "First.", waits=False)
    say(seat, "Second.", waits=False)
    expect(seat.locator(".foot .trouble")).to_contain_text("The reply is still coming.")
    gate.opened.set()
    at_rest(seat, "First.")
    expect(seat.locator("#stage-line")).to_have_value("Second.")
    expect(seat.locator(".foot .trouble")).to_be_hidden()
    assert lines(seat) == ["First."]


def test_a_connection_that_stays_lost_is_said_until_it_is_found(playhouse: Playhouse, seat: Page) -> None:
    gate = Gate()
    playhouse.actor.at("Hold on.", gate)
    seat.route("**/follow", lambda route: route.abort())
    say(seat, "Hold on.", waits=False)
    expect(seat.locator(".foot .trouble")).to_contain_text("The connection was lost")
    seat.unroute("**/follow")
    expect(words(seat)).to_have_text("One half is said.")
    expect(seat.locator(".foot .trouble")).to_be_hidden()
    gate.opened.set()
    at_rest(seat, "Hold on.")


def test_when_the_episode_ends_the_keyboard_stands_at_the_ending(playhouse: Playhouse, seat: Page) -> None:
    for number in range(6):
        playhouse.actor.answers(f"Line {number}.", f"Answer {number}.")
        say(seat, f"Line {number}.", waits=number < 5)
    expect(seat.locator(".ending h2")).to_be_focused()
    seat.keyboard.press("Tab")
    expect(seat.get_by_role("link", name="Next episode: The Second Key")).to_be_focused()


def test_a_house_that_does_not_answer_at_the_door_says_so_and_can_be_asked_again(playhouse: Playhouse) -> None:
    page = new_person(playhouse.browser, playhouse.site, "Ana")
    page.route("**/api/v1/chat/sessions", lambda route: route.abort(), times=1)
    page.goto("/play/stage?episode=the-locked-archive")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nobody answers the bell")
    page.get_by_role("button", name="Try again").click()
    page.wait_for_selector(".flow .turn .words p")
    page.context.close()


def test_a_double_click_at_the_door_makes_one_person(playhouse: Playhouse) -> None:
    page = playhouse.browser.new_page(base_url=playhouse.site.url)
    asked: list[Request] = []
    page.on("request", lambda one: asked.append(one) if one.method == "POST" and one.url.endswith("/hello") else None)
    page.goto("/hello?next=/")
    page.fill("input[name=name]", "Quick")
    page.get_by_role("button", name="Go on").dblclick(no_wait_after=True)
    page.wait_for_url(f"{playhouse.site.url}/")
    assert len(asked) == 1
    page.close()
