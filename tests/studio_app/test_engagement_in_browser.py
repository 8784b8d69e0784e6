"""Engagement in a browser: what is chosen is kept over a reload, and no file leaves but our own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browsing import new_person, site_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.web.visiting import Site


@pytest.fixture(scope="module")
def site(told_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with the tiny story and demo data."""
    with site_of(told_home, tmp_path_factory.mktemp("figures")) as running:
        running.engine.analytics.demo.fill(days=14, players=8)
        yield running


def sessions(page: Page) -> str:
    """The figure Sessions."""
    value = page.locator("[data-testid=stMetricValue]").nth(1)
    expect(value).to_be_visible()
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    return value.inner_text()


def test_days_and_whose_play_are_kept_over_a_reload(chromium: Browser, site: Site) -> None:
    page = new_person(chromium, site, "Lea")
    today = datetime.now(UTC).date()
    page.goto(f"/studio/engagement?days={today - timedelta(days=9)}&days={today - timedelta(days=4)}")
    few = sessions(page)
    page.get_by_role("radio", name="Real play").click()
    page.wait_for_url("**whose=real**")
    page.get_by_role("radio", name="Demo data").click()
    page.wait_for_url("**whose=demo**")
    expect(page.locator("[data-testid=stAlert]")).to_contain_text("This is demo data")
    page.reload()
    assert sessions(page) == few
    expect(page.get_by_role("radio", name="Demo data")).to_be_checked()
    page.goto("/studio/engagement?whose=demo")
    assert int(sessions(page)) > int(few)


def test_a_tables_own_unguarded_file_is_not_offered(chromium: Browser, site: Site) -> None:
    page = new_person(chromium, site, "Lev")
    page.goto("/studio/engagement")
    sessions(page)
    page.locator("[data-testid=stDataFrame]").first.hover()
    expect(page.get_by_label("Search").first).to_be_visible()
    expect(page.get_by_label("Download as CSV")).to_be_hidden()
