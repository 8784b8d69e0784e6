"""What a writer does in the Studio, in a browser of either width."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
LONG = 30_000
"""Milliseconds for what draws pictures or opens a screen for the first time."""

WORLD = {
    "Name": "Lantern Row",
    "Tone": "warm rooms, wet streets",
    "Description": "A street of repair shops that stay open until the last tram.",
    "Ambient scenes": "a narrow repair shop with one green lamp\nthe tram stop in the rain",
}
CHARACTER = {
    "Name": "Odile Marsh",
    "Archetype": "a clock mender who keeps other people's hours",
    "Personality": "patient: waits out every silence\nwry: jokes when it gets close",
    "Tone": "register: low and warm",
    "Speech patterns": "sentences: short\nhabit: answers a question with a smaller one",
    "Backstory": "She stopped one clock for somebody who never came back for it.",
    "Current stressor": "The lease of the shop ends on Friday.",
    "Likes": "brass\nrain on the awning",
    "Dislikes": "alarm tones",
    "What never happens, whatever is said": "cruelty: nobody is mocked",
    "Key features": "a silver loupe on a cord",
    "Called, in pictures": "clock mender",
}
KIT = {"Appearance": "short auburn hair, brown eyes, freckled skin, grey apron over a white shirt"}
FIRST = {
    "Title": "The Stopped Clock",
    "Situation": "It is after closing. You bring a clock that stopped, and she knows its face.",
    "Stage direction": "A repair shop after hours. Rain, one green lamp, forty clocks that disagree.",
    "Opening line": "*She turns the clock over without asking.* We are closed. Who gave you this?",
    "Dramatic question": "Will she say for whom she stopped the clock?",
    "Starter lines": "It was on my step.\nYou know it.\nCan it be mended?",
    "Resolution 1": "She winds the clock and gives you its key.",
}
SECOND = {
    "Title": "The Spare Key",
    "Situation": "The next evening. The key fits more than the clock.",
    "Stage direction": "The same shop. The lamp is lit already, and there are two cups.",
    "Opening line": "*She pushes a cup across the counter.* You came back. Sit, before I change my mind.",
    "Dramatic question": "Will she show you the locked drawer?",
    "Resolution 1": "She opens the drawer and lets you read.",
}


def opened(page: Page, address: str) -> None:
    """Open a screen and wait until its script has run."""
    page.goto(address)
    page.wait_for_selector(IDLE, timeout=LONG)


def written(page: Page, fields: Mapping[str, str]) -> None:
    """Fill fields by their labels; each is left, so that it is committed."""
    for label, text in fields.items():
        field = page.get_by_label(label, exact=True).first
        field.fill(text)
        field.press("Tab")
    page.wait_for_selector(IDLE)


def saved(page: Page) -> str:
    """Press Save and wait until it is: the id that the address names."""
    page.locator(".st-key-save button").click()
    expect(page.locator(".st-key-save_said")).to_have_text("Saved")
    return parse_qs(urlsplit(page.url).query)["id"][0]


def chosen(page: Page, label: str, option: str) -> None:
    """Choose one of a list; a list that a late answer closed under the hand is opened again."""
    shut = page.get_by_role("combobox", name=re.compile(re.escape(label))).first
    wanted = page.get_by_role("option", name=option, exact=True)
    for _ in range(9):
        shut.click()
        with suppress(PlaywrightTimeout):
            wanted.click(timeout=3_000)
            break
    expect(shut).to_have_value(option)
    page.wait_for_selector(IDLE)


def world(page: Page) -> str:
    """Make a world: its id. A reload in between keeps every word."""
    opened(page, "/studio/world")
    written(page, WORLD)
    page.reload()
    expect(page.get_by_label("Name", exact=True)).to_have_value(WORLD["Name"], timeout=LONG)
    return saved(page)


def character(page: Page, world_id: str) -> str:
    """Make a character and see its prompt grow beside the form: its id."""
    opened(page, f"/studio/character?world={world_id}")
    written(page, CHARACTER)
    chosen(page, "Age range", "30s")
    page.get_by_text("This character is an adult").click()
    page.wait_for_selector(IDLE)
    prompt = page.locator(".st-key-live_prompt, .st-key-pane_read, .st-key-away_read").first
    expect(prompt).to_contain_text("She stopped one clock")
    return saved(page)


def looks(page: Page, character_id: str) -> None:
    """Say how the character looks, have four faces drawn, and keep one."""
    opened(page, f"/studio/looks?id={character_id}")
    written(page, KIT)
    saved(page)
    page.locator(".st-key-anchors_draw button").click()
    faces = page.get_by_role("button", name="Use this face")
    expect(faces).to_have_count(4, timeout=60_000)
    faces.first.click()
    expect(page.get_by_text("Face in use")).to_be_visible(timeout=LONG)
    expect(faces).to_have_count(3)


def episode(page: Page, character_id: str, fields: Mapping[str, str], turns: int) -> None:
    """Write an episode after those that are there."""
    opened(page, f"/studio/episodes?id={character_id}")
    page.get_by_role("button", name="New episode").click()
    page.locator("input[aria-label=Title][value='']").wait_for()
    page.wait_for_selector(IDLE)
    expect(page.get_by_label("Title", exact=True)).to_have_count(1)  # the form before it is gone
    written(page, {**fields, "Turn budget": str(turns)})
    saved(page)


def rehearsal(page: Page, character_id: str, line: str, *, narrow: bool) -> None:
    """Rehearse the first episode with one line, and find it all after a reload in the middle of the reply."""
    opened(page, f"/studio/episodes?id={character_id}")
    if narrow:
        page.get_by_role("radio", name="Rehearse").click()
    page.get_by_role("button", name="Begin the rehearsal").click()
    box = page.get_by_placeholder(re.compile("Say something to"))
    box.fill(line)
    box.press("Enter")
    said = page.locator(".st-key-rehearsal_talk").get_by_text(line).first
    expect(said).to_be_visible(timeout=LONG)
    page.reload()
    page.wait_for_selector(IDLE, timeout=LONG)
    if narrow:
        page.get_by_role("radio", name="Rehearse").click()
    expect(said).to_be_visible(timeout=LONG)
    expect(page.get_by_role("button", name="Another take")).to_be_visible(timeout=LONG)


def published(page: Page, character_id: str) -> None:
    """Publish the draft as release 1."""
    opened(page, f"/studio/releases?id={character_id}")
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Publish as release 1").click()
    expect(page.get_by_text("Release 1 is live").first).to_be_visible(timeout=LONG)
