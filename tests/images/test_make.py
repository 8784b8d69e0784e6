"""Making a picture: drawn, proved to be one, stored."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

from engine.errors import ProviderDown, ProviderRefused
from engine.images.make import make_picture
from engine.providers.images import Capabilities, Picture, PictureRequest
from engine.providers.storage.folder import FolderStorage
from tests.images.pictures import encoded, hollow_png, image


@dataclass
class Brush:
    """A camera that hands out what it is told to."""

    png: bytes
    mask: bytes | None = None
    name: str = "brush"
    model: str = "brush-1"
    can: Capabilities = field(default_factory=lambda: Capabilities(references_max=1, negative_prompt=False))

    def draw(self, request: PictureRequest) -> Picture:
        """What it was told to hand out."""
        if request.words == "forbidden":
            raise ProviderRefused("No.")
        return Picture(png=self.png, mask=self.mask, model=self.model, cost=0.04, latency_ms=12)


def test_a_drawn_picture_is_stored_as_webp_with_its_hash(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    made = make_picture(Brush(encoded(image(), "PNG")), storage.put, PictureRequest("a room"), path="s/u/1.webp")
    data = storage.get("s/u/1.webp")
    assert (made.file.sha256, made.file.bytes) == (hashlib.sha256(data).hexdigest(), len(data))
    assert (made.file.width, made.file.height, made.model, made.cost, made.latency_ms) == (96, 64, "brush-1", 0.04, 12)
    assert Image.open(io.BytesIO(data)).format == "WEBP"
    assert made.mask is None


def test_a_mask_is_stored_beside_without_loss(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    mask = image(mode="L").point([0] * 100 + [255] * 156)
    brush = Brush(encoded(image(), "PNG"), encoded(mask, "PNG"))
    made = make_picture(brush, storage.put, PictureRequest("x"), path="a.webp", mask_path="a-mask.webp")
    assert made.mask is not None
    kept = Image.open(io.BytesIO(storage.get("a-mask.webp"))).convert("L")
    assert kept.tobytes() == mask.tobytes()


def test_a_mask_nobody_asked_for_is_not_stored(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    brush = Brush(encoded(image(), "PNG"), encoded(image(mode="L"), "PNG"))
    assert make_picture(brush, storage.put, PictureRequest("x"), path="a.webp").mask is None
    assert list(storage.walk()) == ["a.webp"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>busy</html>",
        hollow_png(9_000, 9_000, 5),
        encoded(image(300, 300), "PNG")[:900],
    ],
)
def test_what_is_no_whole_picture_is_not_stored(tmp_path: Path, data: bytes) -> None:
    storage = FolderStorage(tmp_path)
    with pytest.raises(ProviderDown):
        make_picture(Brush(data), storage.put, PictureRequest("x"), path="a.webp")
    assert list(storage.walk()) == []


def test_a_mask_of_another_size_is_refused(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    brush = Brush(encoded(image(), "PNG"), encoded(image(32, 32, "L"), "PNG"))
    with pytest.raises(ProviderDown):
        make_picture(brush, storage.put, PictureRequest("x"), path="a.webp", mask_path="m.webp")
    assert list(storage.walk()) == []


def test_what_the_camera_refuses_stays_refused(tmp_path: Path) -> None:
    with pytest.raises(ProviderRefused):
        make_picture(Brush(b""), FolderStorage(tmp_path).put, PictureRequest("forbidden"), path="a.webp")
