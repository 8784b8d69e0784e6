"""What a picture file says of itself before anything is decoded: kind, size, frames, and whether its end is there."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from engine.errors import BadPicture

Kind = Literal["PNG", "JPEG", "WEBP"]
_PNG = b"\x89PNG\r\n\x1a\n"
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_SOF = frozenset({*range(0xC0, 0xD0)}) - {0xC4, 0xC8, 0xCC}
_MARK = 0xFF
_SOS = 0xDA
_ANIMATED = 0x02
_BROKEN = "This picture is broken or cut off: save it again and try once more."
_MOVING = "This picture has more than one frame: choose one that stands still."
_KINDS = "This is not a PNG, JPEG or WebP picture."


@dataclass(frozen=True, slots=True)
class Header:
    """Kind and size in pixels, as the file's own header states them."""

    kind: Kind
    width: int
    height: int


def read_header(data: bytes) -> Header:
    """The header of a PNG, JPEG or WebP, read from its bytes alone; no picture library is involved.

    Raises BadPicture for another kind, an animation, or a file whose structure is broken or ends too early.
    """
    reader = _reader(data)
    try:
        header = reader(data)
    except (IndexError, struct.error) as error:
        raise BadPicture(_BROKEN) from error
    if header.width < 1 or header.height < 1:
        raise BadPicture(_BROKEN)
    return header


def _reader(data: bytes) -> Callable[[bytes], Header]:
    if data.startswith(_PNG):
        return _png
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp
    raise BadPicture(_KINDS)


def _png(data: bytes) -> Header:
    """Walk every chunk up to IEND with its checksum; one IHDR, first; no animation control."""
    size: tuple[int, int] | None = None
    at, ended = len(_PNG), False
    while not ended:
        length, name = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack_from(">I", data, at + 8 + length)
        if (
            len(body) != length
            or zlib.crc32(body, zlib.crc32(name)) != checksum
            or (name == b"IHDR") is not (size is None)
        ):
            raise BadPicture(_BROKEN)
        if name == b"IHDR":
            size = struct.unpack_from(">II", body)
        if name in (b"acTL", b"fcTL", b"fdAT"):
            raise BadPicture(_MOVING)
        at, ended = at + 12 + length, name == b"IEND"
    width, height = size or (0, 0)
    return Header("PNG", width, height)


def _jpeg(data: bytes) -> Header:
    """Walk the segments to the first scan; an end marker must follow it. A second size is refused."""
    size: tuple[int, int] | None = None
    at = 2
    while True:
        while data[at] == data[at + 1] == _MARK:  # fill bytes may stand before any marker
            at += 1
        marker = data[at + 1]
        if data[at] != _MARK or (marker in _SOF and size is not None):
            raise BadPicture(_BROKEN)
        if marker == _SOS:
            break
        if marker in _SOF:
            height, width = struct.unpack_from(">HH", data, at + 5)
            size = (width, height)
        at += 2 if marker in _STANDALONE else 2 + struct.unpack_from(">H", data, at + 2)[0]
    if size is None or data.find(b"\xff\xd9", at) < 0:
        raise BadPicture(_BROKEN)
    return Header("JPEG", *size)


def _webp(data: bytes) -> Header:
    """Read the first chunk (VP8, VP8L or VP8X); the whole of what RIFF announces must be there."""
    (length,) = struct.unpack_from("<I", data, 4)
    if length + 8 > len(data):
        raise BadPicture(_BROKEN)
    first, body = data[12:16], data[20:30]
    if first == b"VP8X":
        if body[0] & _ANIMATED:
            raise BadPicture(_MOVING)
        return Header("WEBP", 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little"))
    if first == b"VP8L":
        (bits,) = struct.unpack_from("<I", body, 1)
        return Header("WEBP", 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if first == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", body, 6)
        return Header("WEBP", width & 0x3FFF, height & 0x3FFF)
    raise BadPicture(_BROKEN)
