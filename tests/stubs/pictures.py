"""Pictures for the painter's stub: flat shapes that the words and the seed decide, and the anchor in a corner."""

from __future__ import annotations

import base64
import hashlib
import io
import math
import textwrap

from PIL import Image, ImageDraw, UnidentifiedImageError

STEP = 16
"""Sides are multiples of this."""
KINDS = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
"""File endings and what they are."""


def anchor(address: str) -> Image.Image | None:
    """The picture inside a data URI; None where it is an address elsewhere, or no picture."""
    if not address.startswith("data:image/"):
        return None
    try:
        found = Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2])))
        return found.convert("RGB")
    except (ValueError, OSError, UnidentifiedImageError):
        return None


def size(aspect: str, megapixels: float, shown: Image.Image | None) -> tuple[int, int]:
    """Width and height in pixels for an aspect such as `16:9`; any other word means that of the anchor."""
    wide, _, high = aspect.partition(":")
    ratio = int(wide) / int(high) if high else shown.width / shown.height if shown else 1.0
    area = megapixels * 1024 * 1024
    return tuple(max(STEP, round(side / STEP) * STEP) for side in (math.sqrt(area * ratio), math.sqrt(area / ratio)))  # pyright: ignore[reportReturnType]


def draw(words: str, seed: object, extent: tuple[int, int], shown: Image.Image | None) -> Image.Image:
    """A picture; equal words, seed and extent give the same one."""
    dice = hashlib.sha256(f"{seed}|{words}".encode()).digest()
    width, height = extent
    picture = Image.new("RGB", extent, (dice[0] // 2 + 64, dice[1] // 2 + 64, dice[2] // 2 + 64))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, height * 2 // 3, width, height), fill=(dice[3] // 2, dice[4] // 2, dice[5] // 2))
    for place in range(6, 24, 6):
        x, y, radius = (
            dice[place] * width // 255,
            dice[place + 1] * height // 255,
            20 + dice[place + 2] * height // 1200,
        )
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=tuple(dice[place + 3 : place + 6]))
    pen.multiline_text(
        (12, 12), "\n".join(textwrap.wrap(words, 60)[:4]), fill="white", stroke_width=2, stroke_fill="black"
    )
    if shown is not None:
        small = shown.copy()
        small.thumbnail((width // 3, height // 3))
        picture.paste(small, (width - small.width - 12, height - small.height - 12))
    return picture


def encode(picture: Image.Image, ending: str) -> bytes:
    """The picture as a file of this kind."""
    out = io.BytesIO()
    picture.save(out, format={"jpg": "JPEG"}.get(ending, ending.upper()))
    return out.getvalue()
