"""Two voices in a browser: words come while they speak, two clicks ask once, and a reload loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browsing import new_person, outside, site_of
from tests.stubs import Stubs, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.web.visiting import Site

NASTY = "*leans in* <img src=http://evil.example/x.png> ![i](http://evil.example/y.png)"
WORDS = 60


@pytest.fixture(scope="module")
def stubs() -> Iterator[Stubs]:
    """Servers that speak the providers' wire formats, a word at a time."""
    with serving() as running:
        running.pause = 0.1
        running.says = lambda provider, _line: f"{NASTY} {provider} " + " ".join(["word"] * WORDS)
        yield running


@pytest.fixture(scope="module")
def site(told_home: Path, stubs: Stubs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with the tiny story, acted by Claude and Gemini."""
    home, key = tmp_path_factory.mktemp("voices"), stubs.key
    claude, gemini = stubs.claude, stubs.gemini
    with site_of(told_home, home, claude_key=key, claude_url=claude, gemini_key=key, gemini_url=gemini) as running:
        for member in running.engine.voices.members:
            member.voice.warm()
        yield running


def test_two_voices_speak_at_once_and_a_reload_finds_both_replies_whole(
    chromium: Browser, site: Site, stubs: Stubs
) -> None:
    page = new_person(chromium, site, "Ana")
    page.goto(f"/studio/voices?id={site.engine.characters.get('mara-voss').id}")
    page.get_by_label("What you say after the opening line").fill("Who took the ledger?")
    page.locator(".st-key-voices_hear button").dblclick()
    sides = [page.locator(f".st-key-voices_side_{place}") for place in (0, 1)]
    for side in sides:
        expect(side.locator(".speaking .reply")).to_contain_text("word")
    page.reload()
    for side, name in zip(sides, ("gemini", "claude"), strict=True):
        expect(side.get_by_text("Came to its end")).to_be_visible()
        expect(side.locator(".reply .act")).to_have_text("leans in")
        expect(side.locator(".reply")).to_contain_text(f"{NASTY.partition('* ')[2]} {name} word")
    expect(page.locator(".st-key-voices_hear button")).to_be_enabled()
    assert sorted(call.provider for call in stubs.calls) == ["claude", "gemini"]
    assert outside(page) == []
    page.context.close()
