"""A browser for tests: people who walk through the front door, and every request that left this machine.

Import what you need in a folder's conftest.py: `from tests.browsing import chromium`.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import pytest
from playwright.sync_api import expect, sync_playwright

from engine.wiring import open_engine
from tests.conftest import quiet
from tests.web.visiting import Site, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from engine.providers.images import Camera
    from engine.providers.llm import Actor

HEIGHTS = {1440: 900, 390: 844}
HERE = re.compile(r"(https?|wss?)://127\.0\.0\.1(:\d+)?/|data:|blob:|about:")
PATIENCE = 30_000
"""Milliseconds that a page may take for what a test waits for, on a machine that does much else."""
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_left: WeakKeyDictionary[BrowserContext, list[str]] = WeakKeyDictionary()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser; skips with a reason where there is none.

    It lives for one module: while it is open, its thread has a running event loop, and `asyncio.run` would fail there.
    """
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=list(_FLAGS))
        expect.set_options(timeout=PATIENCE)
        yield browser
        browser.close()


@contextlib.contextmanager
def site_of(
    told: Path, home: Path, *, actor: Actor | None = None, camera: Camera | None = None, **changes: object
) -> Generator[Site]:
    """A real server with both apps on a copy of a told home; `changes` are settings such as `actor_delay`."""
    shutil.copytree(told, home, dirs_exist_ok=True)
    settings = quiet(home, "", **changes)
    with open_engine(settings, actor=actor, camera=camera) as engine, running(engine, faces=True) as site:
        yield site


def new_person(browser: Browser, site: Site, name: str, width: int = 1440, *, dark: bool = False) -> Page:
    """A page of somebody new who has said their name at the front door, in a browser of their own."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS.get(width, 900)},
        color_scheme="dark" if dark else "light",
        base_url=site.url,
        has_touch=width < 600,
    )
    context.set_default_timeout(PATIENCE)
    watch(context)
    page = context.new_page()
    page.goto("/hello?next=/")
    page.fill("input[name=name]", name)
    page.check("input[name=adult]")
    page.click("button")
    page.wait_for_url(f"{site.url}/")
    return page


def watch(context: BrowserContext) -> None:
    """Write down every request of a context that leaves this machine."""
    left = _left.setdefault(context, [])
    context.on("request", lambda request: None if HERE.match(request.url) else left.append(request.url))


def outside(page: Page) -> list[str]:
    """The addresses outside this machine that this person's browser asked for."""
    return _left[page.context]
