"""Decoding and encoding: every stored picture is WebP, quality 80 with method 2 (`images.md`, section 9)."""

from __future__ import annotations

import io

from PIL import Image

QUALITY = 80
METHOD = 2
_DEEP = 256


def opened(data: bytes, kinds: tuple[str, ...], size: tuple[int, int]) -> Image.Image:
    """The picture decoded in full, if it is of one of `kinds` and has exactly `size` (width, height) in pixels.

    Raises whatever the decoder raises; the caller turns that into a sentence.
    """
    picture = Image.open(io.BytesIO(data), formats=list(kinds))
    if picture.size != size:  # nothing is decoded yet: a second header cannot smuggle in another size
        raise ValueError(f"the file says {size} at first and {picture.size} later")
    picture.load()
    return picture if not picture.mode.startswith("I") else picture.point(lambda value: value / _DEEP).convert("L")


def webp(picture: Image.Image, *, lossless: bool = False) -> bytes:
    """The picture as WebP without metadata; `lossless` keeps every pixel, for masks."""
    plain = picture if picture.mode in ("RGB", "RGBA") else picture.convert("RGB")
    out = io.BytesIO()
    plain.save(out, "WEBP", quality=QUALITY, method=METHOD, lossless=lossless, exif=b"", icc_profile=b"", xmp=b"")
    return out.getvalue()
