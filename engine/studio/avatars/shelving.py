"""Shelving: a picture that is drawn or uploaded becomes an image and an asset of its kit, in a running transaction."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from engine.db.desk import Desk
from engine.images import store as images
from engine.images.asset import ImageAsset, Mode
from engine.images.make import Made, StoredFile
from engine.story import store


@dataclass(frozen=True, slots=True)
class Origin:
    """How a picture was drawn: in which words, and with which seed."""

    made: Made
    words: str
    seed: int


def shelve_drawn(tx: sa.Connection, desk: Desk, character_id: str, kit_id: str, image_id: str, origin: Origin) -> str:
    """Write a drawn anchor with its mask, if it has one: its asset id."""
    made = origin.made
    _image(tx, desk, character_id, image_id, made.file, "anchor", origin)
    mask_id = None
    if made.mask is not None:
        mask_id = desk.new_id()
        _image(tx, desk, character_id, mask_id, made.mask, "mask")
    return _asset(tx, desk, kit_id, image_id, mask_id, made.file.sha256)


def shelve_upload(
    tx: sa.Connection, desk: Desk, character_id: str, kit_id: str, image_id: str, file: StoredFile
) -> str:
    """Write an uploaded anchor: its asset id."""
    _image(tx, desk, character_id, image_id, file, "upload")
    return _asset(tx, desk, kit_id, image_id, None, file.sha256)


def _image(
    tx: sa.Connection,
    desk: Desk,
    character_id: str,
    image_id: str,
    file: StoredFile,
    mode: Mode,
    origin: Origin | None = None,
) -> None:
    made = origin.made if origin else None
    asset = ImageAsset(
        id=image_id,
        storage_path=file.path,
        sha256=file.sha256,
        bytes=file.bytes,
        width=file.width,
        height=file.height,
        mode=mode,
        created_at=desk.now(),
        character_id=character_id,
        prompt=origin.words if origin else "",
        model_used=made.model if made else "",
        latency_ms=made.latency_ms if made else None,
        seed=origin.seed if origin else None,
        cost=made.cost if made else None,
    )
    images.add(tx, asset)


def _asset(tx: sa.Connection, desk: Desk, kit_id: str, image_id: str, mask_id: str | None, sha256: str) -> str:
    asset_id = desk.new_id()
    row = {"id": asset_id, "kit_id": kit_id, "kind": "anchor", "image_id": image_id, "mask_id": mask_id}
    store.add_asset(tx, row | {"sha256": sha256, "created_at": desk.now()})
    return asset_id
