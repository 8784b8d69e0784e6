"""The lobby in a browser: cards, how far one has come, the return link, and a house with nothing on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.browsing import new_person
from tests.player_app.acts import say
from tests.player_app.conftest import Playhouse

if TYPE_CHECKING:
    from playwright.sync_api import Page


def _in_lobby(playhouse: Playhouse, name: str = "Ana") -> Page:
    page = new_person(playhouse.browser, playhouse.site, name)
    page.goto("/play/")
    return page


def _many(count: int) -> dict[str, Any]:
    mine = {"state": "none", "session_id": None, "played": 0, "budget": 6, "last_at": None}
    episode = {"id": "e", "slug": "e", "title": "A Key", "type": "entry", "order": 1, "frame": "", "mine": mine}
    known = {"slug": "s", "world": "W", "teaser": "", "picture": None, "episodes": [episode]}
    characters = [known | {"id": f"c{n}", "name": f"Person {n}"} for n in range(count)]
    return {"name": "Ana", "actor": "x", "camera": "x", "offline_actor": False, "characters": characters}


def test_a_card_leads_to_the_stage_and_tells_how_far_one_has_come(playhouse: Playhouse) -> None:
    page = _in_lobby(playhouse)
    card = page.locator(".card")
    expect(page.get_by_role("link", name="Your data")).to_have_attribute("href", "/me")
    expect(card.get_by_role("heading", name="Mara Voss")).to_be_visible()
    expect(card.locator("img")).to_have_js_property("complete", value=True)
    expect(card.locator(".going")).to_have_text("Begin: The Locked Archive")
    assert card.locator(".state").all_inner_texts() == ["Not yet played", "Not yet played"]
    page.mouse.click(*_middle_of(page))
    page.wait_for_selector(".flow .turn .words p")
    say(page, "Good evening.")
    page.get_by_role("link", name="Back to the lobby").first.click()
    expect(card.locator(".going")).to_have_text("Go on: The Locked Archive")
    expect(card.locator(".state").first).to_have_text("Line 1 of 6")
    card.get_by_role("link", name="The Second Key").click()
    expect(page.locator(".who .title")).to_have_text("The Second Key")
    page.context.close()


def _middle_of(page: Page) -> tuple[float, float]:
    box = page.locator(".card .face").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_the_return_link_opens_ones_stories_in_another_browser(playhouse: Playhouse) -> None:
    page = _in_lobby(playhouse, "Ana of the return link")
    page.get_by_role("button", name="Return link").click()
    field = page.locator("dialog input")
    expect(field).to_have_value(f"{playhouse.site.url}{page.evaluate(_LINK)}")
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("dialog .told")).to_have_text("Copied.")
    other = new_person(playhouse.browser, playhouse.site, "Somebody else")
    other.goto(field.input_value())
    other.click("button")
    expect(other.locator(".whose")).to_have_text("Playing as Ana of the return link")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    page.context.close()
    other.context.close()


_LINK = "fetch('/api/v1/people/me/return-link').then((answer) => answer.json()).then((found) => found.path)"


def test_the_return_link_keeps_its_name_where_only_its_sign_is_shown(playhouse: Playhouse) -> None:
    page = new_person(playhouse.browser, playhouse.site, "Ana", 390)
    page.goto("/play/")
    page.get_by_role("button", name="Return link", exact=True).dblclick()
    expect(page.get_by_role("dialog", name="Your return link")).to_be_visible()
    page.context.close()


def test_many_characters_can_be_searched(playhouse: Playhouse) -> None:
    page = new_person(playhouse.browser, playhouse.site, "Ana")
    page.route("**/api/v1/lobby", lambda route: route.fulfill(json=_many(12)))
    page.goto("/play/")
    expect(page.locator(".card")).to_have_count(12)
    page.get_by_label("Find a character or an episode").fill("person 11")
    expect(page.locator(".card:visible")).to_have_count(1)
    expect(page.get_by_role("status").first).to_have_text("1 character")
    page.get_by_label("Find a character or an episode").fill("nobody")
    expect(page.locator(".found")).to_contain_text("Nobody of that name")
    page.context.close()


def test_an_empty_house_says_what_to_do_first_and_a_silent_one_can_be_asked_again(playhouse: Playhouse) -> None:
    page = new_person(playhouse.browser, playhouse.site, "Ana")
    page.route("**/api/v1/lobby", lambda route: route.abort(), times=1)
    page.goto("/play/")
    expect(page.locator(".trouble")).to_contain_text("The house did not answer.")
    page.route("**/api/v1/lobby", lambda route: route.fulfill(json=_many(0)))
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="The stage is still empty")).to_be_visible()
    expect(page.get_by_role("link", name="Open the Studio")).to_have_attribute("href", "/studio/")
    page.context.close()
