"""The Studio under test: its engine on a copy of the tiny story, and its screens run without a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.wiring import Engine, open_engine
from tests.browsing import chromium
from tests.conftest import quiet
from tests.studio_app.seats import told

APP = Path(__file__).resolve().parents[2] / "studio_app" / "app.py"
At = Callable[..., AppTest]
__all__ = ["chromium"]


@pytest.fixture
def studio(told_home: Path, tmp_path: Path) -> Iterator[Engine]:
    """An open engine with the tiny story published, on SQLite."""
    with told(told_home, tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def bare_studio(tmp_path: Path) -> Iterator[Engine]:
    """An open engine in which nothing was ever written."""
    with open_engine(quiet(tmp_path / "bare", "")) as opened:
        yield opened


@pytest.fixture
def at() -> At:
    """Opens a screen as a browser tab does: `at("world", id=…)`. Each call is a new tab, or a reload."""
    return open_screen


def open_screen(screen: str, **query: str) -> AppTest:
    """A screen of the Studio, run once with this query."""
    tab = AppTest.from_file(APP, default_timeout=20)
    for name, value in query.items():
        tab.query_params[name] = value
    if screen != "desk":
        tab.switch_page(f"screens/{screen}.py")
    return tab.run()


def typed(tab: AppTest, key: str, value: object) -> AppTest:
    """The tab after something was typed into a field and the whole screen was drawn again.

    A change runs only the fragments that watch the form, and then a tab under test holds nothing else.
    """
    fields = [*tab.text_input, *tab.text_area, *tab.selectbox, *tab.toggle, *tab.number_input]
    next(one for one in fields if one.key == key).set_value(value)  # pyright: ignore[reportArgumentType]
    return tab.run().run()


def texts(tab: AppTest) -> list[str]:
    """Every inert text of a screen."""
    return [one.value for one in tab.text]


def marked(tab: AppTest) -> str:
    """Everything on a screen that is read as Markdown."""
    kinds = (tab.title, tab.header, tab.subheader, tab.markdown, tab.caption, tab.info, tab.warning, tab.error)
    links = [str(one.proto.label) for one in tab.get("page_link")]  # pyright: ignore[reportAttributeAccessIssue]
    return "\n".join([*(one.value for kind in kinds for one in kind), *links])


def one(told: str | list[str]) -> str:
    """A value of the address, which a tab under test holds alone or as a list of one."""
    return told if isinstance(told, str) else told[0]
