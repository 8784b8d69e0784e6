"""One story from the blank page to the figures: written, rehearsed, published, played, remembered and read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from engine.settings import Settings
from engine.wiring import open_engine
from tests.browsing import new_person, outside
from tests.conftest import quiet
from tests.journeys import writing
from tests.player_app.acts import at_rest, last, say, words
from tests.web.visiting import Site, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TURNS = 15
FACT = "My sister Ilse is allergic to peanuts, and tomorrow she flies home."
NOTE = "This one gave me <b>chills</b>."
LINES = (
    FACT,
    "Who stopped it?",
    "I kept it in my coat the whole way here.",
    "You know its face. I saw you know it.",
    "Then tell me what it is worth.",
    "I am not in a hurry.",
    "Say the name, and I will go.",
    "That lamp was green in the photograph, too.",
    "You could have let me stand in the rain.",
    "I believe you.",
    "Wind it. I want to hear it once.",
    "Is that why you mend other people's hours?",
    "What happens on Friday?",
    "I would like to come back.",
    "Good night, then.",
)


@pytest.fixture(params=[1440, 390], ids=["desk", "hand"])
def seat(request: pytest.FixtureRequest, chromium: Browser, tmp_path: Path) -> Iterator[tuple[Site, Page, bool]]:
    """An empty house, served, and somebody in front of it."""
    settings: Settings = quiet(tmp_path / "home", "", actor_delay=0.005)
    with open_engine(settings) as engine, running(engine, faces=True) as site:
        page = new_person(chromium, site, "Ana", request.param)
        yield site, page, request.param < 600
        page.context.close()


def test_a_story_goes_from_the_blank_page_to_the_figures(seat: tuple[Site, Page, bool]) -> None:
    site, page, narrow = seat
    character_id = _wrote(page, narrow=narrow)
    _played(site, page)
    _was_remembered(site, page)
    _read(page)
    assert outside(page) == []
    assert site.engine.work.drain(30)
    assert [found.invariant.code for found in site.engine.check() if found.ids] == []
    assert site.engine.releases.status(character_id).live_number == 1


def _wrote(page: Page, *, narrow: bool) -> str:
    character_id = writing.character(page, writing.world(page))
    writing.looks(page, character_id)
    writing.episode(page, character_id, writing.FIRST, TURNS)
    writing.episode(page, character_id, writing.SECOND, TURNS)
    writing.rehearsal(page, character_id, "It was on my step.", narrow=narrow)
    writing.published(page, character_id)
    return character_id


def _played(site: Site, page: Page) -> None:
    page.goto("/play/")
    page.get_by_role("link", name="Begin: The Stopped Clock").click()
    for line in LINES[:11]:
        say(page, line)
    last(page).get_by_role("button", name="Another take").click()
    expect(last(page).locator(".number")).to_have_text("2/2")
    _judged(page)
    say(page, LINES[11], waits=False)
    page.reload()
    at_rest(page, LINES[11])
    assert [one for one in page.locator(".mine").all_text_contents() if one] == list(LINES[:12])
    expect(page.locator(".picture.ready img").first).to_be_visible()
    session_id = page.url.rpartition("session=")[2]
    for line in LINES[12:]:
        say(page, line)
        assert site.engine.work.drain(30)
        if site.engine.play.transcript(session_id).ending:
            break
    expect(page.locator(".ending")).to_be_visible(timeout=20_000)


def _judged(page: Page) -> None:
    """A thumb and a note."""
    last(page).get_by_role("button", name="Good reply").click()
    last(page).get_by_label("What was it?").fill(NOTE)
    last(page).get_by_role("button", name="Send note").click()
    expect(last(page).locator(".arrived")).to_have_text("Your note has arrived. Thank you.")


def _was_remembered(site: Site, page: Page) -> None:
    """The next episode, in which what was said before is part of what the character is given."""
    page.locator(".ending").get_by_role("link", name=re.compile("Next episode: The Spare Key")).click()
    expect(page.locator(".who .title")).to_have_text("The Spare Key")
    assert site.engine.work.drain(30)
    line = "Do you remember what I told you about Ilse?"
    say(page, line)
    assert words(page).inner_text().strip()
    session_id = page.url.rpartition("session=")[2]
    reply = site.engine.play.transcript(session_id).turns[1].reply
    assert reply is not None
    assert "peanuts" in site.engine.play.prompt(reply.id).prompt.section("memories")


def _read(page: Page) -> None:
    """The note in the inbox; the play in the figures; from a figure to the transcript."""
    writing.opened(page, "/studio/inbox")
    expect(page.get_by_text("chills").first).to_be_visible(timeout=writing.LONG)
    writing.opened(page, "/studio/engagement")
    expect(page.get_by_text("Engagement").first).to_be_visible(timeout=writing.LONG)
    expect(page.locator("[data-testid=stMetric]").first).to_contain_text("1")
    writing.opened(page, "/studio/engagement?by=episode")
    expect(page.locator("[data-testid=stVegaLiteChart]").first).to_be_visible(timeout=writing.LONG)
