"""Uploads: what is refused before decoding, and what is left of what is accepted."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import time
import tracemalloc
import zlib
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from engine.errors import BadPicture
from engine.images.intake import BYTES_LIMIT, read_upload
from tests.images.pictures import (
    PNG,
    chunk,
    encoded,
    hollow_jpeg,
    hollow_png,
    hollow_webp,
    image,
    with_chunk,
)

HUGE = [(9_000, 9_000), (9_747, 9_747), (14_000, 14_000), (65_535, 65_535), (4_001, 4_000), (1, 16_000_001)]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_an_honest_picture_comes_back_as_webp(kind: str) -> None:
    accepted = read_upload(encoded(image(), kind))
    back = Image.open(io.BytesIO(accepted.webp))
    assert (back.format, back.size, accepted.came_as) == ("WEBP", (96, 64), kind)
    assert (accepted.width, accepted.height) == back.size


@pytest.mark.parametrize(("width", "height"), HUGE)
def test_a_huge_png_is_refused_without_decoding(width: int, height: int) -> None:
    _refused_cheaply(hollow_png(width, height, rows=min(height, 200)))


@pytest.mark.parametrize(("width", "height"), HUGE[:5])
def test_a_huge_jpeg_is_refused_without_decoding(width: int, height: int) -> None:
    _refused_cheaply(hollow_jpeg(width, height))


@pytest.mark.parametrize(("width", "height"), HUGE)
def test_a_huge_webp_is_refused_without_decoding(width: int, height: int) -> None:
    _refused_cheaply(hollow_webp(width, height))


def test_a_real_bomb_of_81_megapixels_is_refused_without_decoding() -> None:
    bomb = hollow_png(9_000, 9_000, rows=9_000)
    assert len(bomb) < 20_000
    _refused_cheaply(bomb)


def _refused_cheaply(data: bytes) -> None:
    tracemalloc.start()
    started = time.process_time()
    with pytest.raises(BadPicture, match="pixels"):
        read_upload(data)
    took, peak = time.process_time() - started, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert took < 2
    assert peak < 1_000_000


def test_four_thousand_by_four_thousand_passes_and_is_scaled_down() -> None:
    accepted = read_upload(encoded(Image.new("L", (4_000, 4_000), 90), "PNG"))
    assert (accepted.width, accepted.height) == (2_048, 2_048)


def test_the_largest_picture_takes_less_than_150_mb(tmp_path: Path) -> None:
    flat = Image.linear_gradient("L").resize((4_000, 4_000))
    for name, kind, bands in (("a.png", "PNG", 3), ("b.png", "PNG", 4), ("c.jpg", "JPEG", 3)):
        (tmp_path / name).write_bytes(encoded(Image.merge("RGBA"[:bands], [flat] * bands), kind, **_FAST[kind]))
        measured = subprocess.run(  # noqa: S603  (our own interpreter and script)
            [sys.executable, "-c", _MEASURE, str(tmp_path / name)], capture_output=True, text=True, check=True
        )
        assert int(measured.stdout) < 150


_FAST: dict[str, dict[str, object]] = {"PNG": {"compress_level": 1}, "JPEG": {}}
_MEASURE = """
import pathlib, resource, sys
from engine.images.intake import read_upload
data = pathlib.Path(sys.argv[1]).read_bytes()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
read_upload(data)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_the_size_in_bytes_is_asked_before_anything_else() -> None:
    with pytest.raises(BadPicture, match="10 MB"):
        read_upload(b"x" * (BYTES_LIMIT + 1))
    padded = encoded(image(), "PNG")
    assert read_upload(padded + b"\0" * (BYTES_LIMIT - len(padded)))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("share", [0.02, 0.1, 0.5, 0.9, 0.99])
def test_a_truncated_file_is_refused(kind: str, share: float) -> None:
    whole = encoded(image(300, 200), kind)
    with pytest.raises(BadPicture):
        read_upload(whole[: int(len(whole) * share)])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_not_even_the_last_bytes_may_be_missing(kind: str) -> None:
    whole = encoded(image(300, 200), kind)
    with pytest.raises(BadPicture):
        read_upload(whole[:-2])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_bytes_after_the_picture_do_not_survive(kind: str) -> None:
    tail = b"<script>alert(1)</script><?php evil(); ?>PK\x03\x04"
    accepted = read_upload(encoded(image(), kind) + tail)
    assert b"script" not in accepted.webp
    assert b"PK\x03\x04" not in accepted.webp


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x",
        b"\x89PNG",
        PNG,
        b"\xff\xd8\xff",
        b"RIFF\x04\x00\x00\x00WEBP",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        b"<!doctype html><html></html>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        b"%PDF-1.7",
        b"GIF89a" + bytes(100),
        b"MZ" + bytes(100),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(BadPicture):
        read_upload(data)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "PPM", "ICO", "AVIF"])
def test_other_kinds_of_pictures_are_refused_by_name(kind: str) -> None:
    with pytest.raises(BadPicture, match="PNG, JPEG or WebP"):
        read_upload(encoded(image(), kind))


def test_a_file_with_two_faces_is_read_as_its_first_or_refused() -> None:
    gif_first = b"GIF89a" + encoded(image(), "PNG")
    with pytest.raises(BadPicture):
        read_upload(gif_first)
    html_in_text = PngImagePlugin.PngInfo()
    html_in_text.add_text("Comment", "<script>alert(1)</script>")
    accepted = read_upload(encoded(image(), "PNG", pnginfo=html_in_text))
    assert b"script" not in accepted.webp


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animation_is_refused(kind: str) -> None:
    frames = [image(), image().rotate(90), image().rotate(180)]
    moving = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
    with pytest.raises(BadPicture, match="more than one frame"):
        read_upload(moving)


def test_an_animation_of_two_hundred_and_one_frames_is_refused_without_decoding() -> None:
    frames = [Image.new("RGB", (16, 16), (shade, 0, 0)) for shade in range(201)]
    with pytest.raises(BadPicture, match="more than one frame"):
        read_upload(encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:]))
    with pytest.raises(BadPicture, match="more than one frame"):
        read_upload(hollow_webp(16_000, 16_000, animated=True))


def test_a_text_chunk_of_30_mb_is_refused_by_size_alone() -> None:
    bomb = with_chunk(encoded(image(), "PNG"), b"tEXt", b"Comment\0" + b"a" * 30_000_000)
    started = time.process_time()
    with pytest.raises(BadPicture, match="10 MB"):
        read_upload(bomb)
    assert time.process_time() - started < 2


@pytest.mark.parametrize("name", [b"zTXt", b"iTXt", b"iCCP"])
def test_a_compressed_text_bomb_is_refused_or_dropped(name: bytes) -> None:
    packed = zlib.compress(b"a" * 50_000_000, 9)
    body = b"c\0\1\0\0\0" + packed if name == b"iTXt" else b"c\0\0" + packed
    started = time.process_time()
    try:
        accepted = read_upload(with_chunk(encoded(image(), "PNG"), name, body))
    except BadPicture:
        pass
    else:
        assert len(accepted.webp) < 10_000
    assert time.process_time() - started < 2


def test_a_second_header_cannot_smuggle_in_another_size() -> None:
    small = encoded(image(), "PNG")
    second = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    with pytest.raises(BadPicture):
        read_upload(with_chunk(small, b"IHDR", second))
    jpeg = encoded(image(), "JPEG")
    at = jpeg.index(b"\xff\xc0")
    frame = jpeg[at : at + 2 + struct.unpack_from(">H", jpeg, at + 2)[0]]
    with pytest.raises(BadPicture):
        read_upload(jpeg[:at] + frame + jpeg[at:])


def test_a_wrong_checksum_is_refused() -> None:
    whole = bytearray(encoded(image(), "PNG"))
    whole[50] ^= 0xFF
    with pytest.raises(BadPicture):
        read_upload(bytes(whole))


def test_position_and_camera_do_not_survive() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[1] = "N"
    accepted = read_upload(encoded(image(), "JPEG", exif=exif, comment=b"SecretPlace"))
    assert b"Secret" not in accepted.webp
    assert b"EXIF" not in accepted.webp
    assert not Image.open(io.BytesIO(accepted.webp)).getexif()


@pytest.mark.parametrize(
    ("orientation", "size"), [(1, (96, 64)), (3, (96, 64)), (6, (64, 96)), (8, (64, 96)), (99, (96, 64))]
)
def test_a_picture_is_turned_as_its_camera_said(orientation: int, size: tuple[int, int]) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    accepted = read_upload(encoded(image(), "JPEG", exif=exif))
    assert (accepted.width, accepted.height) == size


def test_turning_moves_the_pixels_too() -> None:
    marked = image()
    marked.paste((255, 0, 0), (0, 0, 40, 64))
    exif = Image.Exif()
    exif[0x0112] = 3
    back = Image.open(io.BytesIO(read_upload(encoded(marked, "JPEG", exif=exif, quality=95)).webp)).convert("RGB")
    red = back.getpixel((80, 32))
    assert isinstance(red, tuple)
    assert red[0] > 200
    assert red[1] < 60


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_png_mode_is_read(mode: str) -> None:
    accepted = read_upload(
        encoded(image().convert("I").convert("I;16") if mode == "I;16" else image().convert(mode), "PNG")
    )
    assert (accepted.width, accepted.height) == (96, 64)


def test_sixteen_bit_grey_keeps_its_shades() -> None:
    deep = Image.new("I;16", (64, 64), 0x8000)
    back = Image.open(io.BytesIO(read_upload(encoded(deep, "PNG")).webp)).convert("L")
    shade = back.getpixel((30, 30))
    assert isinstance(shade, int)
    assert 120 <= shade <= 136


def test_a_printers_jpeg_is_read() -> None:
    assert read_upload(encoded(image().convert("CMYK"), "JPEG")).width == 96


def test_a_phone_picture_with_a_second_picture_inside_is_read_as_its_first() -> None:
    both = encoded(image(), "MPO", save_all=True, append_images=[image(32, 32)])
    accepted = read_upload(both)
    assert (accepted.width, accepted.height) == (96, 64)


def test_transparency_is_kept() -> None:
    glass = image().convert("RGBA")
    glass.putalpha(0)
    assert Image.open(io.BytesIO(read_upload(encoded(glass, "PNG")).webp)).mode == "RGBA"


def test_the_same_file_gives_the_same_bytes() -> None:
    data = encoded(image(), "PNG")
    assert read_upload(data) == read_upload(data)


def test_an_empty_size_is_refused() -> None:
    with pytest.raises(BadPicture):
        read_upload(PNG + chunk(b"IHDR", struct.pack(">IIBBBBB", 0, 5, 8, 2, 0, 0, 0)) + chunk(b"IEND", b""))
