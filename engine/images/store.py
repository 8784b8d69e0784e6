"""SQL of image assets. A row is written once and never changed: a drawing is kept as it was drawn."""

from __future__ import annotations

from dataclasses import asdict

import sqlalchemy as sa

from engine.errors import NotFound
from engine.images.asset import ImageAsset
from engine.images.tables import image_assets

_NONE = "There is no such picture."
_BATCH = 1_000


def add(tx: sa.Connection, asset: ImageAsset) -> None:
    """Write a picture's row; its file must already be in storage."""
    tx.execute(image_assets.insert(), asdict(asset))


def get(tx: sa.Connection, image_id: str, user_id: str | None) -> ImageAsset:
    """A picture that this person may see: their own, or studio content. Raises NotFound."""
    return _one(tx, image_assets.c.id == image_id, user_id)


def at_path(tx: sa.Connection, storage_path: str, user_id: str | None) -> ImageAsset:
    """The picture stored under a path, if this person may see it. Raises NotFound."""
    return _one(tx, image_assets.c.storage_path == storage_path, user_id)


def every(tx: sa.Connection) -> list[ImageAsset]:
    """All pictures by path: what the check of files compares with storage."""
    query = sa.select(image_assets).order_by(image_assets.c.storage_path).execution_options(yield_per=_BATCH)
    return [ImageAsset(**row) for row in tx.execute(query).mappings()]


def _one(tx: sa.Connection, which: sa.ColumnElement[bool], user_id: str | None) -> ImageAsset:
    mine = sa.or_(image_assets.c.user_id.is_(None), image_assets.c.user_id == user_id)
    row = tx.execute(sa.select(image_assets).where(which, mine)).mappings().first()
    if row is None:
        raise NotFound(_NONE)
    return ImageAsset(**row)
