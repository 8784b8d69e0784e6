"""What the character remembers, in a browser: reading, finding, pinning, putting right and forgetting for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.player_app.acts import lines, say
from tests.player_app.conftest import Playhouse
from tests.player_app.test_looks import HOSTILE

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

LINE = "I grew up in Ljubljana, above the bakery."
HOME = {"kind": "fact", "subject": "Ana", "attribute": "origin", "text": "Ana grew up in Ljubljana", "importance": 0.8}
SOUP = {"kind": "preference", "subject": "Ana", "text": "Ana dislikes cold soup", "importance": 0.2}


@pytest.fixture
def told(playhouse: Playhouse, seat: Page) -> Page:
    """Ana's page after two lines that are worth remembering."""
    tell(playhouse, seat)
    return seat


def tell(playhouse: Playhouse, page: Page) -> None:
    """Say two lines that are worth remembering, and wait until they are remembered."""
    playhouse.actor.answers(LINE, "Ljubljana, then.")
    playhouse.actor.sees("Ljubljana, then.", memories=[HOME])
    playhouse.actor.answers("I never eat cold soup.", "Nor do I.")
    playhouse.actor.sees("Nor do I.", memories=[SOUP])
    say(page, LINE)
    say(page, "I never eat cold soup.")
    assert playhouse.site.engine.work.drain(30)


def opened(page: Page) -> Locator:
    """The drawer, opened from the head of the stage."""
    page.get_by_role("button", name="What Mara Voss remembers").click()
    drawer = page.get_by_role("dialog", name="What Mara Voss remembers")
    expect(drawer).to_be_visible()
    return drawer


def _unfolded(drawer: Locator, text: str) -> Locator:
    drawer.get_by_role("button", name=text).click()
    row = drawer.locator(".memory", has_text=text)
    expect(row.locator(".used")).to_be_visible()
    return row


def test_the_drawer_shows_what_is_remembered_where_it_comes_from_and_what_used_it(told: Page) -> None:
    drawer = opened(told)
    expect(drawer.locator(".memory .text")).to_have_text(["Ana dislikes cold soup", "Ana grew up in Ljubljana"])
    expect(drawer.locator(".memory .meta").first).to_contain_text("Preference")
    expect(drawer.get_by_role("img", name="A detail")).to_have_count(1)
    expect(drawer.get_by_role("img", name="Very important")).to_have_count(1)
    row = _unfolded(drawer, "Ana grew up in Ljubljana")
    expect(row.locator("blockquote")).to_have_text(LINE)
    expect(row.locator(".used")).to_have_text("1 reply had it in view.")
    told.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(told.get_by_role("button", name="What Mara Voss remembers")).to_be_focused()


def test_a_drawer_with_nothing_in_it_says_what_will_stand_there(seat: Page) -> None:
    drawer = opened(seat)
    expect(drawer.locator(".empty")).to_have_text(
        "Nothing yet. What you tell Mara Voss about yourself will stand here."
    )
    drawer.get_by_label("Search memories and lines").fill("submarine")
    expect(drawer.locator(".empty")).to_contain_text("Nothing of that was said or is remembered.")


def test_a_search_finds_memories_and_raw_lines(told: Page) -> None:
    drawer = opened(told)
    drawer.get_by_label("Search memories and lines").fill("bakery")
    expect(drawer.locator(".memory.raw", has_text=LINE).locator(".meta")).to_contain_text("Ana said")
    drawer.get_by_label("Search memories and lines").fill("Ljubljana grew")
    expect(drawer.get_by_role("button", name="Ana grew up in Ljubljana")).to_be_visible()
    drawer.get_by_label("Search memories and lines").fill("")
    expect(drawer.locator(".memory.raw")).to_have_count(0)
    expect(drawer.locator(".memory")).to_have_count(2)


def test_a_memory_is_pinned_and_let_go(told: Page) -> None:
    drawer = opened(told)
    row = _unfolded(drawer, "Ana grew up in Ljubljana")
    row.get_by_role("button", name="Pin").click()
    expect(row.locator(".pinned")).to_have_text("Pinned")
    expect(row.get_by_role("button", name="Unpin")).to_be_focused()
    told.reload()
    row = _unfolded(opened(told), "Ana grew up in Ljubljana")
    row.get_by_role("button", name="Unpin").click()
    expect(row.locator(".pinned")).to_have_count(0)


def test_a_memory_is_put_right_and_the_new_one_stands_for_it(told: Page) -> None:
    drawer = opened(told)
    row = _unfolded(drawer, "Ana grew up in Ljubljana")
    row.get_by_role("button", name="Put right").click()
    box = row.get_by_label("What is true?")
    expect(box).to_be_focused()
    box.fill("Not this")
    told.keyboard.press("Escape")
    expect(drawer).to_be_visible()
    row.get_by_role("button", name="Put right").click()
    row.get_by_label("What is true?").fill("Ana grew up in Maribor")
    told.keyboard.press("Enter")
    expect(drawer.locator(".memory", has_text="Ljubljana")).to_have_count(0)
    right = drawer.locator(".memory", has_text="Ana grew up in Maribor")
    expect(right.locator(".body")).to_contain_text("You put this right yourself.")
    expect(drawer.locator(".told")).to_have_text("Put right.")


def test_a_refusal_is_said_in_the_engines_words_and_what_was_typed_stays(told: Page) -> None:
    row = _unfolded(opened(told), "Ana grew up in Ljubljana")
    row.get_by_role("button", name="Put right").click()
    refusal = {"error": "That was fast. Wait a moment, then go on.", "kind": "TooFast"}
    told.route("**/api/v1/memories/**", lambda route: route.fulfill(status=429, json=refusal))
    row.get_by_label("What is true?").fill("Ana grew up in Maribor")
    told.keyboard.press("Enter")
    expect(told.locator(".memories .trouble")).to_have_text("That was fast. Wait a moment, then go on.")
    expect(row.get_by_label("What is true?")).to_have_value("Ana grew up in Maribor")


def test_forgetting_asks_once_says_that_it_is_final_and_leaves_the_conversation(
    playhouse: Playhouse, told: Page
) -> None:
    drawer = opened(told)
    row = _unfolded(drawer, "Ana grew up in Ljubljana")
    row.get_by_role("button", name="Forget").click()
    expect(row.locator(".final")).to_contain_text("it cannot be brought back")
    expect(row.get_by_role("button", name="Keep it")).to_be_focused()
    told.keyboard.press("Enter")
    expect(row.locator(".final")).to_have_count(0)
    row.get_by_role("button", name="Forget").click()
    row.get_by_role("button", name="Forget it").click()
    expect(drawer.locator(".memory .text")).to_have_text(["Ana dislikes cold soup"])
    expect(drawer.locator(".told")).to_have_text("Forgotten.")
    told.keyboard.press("Escape")
    assert lines(told) == [LINE, "I never eat cold soup."]
    expect(opened(told).locator(".memory")).to_have_count(1)
    assert playhouse.browser.is_connected()


def test_older_memories_come_fifty_at_a_time(seat: Page) -> None:
    one: dict[str, object] = {
        "kind": "fact",
        "subject": "Ana",
        "importance": 0.5,
        "said_at": "2026-03-01T12:00:00Z",
        "pinned": False,
    }

    def page_of(first: int, count: int) -> list[dict[str, object]]:
        return [one | {"id": f"m{number}", "text": f"Memory {number}"} for number in range(first, first + count)]

    seat.route(
        "**/api/v1/memories?*&offset=0", lambda route: route.fulfill(json={"memories": page_of(0, 50), "more": True})
    )
    seat.route(
        "**/api/v1/memories?*&offset=50", lambda route: route.fulfill(json={"memories": page_of(50, 9), "more": False})
    )
    drawer = opened(seat)
    expect(drawer.locator(".memory")).to_have_count(50)
    drawer.get_by_role("button", name="Older memories").click()
    expect(drawer.locator(".memory")).to_have_count(59)
    expect(drawer.get_by_role("button", name="Older memories")).to_be_hidden()


def test_a_memory_is_shown_as_it_was_told(playhouse: Playhouse, seat: Page) -> None:
    text = HOSTILE.replace("\u202e", "")[:290]
    playhouse.actor.answers("Listen.", "I listen.")
    playhouse.actor.sees("I listen.", memories=[{"kind": "fact", "subject": "Ana", "text": text}])
    say(seat, "Listen.")
    assert playhouse.site.engine.work.drain(30)
    expect(opened(seat).locator(".memory .text")).to_contain_text("<img src=http://evil.example/1.png")
    assert seat.locator("#pwned, input[type=password], img[src*=evil]").count() == 0
    assert "pwned" not in seat.title()


def test_on_a_phone_the_drawer_is_the_whole_page(playhouse: Playhouse) -> None:
    page = playhouse.seat(width=390)
    tell(playhouse, page)
    drawer = opened(page)
    drawer.evaluate("(one) => Promise.all(one.getAnimations().map((way) => way.finished))")
    box = drawer.bounding_box()
    assert box is not None
    assert (round(box["x"]), round(box["width"])) == (0, 390)
    row = _unfolded(drawer, "Ana grew up in Ljubljana")
    row.get_by_role("button", name="Forget").tap()
    expect(row.locator(".final")).to_be_visible()
    assert page.evaluate("document.querySelector('.memories').scrollWidth") <= 390
    drawer.get_by_role("button", name="Close").tap()
    expect(drawer).to_be_hidden()
    page.context.close()
