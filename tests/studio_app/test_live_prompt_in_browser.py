"""The live prompt in a browser: it follows the keys, focus stays, Ctrl+S saves the words being typed, nothing leaks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from engine.story.character import Character
from engine.wiring import the_engine
from studio_app.door import Visit
from studio_app.parts.places import Map
from tests import tiny
from tests.browsing import new_person, outside, site_of
from tests.web.visiting import Site

BACKSTORY = "Backstory"
SAVED = re.compile(r"^Saved$")


@pytest.fixture(scope="module")
def site(told_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The house with the tiny story, served with its Studio."""
    with site_of(told_home, tmp_path_factory.mktemp("studio") / "home") as opened:
        yield opened


def _mara() -> Character:
    return the_engine().characters.get("mara-voss")


def _open(page: Page, ref: str) -> Page:
    page.goto(f"/studio/character?id={ref}")
    expect(page.get_by_label(BACKSTORY)).to_be_visible()
    expect(_prompt(page)).to_contain_text("You are")
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    return page


def _prompt(page: Page) -> Locator:
    return page.locator(".st-key-prompt_view")


def _until(page: Page, is_so: Callable[[], bool]) -> None:
    """Wait until something is so, at most half a minute."""
    for _ in range(600):
        if is_so():
            return
        page.wait_for_timeout(50)
    assert is_so()


def test_the_prompt_follows_the_keys_and_focus_and_caret_stay(site: Site, chromium: Browser) -> None:
    page = _open(new_person(chromium, site, "Ana"), _mara().id)
    area = page.get_by_label(BACKSTORY)
    area.click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("At noon, ")
    expect(_prompt(page)).to_contain_text("At noon, She signed")
    page.keyboard.type("in the rain, ")
    expect(_prompt(page)).to_contain_text("At noon, in the rain, She signed")
    assert area.evaluate("area => area === document.activeElement && area.selectionStart") == len(
        "At noon, in the rain, "
    )
    expect(page.locator(".st-key-save_said")).to_contain_text("kept as a draft")


def test_control_s_saves_the_words_being_typed(site: Site, chromium: Browser) -> None:
    page = _open(new_person(chromium, site, "Ben"), _mara().id)
    page.get_by_label(BACKSTORY).fill("She signed twice")
    page.keyboard.type(" and lied once.")
    page.keyboard.press("Control+s")
    _until(page, lambda: _mara().backstory == "She signed twice and lied once.")
    expect(page.locator(".st-key-save_said").get_by_text(SAVED)).to_be_visible()
    page.get_by_label("Archetype").fill("a day archivist")
    page.keyboard.press("Control+s")
    expect(page.locator(".st-key-character_bar")).to_contain_text("draft newer")
    _until(page, lambda: _mara().archetype == "a day archivist")
    assert page.get_by_label(BACKSTORY).input_value() == "She signed twice and lied once."


def test_a_reload_keeps_the_draft_and_another_person_does_not_see_it(site: Site, chromium: Browser) -> None:
    mara = _mara()
    page = _open(new_person(chromium, site, "Cleo"), mara.id)
    page.get_by_label(BACKSTORY).fill("Half a thought")
    expect(page.locator(".st-key-save_said")).to_contain_text("kept as a draft")
    _open(page, mara.id)
    expect(page.get_by_label(BACKSTORY)).to_have_value("Half a thought")
    other = _open(new_person(chromium, site, "Dora"), mara.id)
    expect(other.get_by_label(BACKSTORY)).to_have_value(mara.backstory)
    assert _mara() == mara


def test_a_link_to_a_field_goes_there(site: Site, chromium: Browser) -> None:
    page = new_person(chromium, site, "Gil")
    page.goto(f"/studio/character?id={_mara().id}&field=visual_identity.key_features")
    expect(page.get_by_label("Key features")).to_be_focused()
    expect(page.get_by_label("Key features")).to_be_in_viewport()


def test_a_link_to_missing_resolutions_goes_to_the_first_one(site: Site, chromium: Browser) -> None:
    page = new_person(chromium, site, "Hal")
    draft = _mara()
    first = the_engine().episodes.of_character(draft.id)[0]
    where = Map(Visit(the_engine(), the_engine().people.named("Hal")), draft, [first])
    place = where.find(f"episodes.{first.slug}.resolutions")
    page.goto(f"/studio/{place.screen}?{urlencode(place.query)}")
    expect(page.get_by_label("Resolution 1", exact=True)).to_be_focused()
    expect(page.get_by_label("Resolution 1", exact=True)).to_be_in_viewport()


def test_the_prompt_can_be_reached_and_scrolled_by_keys(site: Site, chromium: Browser) -> None:
    page = _open(new_person(chromium, site, "Ida"), _mara().id)
    prompt = page.get_by_role("group", name="The prompt, section by section")
    prompt.focus()
    pane = page.locator(".st-key-away_read")
    before = pane.evaluate("pane => pane.scrollTop")
    page.keyboard.press("PageDown")
    _until(page, lambda: pane.evaluate("pane => pane.scrollTop") > before)


def test_a_long_text_is_seen_whole_while_it_is_written(site: Site, chromium: Browser) -> None:
    page = _open(new_person(chromium, site, "Jon"), _mara().id)
    area = page.get_by_label(BACKSTORY)
    area.fill("One more line.\n" * 16)
    _until(page, lambda: area.evaluate("area => area.scrollHeight <= area.clientHeight + 2"))
    page.keyboard.press("Control+z")


def test_in_the_hand_one_writes_or_reads(site: Site, chromium: Browser) -> None:
    page = new_person(chromium, site, "Eva", 390)
    page.goto(f"/studio/character?id={_mara().id}")
    expect(page.get_by_label(BACKSTORY)).to_be_visible()
    expect(_prompt(page)).to_be_hidden()
    page.get_by_role("radio", name="Read the prompt").click()
    expect(_prompt(page)).to_be_visible()
    expect(page.get_by_label(BACKSTORY)).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.reload()
    expect(_prompt(page)).to_be_visible()
    expect(page.get_by_label(BACKSTORY)).to_be_hidden()


def test_hostile_words_do_nothing_and_ask_for_nothing(site: Site, chromium: Browser) -> None:
    name = "![x](https://example.com/a.png)<img src=//example.com/b.png>"
    words = f"{name}<style>body{{display:none}}</style><form action=//example.com><input></form>"
    engine = the_engine()
    home = engine.worlds.all()[0].id
    odd = engine.characters.save(tiny.character(home, slug="odd", name=name, backstory=words))
    page = _open(new_person(chromium, site, "Fay"), odd.id)
    expect(_prompt(page)).to_contain_text("<form action=//example.com>")
    expect(page.locator("h1")).to_have_text(name)
    page.get_by_label("Archetype").fill(words[:200])
    expect(_prompt(page)).to_contain_text("You are ![x](https://example.com/a.png)")
    for screen in ("/studio/", "/studio/characters", "/studio/inbox", "/studio/worlds", "/studio/genres"):
        page.goto(screen)
        expect(page.locator("h1")).to_be_visible()
        page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    assert outside(page) == []
    assert page.locator("form[action*=example], img[src*=example]").count() == 0
