"""What the stage holds on to: lines and replies through reloads, closed tabs, lost networks and many tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.play.troupe import Gate
from tests.player_app.acts import at_rest, last, lines, say, session_id, words
from tests.player_app.conftest import Playhouse

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

WHOLE = "One half is said. The other half follows."


def test_a_reload_in_mid_reply_shows_the_line_and_the_reply_as_it_goes_on(playhouse: Playhouse, seat: Page) -> None:
    gate = Gate()
    playhouse.actor.at("Wait for me.", gate)
    say(seat, "Wait for me.", waits=False)
    expect(words(seat)).to_have_text("One half is said.")
    seat.reload()
    expect(words(seat)).to_have_text("One half is said.")
    expect(seat.locator(".go")).to_have_attribute("data-does", "stop")
    gate.opened.set()
    at_rest(seat, "Wait for me.")
    expect(words(seat)).to_have_text(WHOLE)
    assert lines(seat) == ["Wait for me."]


def test_a_closed_tab_loses_no_reply(playhouse: Playhouse, seat: Page) -> None:
    gate, address = Gate(), seat.url
    playhouse.actor.at("I am leaving.", gate)
    say(seat, "I am leaving.", waits=False)
    expect(words(seat)).to_have_text("One half is said.")
    page = seat.context.new_page()
    seat.close()
    gate.opened.set()
    page.goto(address)
    at_rest(page, "I am leaving.")
    expect(words(page)).to_have_text(WHOLE)


def test_a_line_that_met_no_network_is_sent_once(playhouse: Playhouse, seat: Page) -> None:
    tried: list[str] = []

    def answer_lost(route: Route) -> None:
        """The first try never arrives; of the second, the answer is lost."""
        tried.append(str(route.request.post_data))
        if len(tried) == 2:
            route.fetch()
        route.abort() if len(tried) < 3 else route.continue_()

    seat.route("**/lines", answer_lost)
    say(seat, "Do you hear me?", waits=False)
    expect(last(seat).locator(".mine")).to_have_text("Do you hear me?")
    at_rest(seat, "Do you hear me?")
    assert lines(seat) == ["Do you hear me?"]
    assert len(tried) == 3
    assert len(set(tried)) == 1
    stored = playhouse.site.engine.play.transcript(session_id(seat))
    assert [one.line.content for one in stored.turns if one.line] == ["Do you hear me?"]


def test_a_line_that_could_not_be_sent_says_so_and_survives_a_reload(seat: Page) -> None:
    seat.route("**/lines", lambda route: route.abort())
    say(seat, "Are you there?", waits=False)
    expect(last(seat).locator(".fate")).to_contain_text("Not sent yet.")
    seat.reload()
    expect(last(seat).locator(".fate")).to_contain_text("Not sent yet.")
    seat.unroute("**/lines")
    last(seat).get_by_role("button", name="Try again").click()
    at_rest(seat, "Are you there?")
    assert lines(seat) == ["Are you there?"]


def test_a_refused_line_stands_with_the_reason_and_comes_back_into_the_box(seat: Page) -> None:
    refusal = '{"error": "That was fast. Wait a moment.", "kind": "TooFast"}'
    seat.route("**/lines", lambda route: route.fulfill(status=429, content_type="application/json", body=refusal))
    say(seat, "Quick.", waits=False)
    expect(last(seat).locator(".fate")).to_contain_text("That was fast. Wait a moment.")
    last(seat).get_by_role("button", name="Edit").click()
    expect(seat.locator("#stage-line")).to_have_value("Quick.")
    expect(seat.locator(".pending")).to_have_count(0)
    seat.unroute("**/lines")
    seat.keyboard.press("Enter")
    at_rest(seat, "Quick.")


def test_a_draft_is_kept_and_a_line_that_is_too_long_cannot_be_sent(seat: Page) -> None:
    seat.fill("#stage-line", "half a thou")
    seat.reload()
    expect(seat.locator("#stage-line")).to_have_value("half a thou")
    seat.fill("#stage-line", "x" * 4001)
    expect(seat.locator(".counter")).to_have_text("4001 of 4000")
    expect(seat.locator(".go")).to_be_disabled()
    seat.keyboard.press("Enter")
    expect(seat.locator(".pending")).to_have_count(0)


def test_a_stream_that_dies_is_attached_again(playhouse: Playhouse, seat: Page) -> None:
    gate = Gate()
    playhouse.actor.at("Hold.", gate)
    seat.route("**/follow", lambda route: route.fulfill(status=502, body=""), times=1)
    say(seat, "Hold.", waits=False)
    expect(words(seat)).to_have_text("One half is said.")
    gate.opened.set()
    at_rest(seat, "Hold.")
    expect(seat.locator(".foot .trouble")).to_have_text("")


def test_a_line_begun_in_another_tab_is_there_when_one_comes_back(seat: Page) -> None:
    other = seat.context.new_page()
    other.goto(seat.url)
    other.wait_for_selector(".flow .turn")
    say(other, "From over here.")
    seat.evaluate("window.dispatchEvent(new Event('focus'))")
    at_rest(seat, "From over here.")
    assert lines(seat) == lines(other)


def test_eleven_tabs_of_one_browser_all_work(seat: Page) -> None:
    tabs = [seat, *(seat.context.new_page() for _ in range(10))]
    for tab in tabs[1:]:
        tab.goto(seat.url)
        tab.wait_for_selector(".flow .turn .words p")
    say(tabs[-1], "Still here.")
    tabs[0].reload()
    at_rest(tabs[0], "Still here.")


def test_two_people_never_see_each_others_sessions(playhouse: Playhouse, seat: Page) -> None:
    say(seat, "The ledger is under the stair.")
    ben = playhouse.seat("Ben")
    ben.goto(seat.url)
    expect(ben.locator(".gone")).to_contain_text("There is no such session.")
    assert "ledger" not in ben.locator("body").inner_text().replace("A ledger", "")
    expect(ben.get_by_role("link", name="Back to the lobby").last).to_be_visible()
    ben.context.close()


def test_a_long_session_shows_its_end_and_earlier_lines_keep_ones_place(playhouse: Playhouse, seat: Page) -> None:
    shown = seat.evaluate(f"fetch('/api/v1/chat/sessions/{session_id(seat)}').then((answer) => answer.json())")
    opening = shown["turns"][0]
    line = {"message_id": "m", "text": "A line."}
    more = [opening | {"id": f"t{number}", "seq": number, "line": line} for number in range(1, 200)]
    seat.route(
        f"**/sessions/{session_id(seat)}",
        lambda route: route.fulfill(json=shown | {"turns": [opening, *more], "played": 199}),
    )
    seat.reload()
    expect(seat.locator(".flow .turn")).to_have_count(60)
    assert seat.evaluate("(g => g.scrollHeight - g.scrollTop - g.clientHeight)(document.querySelector('.ground'))") < 60
    seat.evaluate("document.querySelector('.ground').scrollTop = 0")
    first = seat.locator(".flow .turn").first.get_attribute("data-turn")
    before = seat.locator(f"[data-turn={first}]").bounding_box()
    seat.get_by_role("button", name="Earlier lines").click()
    expect(seat.locator(".flow .turn")).to_have_count(120)
    seat.wait_for_timeout(200)
    after = seat.locator(f"[data-turn={first}]").bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) < 4
    assert playhouse.browser.is_connected()
