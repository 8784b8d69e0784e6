"""Picture files for tests: honest ones, and ones that lie about themselves."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

PNG = b"\x89PNG\r\n\x1a\n"


def image(width: int = 96, height: int = 64, mode: str = "RGB") -> Image.Image:
    """A gradient, so that a lossy encoder has something to do."""
    flat = Image.linear_gradient("L").resize((width, height))
    return flat if mode == "L" else Image.merge("RGB", (flat, flat.rotate(180), flat)).convert(mode)


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    """The picture as a file of that kind."""
    out = io.BytesIO()
    picture.save(out, kind, **options)  # pyright: ignore[reportArgumentType]  (the encoder's own options)
    return out.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    """One PNG chunk with its checksum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def hollow_png(width: int, height: int, rows: int = 0) -> bytes:
    """A PNG that claims a size; only `rows` rows of one-bit pixels are really there."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    pixels = zlib.compress(bytes((1 + (width + 7) // 8) * rows), 9)
    return PNG + head + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def hollow_jpeg(width: int, height: int) -> bytes:
    """A JPEG header that claims a size, then nothing to speak of."""
    small = encoded(image(), "JPEG")
    at = small.index(b"\xff\xc0")
    return small[: at + 5] + struct.pack(">HH", height, width) + small[at + 9 :]


def hollow_webp(width: int, height: int, *, animated: bool = False) -> bytes:
    """An extended WebP header that claims a size, then nothing."""
    flags = bytes([0x02 if animated else 0, 0, 0, 0])
    body = flags + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    inner = b"WEBPVP8X" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(inner)) + inner


def with_chunk(png: bytes, name: bytes, body: bytes) -> bytes:
    """A PNG with a chunk put in right after its header."""
    return png[:33] + chunk(name, body) + png[33:]
