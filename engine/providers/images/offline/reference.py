"""The person in a reference picture: cut out by its mask, or feathered when there is none. Pixels, never words."""

from __future__ import annotations

import io
from functools import lru_cache

import numpy as np
from PIL import Image, ImageChops, ImageFilter, ImageOps

from engine.errors import ProviderRefused
from engine.providers.images import Reference
from engine.providers.images.offline.light import grid, picture
from engine.providers.images.offline.parts import BOARD

_MOST_PIXELS = 16_000_000
_HEAD_HIGH = 0.04
"""Tall pictures lose their foot, not the head."""


def opened(raw: bytes) -> Image.Image:
    """A PNG, JPEG or WebP picture, fully decoded. Raises ProviderRefused when it is broken, too large or neither."""
    try:
        with Image.open(io.BytesIO(raw), formats=["PNG", "JPEG", "WEBP"]) as image:
            if image.width * image.height > _MOST_PIXELS:
                raise ProviderRefused("The reference picture is too large to draw from.")
            image.load()
            return image.convert("RGBA") if image.has_transparency_data else image.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ProviderRefused("The reference picture cannot be read.", detail=str(error)) from error


@lru_cache(maxsize=6)
def figure_of(reference: Reference, size: int) -> Image.Image:
    """The person as RGBA of `size` x `size`, standing on the lower edge. Raises ProviderRefused for broken bytes.

    Shared: copy before changing.
    """
    image = opened(reference.image)
    if reference.mask is None:
        return _feathered(image, size)
    mask = opened(reference.mask).convert("L").resize(image.size, Image.Resampling.BILINEAR)
    return _standing(_cut_out(image.convert("RGB"), mask), size)


def _cut_out(image: Image.Image, mask: Image.Image) -> Image.Image:
    """The figure without a halo: at its soft edge the colours of its inside are carried outward."""
    inside = mask.point([0 if value < 250 else 255 for value in range(256)])  # noqa: PLR2004
    reach = max(1, image.width // 200)
    weight = np.asarray(inside.filter(ImageFilter.BoxBlur(reach)), dtype=np.float32)[:, :, None]
    black = Image.composite(image, Image.new("RGB", image.size), inside)
    spread = np.asarray(black.filter(ImageFilter.BoxBlur(reach)), dtype=np.float32) * 255 / np.maximum(weight, 1)
    outward = Image.fromarray(np.clip(spread, 0, 255).astype(np.uint8))
    whole = Image.composite(image, outward, inside)
    whole.putalpha(mask)
    return whole


def _standing(figure: Image.Image, size: int) -> Image.Image:
    """The figure on a square board, as high as the board or as wide, on its lower edge."""
    if figure.size == (size, size):
        return figure
    fitted = ImageOps.contain(figure, (size, size), Image.Resampling.LANCZOS)
    board = Image.new("RGBA", (size, size))
    board.paste(fitted, ((size - fitted.width) // 2, size - fitted.height))
    return board


def _feathered(image: Image.Image, size: int) -> Image.Image:
    """An uploaded picture with soft borders: an oval above, straight down below."""
    square = ImageOps.fit(image, (size, size), Image.Resampling.LANCZOS, centering=(0.5, _HEAD_HIGH))
    own = square.getchannel("A") if square.mode == "RGBA" else Image.new("L", (size, size), 255)
    x, y = grid(max(8, size // 4))
    across, down = (x - BOARD / 2) / (BOARD * 0.46), np.clip((BOARD * 0.52 - y) / (BOARD * 0.57), 0, None)
    away = (np.abs(across) ** 2.6 + down**2.6) ** (1 / 2.6)
    soft = np.clip((1.0 - away) / 0.2, 0, 1)
    square = square.convert("RGB")
    square.putalpha(ImageChops.multiply(own, picture((soft * soft * (3 - 2 * soft)).astype(np.float32), size)))
    return square
