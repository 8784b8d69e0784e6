"""SVG parts: read from the painter's folder, their slots filled with checked values, rendered to pixels."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import resvg_py
from PIL import Image

from engine.errors import SettingsProblem

BOARD = 1024
"""Parts of people and rooms are drawn on a board of this many units, square."""
PROP_BOARD = 200

_SLOT = re.compile(r"\{([a-z_]+)\}")
_SAFE = re.compile(r"#[0-9a-f]{6}|-?\d{1,5}(?:\.\d{1,4})?")
_DRAWING = re.compile(r"\A\s*<svg\b[^>]*>(.*)</svg>\s*\Z", re.DOTALL)


@lru_cache(maxsize=256)
def part(folder: Path, name: str) -> str:
    """The drawing inside `parts/{name}.svg`, slots unfilled. Raises SettingsProblem when it is missing or no SVG."""
    path = folder / "parts" / f"{name}.svg"
    try:
        found = _DRAWING.match(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsProblem(f"The painter's part {path} cannot be read: {error}.") from error
    if found is None:
        raise SettingsProblem(f"The painter's part {path} is not an SVG drawing.")
    return found[1]


def fill(drawing: str, slots: Mapping[str, str]) -> str:
    """`drawing` with each `{slot}` replaced. Values are colours or numbers only, so no words can become markup.

    Raises SettingsProblem for a slot that nobody fills or a value of another kind.
    """

    def value(found: re.Match[str]) -> str:
        filled = slots.get(found[1], "")
        if not _SAFE.fullmatch(filled):
            raise SettingsProblem(f"The painter has no colour or number for the slot {{{found[1]}}}.")
        return filled

    return _SLOT.sub(value, drawing)


def render(drawing: str, size: int) -> Image.Image:
    """A drawing on the board as RGBA of `size` x `size` pixels. Raises SettingsProblem when it is broken SVG."""
    document = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {BOARD} {BOARD}">{drawing}</svg>'
    try:
        png = resvg_py.svg_to_bytes(svg_string=document, width=size, height=size, skip_system_fonts=True)
    except ValueError as error:
        raise SettingsProblem(f"One of the painter's parts is broken: {error}.") from error
    return Image.open(io.BytesIO(png), formats=["PNG"]).convert("RGBA")
