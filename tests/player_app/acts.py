"""What a player does at the stage, and what stands on it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


def say(page: Page, text: str, *, waits: bool = True) -> None:
    """Type a line, send it with Enter, and wait for the whole reply unless told not to."""
    page.fill("#stage-line", text)
    page.keyboard.press("Enter")
    if waits:
        at_rest(page, text)


def at_rest(page: Page, text: str) -> None:
    """Wait until the reply to a line is whole and can be judged."""
    turn = page.locator(".turn.last:not(.pending)", has=page.locator(".mine", has_text=text))
    expect(turn.locator(".thumb.up")).to_be_visible()


def last(page: Page) -> Locator:
    """The last turn."""
    return page.locator(".turn").last


def words(page: Page) -> Locator:
    """The words of the last reply."""
    return last(page).locator(".words")


def lines(page: Page) -> list[str]:
    """Every line of the player's on screen."""
    return [text for text in page.locator(".mine").all_text_contents() if text]


def session_id(page: Page) -> str:
    """Which session the address names."""
    found = re.search(r"session=(\w+)", page.url)
    assert found is not None
    return found[1]


def turn(page: Page, text: str) -> Locator:
    """The turn in which the player said this."""
    return page.locator(".turn:not(.pending)", has=page.locator(".mine", has_text=text))


def choose(page: Page, where: Locator, label: str) -> None:
    """Open the menu of a turn and choose from it."""
    where.hover()
    where.get_by_role("button", name="More for this turn").click()
    page.get_by_role("menu").get_by_role("menuitem", name=label).click()


def taken(page: Page) -> Locator:
    """The strip that says how many turns were taken back."""
    return page.locator(".foot .taken")


def heard(page: Page, sentence: str) -> None:
    """Wait until a sentence was told to those who listen instead of looking, once."""
    expect(page.locator(".said p").filter(has_text=re.compile(f"^{re.escape(sentence)}$"))).to_have_count(1)
