"""A writer's afternoon in a browser: draw a face, write an episode, rehearse it, lose the page, publish, withdraw."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from engine.providers.llm.offline.actor import OfflineActor
from tests.browsing import new_person, outside, site_of
from tests.conftest import quiet
from tests.play.troupe import Gate, Puppet
from tests.studio.avatars.easels import until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

    from tests.web.visiting import Site

MARA = "mara-voss"
SLOWLY = "I opened none of them."
NASTY = "<img src=http://evil.example/x.png> *leans in* ![i](http://evil.example/y.png)"


@pytest.fixture(scope="module")
def actor() -> Puppet:
    """An actor that takes cues."""
    return Puppet(OfflineActor(quiet(Path(), "").content / "offline"))


@pytest.fixture(scope="module")
def site(told_home: Path, actor: Puppet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with the tiny story."""
    with site_of(told_home, tmp_path_factory.mktemp("afternoon"), actor=actor) as running:
        yield running


@pytest.fixture
def gate(actor: Puppet) -> Iterator[Gate]:
    """A reply to SLOWLY that waits in its middle."""
    gate = Gate()
    actor.at(SLOWLY, gate)
    yield gate
    gate.opened.set()
    actor.forget()


def opened(page: Page, site: Site, screen: str, width_of_query: str = "") -> None:
    """A screen of Mara's."""
    page.goto(f"/studio/{screen}?id={site.engine.characters.get(MARA).id}{width_of_query}")
    idle(page)


def idle(page: Page) -> None:
    """Wait until the screen has been drawn."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")


def button(page: Page, key: str) -> Locator:
    """A button by its key."""
    return page.locator(f".st-key-{key} button")


def lines(page: Page) -> Locator:
    """The player's lines on the stage."""
    return page.locator(".talk .line:not(:empty)")


def say(page: Page, line: str) -> None:
    """Type a line and send it."""
    page.get_by_placeholder("Say something to").fill(line)
    page.keyboard.press("Enter")
    expect(lines(page).last).to_have_text(line)


def begin(page: Page, site: Site, query: str = "") -> None:
    """Begin a rehearsal of an episode."""
    opened(page, site, "episodes", query)
    button(page, "rehearsal_begin").click()
    expect(page.locator(".talk .reply").first).not_to_be_empty()
    expect(page.locator(".st-key-rehearsal_talk img")).to_be_visible()
    idle(page)


def test_four_candidates_come_with_progress_and_one_is_chosen(chromium: Browser, site: Site) -> None:
    page = new_person(chromium, site, "Ana")
    opened(page, site, "looks")
    button(page, "anchors_draw").dblclick()
    expect(page.get_by_text(re.compile(r"Drawing candidates: \d of 4 done"))).to_be_visible()
    expect(page.locator("[class*=st-key-choose_] button")).to_have_count(4)
    page.locator("[class*=st-key-choose_] button").first.click()
    until(lambda: not next(one for one in site.engine.avatars.of_character(MARA) if one.mode == "upload").is_primary)
    assert len(site.engine.avatars.of_character(MARA)) == 5
    assert outside(page) == []
    page.context.close()


def test_an_episode_is_written_and_two_lines_of_it_are_rehearsed(chromium: Browser, site: Site) -> None:
    page = new_person(chromium, site, "Bo")
    opened(page, site, "episodes")
    button(page, "new").click()
    page.locator("input[aria-label=Title][value='']").fill("The Fourth Lamp")
    expect(page.get_by_label("Title", exact=True)).to_have_count(1)  # the form before it is gone
    page.get_by_label("Opening line", exact=True).fill("*She counts.* Three lamps. Who lit the fourth?")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Begin the rehearsal")).to_be_visible()
    button(page, "rehearsal_begin").click()
    expect(page.locator(".talk .act").first).to_have_text("She counts.")
    for line in ("I did.", NASTY):
        say(page, line)
        expect(page.locator(".talk .speaking")).to_have_count(0)
    expect(lines(page)).to_have_count(2)
    expect(page.get_by_text("Turn 2 of 12")).to_be_visible()
    assert page.locator("img[src*=evil]").count() == 0
    assert outside(page) == []
    page.context.close()


def test_a_reload_in_the_middle_of_a_reply_loses_no_word(chromium: Browser, site: Site, gate: Gate) -> None:
    page = new_person(chromium, site, "Cleo")
    begin(page, site)
    say(page, SLOWLY)
    expect(page.locator(".talk .speaking .reply")).to_have_text(gate.first)
    page.reload()
    expect(lines(page).last).to_have_text(SLOWLY)
    expect(page.locator(".talk .speaking .reply")).to_have_text(gate.first)
    gate.opened.set()
    expect(page.locator(".talk .speaking")).to_have_count(0)
    expect(page.locator(".talk .reply").last).to_have_text(gate.first + gate.second)
    said = site.engine.play.transcript(rehearsal_of(page)).turns[1].reply
    assert said is not None
    assert said.content == gate.first + gate.second
    page.context.close()


def rehearsal_of(page: Page) -> str:
    """The session that the address names."""
    found = re.search(r"rehearsal=(\w+)", page.url)
    assert found is not None
    return found[1]


def test_typing_in_the_form_goes_on_while_a_reply_comes(chromium: Browser, site: Site, gate: Gate) -> None:
    page = new_person(chromium, site, "Dee")
    begin(page, site)
    say(page, SLOWLY)
    assert gate.reached.wait(30)
    area = page.get_by_label("Situation", exact=True)
    area.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" And then the lamp went out, slowly, as lamps do.", delay=30)
    expect(area).to_have_value(re.compile("as lamps do.$"))
    expect(page.get_by_text("The rehearsal plays what is saved")).to_be_visible()
    expect(page.locator(".talk .speaking .reply")).to_have_text(gate.first)
    page.context.close()


def test_on_a_narrow_screen_form_and_rehearsal_take_turns(chromium: Browser, site: Site) -> None:
    page = new_person(chromium, site, "Eli", width=390)
    opened(page, site, "episodes")
    expect(page.get_by_label("Situation", exact=True)).to_be_visible()
    expect(button(page, "rehearsal_begin")).to_be_hidden()
    page.get_by_role("radio", name="Rehearse").click()
    button(page, "rehearsal_begin").click()
    expect(page.locator(".talk .reply").first).to_be_visible()
    expect(page.get_by_label("Situation", exact=True)).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.context.close()


def test_it_is_published_by_two_clicks_and_withdrawn_by_a_word(chromium: Browser, site: Site) -> None:
    page = new_person(chromium, site, "Fay")
    mara = site.engine.characters.get(MARA).id
    for one in site.engine.episodes.of_character(mara)[2:]:
        site.engine.episodes.remove(one.id)
    first = site.engine.episodes.of_character(mara)[0]
    site.engine.avatars.choose(mara, site.engine.avatars.draw_anchor(mara, 99))
    assert first.episode_type == "entry"
    opened(page, site, "releases")
    button(page, "publish").click()
    button(page, "confirm_yes").dblclick()
    expect(page.get_by_text("Release 2 is live.", exact=True)).to_be_visible()
    assert [row["number"] for row in site.engine.releases.of_character(mara)] == [2, 1]
    button(page, "withdraw_2").click()
    expect(button(page, "confirm_yes")).to_be_disabled()
    page.get_by_label("Type WITHDRAW to confirm").fill("WITHDRAW")
    button(page, "confirm_yes").click()
    expect(page.get_by_text("Release 2 was withdrawn")).to_be_visible()
    assert site.engine.releases.status(mara).live_number is None
    page.context.close()
