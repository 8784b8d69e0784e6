"""Comparing rows with files: what is lost, changed, orphaned, or in another person's folder (S1, S2)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime

from engine.errors import NotFound
from engine.images.asset import ImageAsset

_PRIVATE = "scenes"


def lost_or_changed(assets: Iterable[ImageAsset], read: Callable[[str], bytes]) -> list[str]:
    """S1: ids of pictures whose file is gone or does not have the size and hash of its row."""
    return [asset.id for asset in assets if not _intact(asset, read)]


def orphans(
    assets: Iterable[ImageAsset], stored: Iterable[str], written_at: Callable[[str], datetime], before: datetime
) -> list[str]:
    """S1: stored paths that no row names and that were written before `before` (ten minutes ago, say)."""
    known = {asset.storage_path for asset in assets}
    return [path for path in stored if path not in known and written_at(path) < before]


def strays(assets: Iterable[ImageAsset]) -> list[str]:
    """S2: ids of pictures of a person that lie outside `scenes/<that person>/`, and of studio pictures inside it."""
    return [asset.id for asset in assets if asset.storage_path.startswith(_folder(asset)) is (asset.user_id is None)]


def _folder(asset: ImageAsset) -> str:
    return f"{_PRIVATE}/{asset.user_id}/" if asset.user_id else f"{_PRIVATE}/"


def _intact(asset: ImageAsset, read: Callable[[str], bytes]) -> bool:
    try:
        data = read(asset.storage_path)
    except NotFound:
        return False
    return len(data) == asset.bytes and hashlib.sha256(data).hexdigest() == asset.sha256
