"""Rows of pictures, and rows against files."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from engine.db.database import Database
from engine.errors import NotFound
from engine.images import store
from engine.images.asset import ImageAsset
from engine.images.files import lost_or_changed, orphans, strays
from engine.kernel.ids import new_id
from engine.providers.storage.folder import FolderStorage

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def asset(path: str, user_id: str | None = "ana", data: bytes = b"picture") -> ImageAsset:
    return ImageAsset(
        id=new_id(),
        storage_path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        bytes=len(data),
        width=64,
        height=64,
        mode="kontext",
        created_at=NOW,
        user_id=user_id,
        seed=2**32 - 1,
        cost=0.04,
    )


def test_a_picture_comes_back_as_it_was_written(db: Database) -> None:
    mine = asset("scenes/ana/s/1.webp")
    with db.write() as tx:
        store.add(tx, mine)
    with db.read() as tx:
        assert store.get(tx, mine.id, "ana") == mine
        assert store.at_path(tx, mine.storage_path, "ana") == mine
        assert store.every(tx) == [mine]


def test_another_persons_picture_is_not_there(db: Database) -> None:
    mine, studio = asset("scenes/ana/s/1.webp"), asset("anchors/c/1.webp", None)
    with db.write() as tx:
        store.add(tx, mine)
        store.add(tx, studio)
    with db.read() as tx:
        for who in ("ben", None, ""):
            with pytest.raises(NotFound):
                store.get(tx, mine.id, who)
            with pytest.raises(NotFound):
                store.at_path(tx, mine.storage_path, who)
            assert store.get(tx, studio.id, who) == studio


def test_two_rows_cannot_share_a_file(db: Database) -> None:
    with db.write() as tx:
        store.add(tx, asset("a.webp"))
    with pytest.raises(IntegrityError), db.write() as tx:
        store.add(tx, asset("a.webp"))


def test_files_that_are_lost_changed_orphaned_or_astray_are_named(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    whole, lost, changed = (asset(f"scenes/ana/s/{name}.webp") for name in ("whole", "lost", "changed"))
    storage.put(whole.storage_path, b"picture")
    storage.put(changed.storage_path, b"pictura")
    storage.put("scenes/ana/s/orphan.webp", b"x")
    rows = [whole, lost, changed]
    assert lost_or_changed(rows, storage.get) == [lost.id, changed.id]
    later = datetime.now(UTC) + timedelta(minutes=1)
    assert orphans(rows, storage.walk(), storage.written_at, later) == ["scenes/ana/s/orphan.webp"]
    assert orphans(rows, storage.walk(), storage.written_at, later - timedelta(hours=1)) == []


def test_a_picture_lies_in_its_owners_folder() -> None:
    right = [asset("scenes/ana/s/1.webp"), asset("anchors/c/1.webp", None)]
    wrong = [asset("scenes/ben/s/1.webp"), asset("anchors/c/2.webp"), asset("scenes/ana/s/2.webp", None)]
    assert strays([*right, *wrong]) == [each.id for each in wrong]
