"""How Play looks: no sideways scroll, dark where it is wanted, nothing of the shell, nothing from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browsing import new_person, outside
from tests.player_app.acts import at_rest, last, say
from tests.player_app.conftest import STAGE, Playhouse

if TYPE_CHECKING:
    from playwright.sync_api import Page

HOSTILE = (
    "<img src=http://evil.example/1.png onerror=\"document.title='pwned'\"> ![x](http://evil.example/2.png) "
    "${document.title='pwned'} {{constructor}} <form id=pwned action=//evil.example>"
    "<input type=password></form> \u202eevil"
)


def _sideways(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_scrolls_sideways_and_the_composer_is_in_sight(playhouse: Playhouse, width: int) -> None:
    page = playhouse.seat(width=width)
    say(page, "W" * 300 + " https://example.com/" + "a" * 300)
    assert _sideways(page) <= 0
    assert page.evaluate("document.scrollingElement.scrollHeight - innerHeight") <= 0
    box = page.locator(".composer").bounding_box()
    size = page.viewport_size
    assert box is not None
    assert size is not None
    assert box["y"] + box["height"] <= size["height"]
    page.goto("/play/")
    page.wait_for_selector(".episode")
    assert _sideways(page) <= 0
    page.context.close()


@pytest.mark.parametrize("dark", [False, True])
def test_the_house_is_light_by_day_and_dark_by_night_and_nothing_of_the_shell_shows(
    playhouse: Playhouse, *, dark: bool
) -> None:
    page = new_person(playhouse.browser, playhouse.site, "Ana", dark=dark)
    for address in ("/play/", STAGE):
        page.goto(address)
        page.wait_for_selector(".episode, .turn")
        colour = page.evaluate("getComputedStyle(document.querySelector('.gradio-container')).backgroundColor")
        assert colour == ("rgb(21, 17, 13)" if dark else "rgb(247, 242, 234)")
        assert page.locator("footer:not(.foot):visible, .nav-holder:visible").count() == 0
        assert "radio" not in page.locator("body").inner_text()
        assert "radio" not in page.title()
    assert outside(page) == []
    page.context.close()


def test_what_is_typed_is_shown_as_it_was_typed(playhouse: Playhouse) -> None:
    page = new_person(playhouse.browser, playhouse.site, "<b id=pwned>Ana</b>")
    page.goto("/play/")
    expect(page.locator(".whose")).to_have_text("Playing as <b id=pwned>Ana</b>")
    page.goto(STAGE)
    page.wait_for_selector(".flow .turn")
    playhouse.actor.answers(HOSTILE.replace("\u202e", ""), HOSTILE)
    say(page, HOSTILE, waits=False)
    at_rest(page, "<form id=pwned")
    last(page).get_by_role("button", name="Poor reply").click()
    last(page).get_by_label("What was it?").fill(HOSTILE)
    last(page).get_by_role("button", name="Send note").click()
    expect(last(page).locator(".arrived")).to_contain_text("Your note has arrived.")
    for box in (".mine", ".words"):
        expect(last(page).locator(box)).to_contain_text("<img src=http://evil.example/1.png")
        expect(last(page).locator(box)).to_contain_text("${document.title='pwned'} {{constructor}}")
    page.reload()
    at_rest(page, "<form id=pwned")
    assert page.locator("#pwned, input[type=password], img[src*=evil], .flow form").count() == 0
    assert "pwned" not in page.title()
    assert outside(page) == []
    page.context.close()
