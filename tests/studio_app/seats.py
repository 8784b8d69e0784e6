"""Seats before the Studio's screens: opening one, and reading what it says."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Generator
from pathlib import Path

from streamlit.testing.v1 import AppTest

from engine.providers.images import Camera
from engine.wiring import Engine, open_engine
from tests.conftest import quiet

APP = Path(__file__).resolve().parents[2] / "studio_app" / "app.py"
HOSTILE = "<img src=x onerror=alert(1)> **b** [l](http://evil.example) :red[r] $x$ ![i](http://evil.example/a.png)"
"""Words that would be a picture, a link, a colour and a formula, were they read as anything but words."""


MARA = "mara-voss"


def mara(engine: Engine) -> str:
    """The id of the tiny story's character."""
    return engine.characters.get(MARA).id


@contextlib.contextmanager
def told(told_home: Path, home: Path, camera: Camera | None = None, **changes: object) -> Generator[Engine]:
    """An engine on a copy of the home with the tiny story."""
    shutil.copytree(told_home, home)
    with open_engine(quiet(home, "", **changes), camera=camera) as engine:
        yield engine


def seat(screen: str, **query: str) -> AppTest:
    """A screen of the Studio, as its address opens it."""
    app = AppTest.from_file(str(APP), default_timeout=30)
    for key, value in query.items():
        app.query_params[key] = value
    return again(app.switch_page(f"screens/{screen}.py"))


def again(app: AppTest) -> AppTest:
    """One more run of the screen; nothing of it may break."""
    app.run()
    assert not app.exception, app.exception
    return app


def press(app: AppTest, key: str) -> AppTest:
    """Press a button."""
    app.button(key=key).click()
    return again(app)


def keys(app: AppTest) -> set[str]:
    """The keys of the buttons on the screen."""
    return {one.key for one in app.button if one.key}


def words(app: AppTest) -> str:
    """Everything that the screen says in its own elements, as it is read."""
    return re.sub(r"\\(.)", r"\1", "\n".join([_marked(app), *(str(one.value) for one in app.text)]))


def links(app: AppTest) -> dict[str, str]:
    """Where the screen's links lead, by their words."""
    ways = [one.proto for one in app.get("page_link")]  # pyright: ignore[reportAttributeAccessIssue]
    return {one.label.replace("\\", ""): f"{one.page}?{one.query_string}" for one in ways}


def is_tame(app: AppTest) -> bool:
    """Whether nothing typed would be read as markup where Markdown is read: labels, captions, sentences."""
    labels = [one.label for one in app.button]
    labels += [one.proto.label for one in app.get("page_link")]  # pyright: ignore[reportAttributeAccessIssue]
    read = "\n".join([_marked(app), *labels])
    return re.search(r"(?<!\\)(?:<|\]\(|:red|\$x|!\[)", read) is None


def _marked(app: AppTest) -> str:
    kinds = (
        app.markdown,
        app.caption,
        app.info,
        app.error,
        app.success,
        app.warning,
        app.title,
        app.header,
        app.subheader,
    )
    return "\n".join(str(one.value) for kind in kinds for one in kind)


def spoken(app: AppTest) -> list[dict[str, object]]:
    """The turns that the conversation component shows."""
    found: list[dict[str, object]] = []
    for one in app.get("bidi_component"):
        data = json.loads(one.proto.json or "{}")  # pyright: ignore[reportAttributeAccessIssue]
        found.extend(data.get("turns", []))
    return found


def query(app: AppTest, name: str) -> str:
    """What the address says now."""
    value = app.query_params.get(name, "")
    return value if isinstance(value, str) else value[0]
