"""Making a picture: a camera draws, the bytes are decoded to be sure, encoded and stored. No row is written here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from engine.errors import BadPicture, ProviderDown
from engine.images.encode import opened, webp
from engine.images.header import read_header
from engine.images.intake import PIXELS_LIMIT
from engine.providers.images import Camera, Picture, PictureRequest

Put = Callable[[str, bytes], None]
"""`put(path, data)` of a storage: written whole or not at all."""

_NONSENSE = "The camera sent something that is not a picture."


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file in storage: path, hash, size in bytes and pixels."""

    path: str
    sha256: str
    bytes: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A picture that is drawn and stored, with its mask when the camera knew one. Cost in US dollars.

    `words` are what the model was told, where that is not what was asked; else empty.
    """

    file: StoredFile
    mask: StoredFile | None
    model: str
    cost: float | None
    latency_ms: int
    words: str = ""


def make_picture(camera: Camera, put: Put, request: PictureRequest, *, path: str, mask_path: str = "") -> Made:
    """Draw `request`, check that the bytes are a whole picture, and store it as WebP under `path`.

    A known mask is stored losslessly under `mask_path` (not at all when that is empty), before the picture, so that a
    stored picture is never without it. Raises ProviderBusy, ProviderRefused or ProviderDown, and what `put` raises.
    """
    drawn = camera.draw(request)
    picture = _decoded(drawn.png)
    mask = _mask(drawn, picture) if mask_path else None
    kept = _store(put, mask_path, mask, lossless=True) if mask else None
    file = _store(put, path, picture, lossless=False)
    return Made(
        file=file, mask=kept, model=drawn.model, cost=drawn.cost, latency_ms=drawn.latency_ms, words=drawn.words
    )


def _mask(drawn: Picture, picture: Image.Image) -> Image.Image | None:
    if drawn.mask is None:
        return None
    mask = _decoded(drawn.mask)
    if mask.size != picture.size:
        raise ProviderDown(_NONSENSE, detail=f"mask {mask.size} for a picture of {picture.size}")
    return mask


def _decoded(data: bytes) -> Image.Image:
    """A camera's bytes as a picture. Raises ProviderDown."""
    try:
        header = read_header(data)
        if header.width * header.height > PIXELS_LIMIT:
            raise BadPicture(f"{header.width} by {header.height} pixels")  # noqa: TRY301  (one way out of this try)
        return opened(data, (header.kind,), (header.width, header.height))
    except Exception as error:  # a decoder fails in many ways, and each means that this is no picture
        raise ProviderDown(_NONSENSE, detail=str(error)) from error


def _store(put: Put, path: str, picture: Image.Image, *, lossless: bool) -> StoredFile:
    data = webp(picture, lossless=lossless)
    put(path, data)
    digest = hashlib.sha256(data).hexdigest()
    return StoredFile(path=path, sha256=digest, bytes=len(data), width=picture.width, height=picture.height)
