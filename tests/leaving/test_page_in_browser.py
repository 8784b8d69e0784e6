"""The page on which one takes one's data along and is erased, in a browser."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from engine.wiring import open_engine
from tests import tiny
from tests.browsing import new_person, outside
from tests.conftest import quiet
from tests.leaving.lives import PATIENCE, left_of
from tests.web.visiting import Site, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with the tiny story, without the two apps."""
    with open_engine(quiet(tmp_path_factory.mktemp("leaving") / "home", "")) as engine, running(engine) as one:
        tiny.publish(engine)
        yield one


@pytest.mark.parametrize(("width", "light"), [(1440, "day"), (390, "night")])
def test_somebody_takes_their_data_along_mistypes_their_name_and_is_erased(
    chromium: Browser, site: Site, width: int, light: str
) -> None:
    page = new_person(chromium, site, "Ana Lindqvist", width, dark=light == "night")
    (known,) = site.engine.people.called("Ana Lindqvist")
    site.engine.play.start(known.id, tiny.FIRST)
    assert site.engine.work.drain(PATIENCE)
    page.goto("/me")
    with page.expect_download() as coming:
        page.get_by_role("link", name="Take my data").click()
    with zipfile.ZipFile(coming.value.path()) as bundle:
        assert bundle.testzip() is None
    box = page.get_by_label("Type your name to be sure")
    box.fill("Ana")
    page.get_by_role("button", name="Erase me").click()
    assert page.get_by_role("alert").inner_text() == "That is not your name as you are called here. Nothing was erased."
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box.fill("ana lindqvist")
    page.get_by_role("button", name="Erase me").press("Enter")
    page.get_by_text("nothing of yours is kept").wait_for()
    page.goto("/play/")
    assert page.url.startswith(f"{site.url}/hello")
    assert left_of(site.engine, known.id) == []
    assert outside(page) == []
