"""Intake: a picture that a person gives us, checked before it is decoded and written anew without its metadata."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from PIL import Image, ImageOps

from engine.errors import BadPicture
from engine.images.encode import opened, webp
from engine.images.header import Header, Kind, read_header

BYTES_LIMIT = 10 * 1024 * 1024
PIXELS_LIMIT = 16_000_000
LONGEST_SIDE = 2_048


@dataclass(frozen=True, slots=True)
class Accepted:
    """A picture made safe: WebP bytes, their hash, the size in pixels, and what kind of file it came as."""

    webp: bytes
    sha256: str
    width: int
    height: int
    came_as: Kind


def read_upload(data: bytes) -> Accepted:
    """Check, decode in full and encode again a PNG, JPEG or WebP of at most 10 MB and 16 megapixels.

    Turned upright as its EXIF says; metadata and anything that followed the picture are gone; sides over 2,048 pixels
    are scaled down, because no camera that takes a reference reads more. Of a JPEG with several pictures (phones
    append depth and gain maps) the first is taken. Raises BadPicture with a sentence for the person.
    """
    if len(data) > BYTES_LIMIT:
        raise BadPicture("This picture is too large: at most 10 MB, please.")
    header = read_header(data)
    if header.width * header.height > PIXELS_LIMIT:
        size = f"{header.width:,} by {header.height:,} pixels"
        raise BadPicture(f"This picture has too many pixels ({size}): at most 16 million, please.")
    picture = _decoded(data, header)
    encoded = webp(picture)
    return Accepted(encoded, hashlib.sha256(encoded).hexdigest(), picture.width, picture.height, header.kind)


def _decoded(data: bytes, header: Header) -> Image.Image:
    """The decoded picture, upright and not larger than needed. Raises BadPicture."""
    try:
        picture = opened(data, (header.kind,), (header.width, header.height))
        orientation = picture.getexif().get(_ORIENTATION, 1)
        mode = "RGBA" if picture.has_transparency_data else "RGB"
        plain = picture if picture.mode == mode else picture.convert(mode)  # a needless copy would be 64 MB
        plain.info.clear()
        return _upright(_smaller(plain), orientation)
    except Exception as error:  # a decoder fails in many ways on hostile bytes, and each means the same
        raise BadPicture("This picture is broken or cut off: save it again and try once more.") from error


def _smaller(picture: Image.Image) -> Image.Image:
    """The picture with sides of at most 2,048. One with transparency is divided by a whole number: that copies less."""
    longest = max(picture.size)
    if longest <= LONGEST_SIDE:
        return picture
    if picture.mode == "RGBA":
        return picture.reduce(-(-longest // LONGEST_SIDE))
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return picture


_ORIENTATION = 0x0112


def _upright(picture: Image.Image, orientation: object) -> Image.Image:
    exif = Image.Exif()
    exif[_ORIENTATION] = orientation if orientation in range(1, 9) else 1
    picture.info["exif"] = exif.tobytes()
    turned = ImageOps.exif_transpose(picture)
    turned.info.clear()
    return turned
