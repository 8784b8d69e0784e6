"""One look for both apps: the Studio's theme repeats the house's colours and type exactly."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOUSE = (ROOT / "engine/web/front/house.css").read_text()
THEME = tomllib.loads((ROOT / "studio_app/.streamlit/config.toml").read_text())["theme"]
SAME = {
    "primaryColor": "light",
    "backgroundColor": "ground",
    "textColor": "ink",
    "linkColor": "light",
    "borderColor": "line",
}


def _colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))


def test_the_studio_has_the_colours_of_the_house_by_day_and_by_night() -> None:
    day, _, night = HOUSE.partition("@media (prefers-color-scheme: dark)")
    for name, block in (("light", day), ("dark", night)):
        colours = _colours(block)
        assert {key: THEME[name][key] for key in SAME} == {key: colours[value] for key, value in SAME.items()}


def test_the_studio_has_the_type_of_the_house() -> None:
    families = set(re.findall(r'font-family: "([^"]+)"', HOUSE))
    assert {face["family"] for face in THEME["fontFaces"]} == families
    assert THEME["headingFont"].startswith("Newsreader")
    assert THEME["font"].startswith("Instrument Sans")
