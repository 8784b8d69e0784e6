"""The folder that keeps pictures."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.errors import NotFound, ProviderDown
from engine.providers.storage.folder import FolderStorage

ATTACKS = [
    "",
    "/",
    "/etc/passwd",
    "../secret",
    "a/../../secret",
    "a/..",
    "./a",
    "a//b",
    "a/",
    "a\\b",
    "..\\secret",
    "C:\\secret",
    "C:/secret",
    "a\x00.webp",
    "a\n.webp",
    ".hidden",
    "a/.hidden",
    "~/a",
    "%2e%2e/a",
    "a b",
    "\u202ea",
    "CON",
    "a/nul.webp",
    "a/com1",
    "name.",
    "x" * 151,
    "/".join(["abc"] * 200),
    "\ud800",
    "é.webp",
]


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    root = tmp_path / "media"
    root.mkdir()
    return FolderStorage(root)


def test_what_is_put_comes_back(storage: FolderStorage) -> None:
    storage.put("scenes/ana/s1/one.webp", b"first")
    assert storage.get("scenes/ana/s1/one.webp") == b"first"
    assert storage.exists("scenes/ana/s1/one.webp")
    assert not storage.exists("scenes/ana/s1")


def test_a_second_put_replaces_the_whole_file(storage: FolderStorage) -> None:
    storage.put("a.webp", b"a long first content")
    storage.put("a.webp", b"short")
    assert storage.get("a.webp") == b"short"
    assert [each.name for each in storage.root.iterdir()] == ["a.webp"]


def test_a_folder_is_cleared_with_everything_in_it_and_nothing_beside_it(storage: FolderStorage) -> None:
    for path in ("scenes/ana/s1/one.webp", "scenes/ana/s2/two.webp", "scenes/anabel/s1/one.webp"):
        storage.put(path, b"x")
    (storage.root / "scenes/ana/s1/.half.part").write_bytes(b"x")
    assert storage.clear("scenes/ana") == 3
    assert [*storage.root.rglob("*ana")] == []
    assert list(storage.walk()) == ["scenes/anabel/s1/one.webp"]
    for nothing in ("scenes/ana", "scenes/nobody", "..", "", "scenes/../scenes/anabel"):
        assert storage.clear(nothing) == 0
    assert storage.exists("scenes/anabel/s1/one.webp")


def test_a_folder_that_has_long_been_empty_is_tidied_away_and_a_new_one_stays(storage: FolderStorage) -> None:
    for path in ("scenes/ana/s1/one.webp", "scenes/ben/s1/one.webp"):
        storage.put(path, b"x")
    storage.delete("scenes/ana/s1/one.webp")
    assert storage.tidy(datetime.now(UTC) - timedelta(minutes=1)) == 0
    assert (storage.root / "scenes/ana/s1").is_dir()
    storage.tidy(datetime.now(UTC) + timedelta(minutes=1))
    storage.tidy(datetime.now(UTC) + timedelta(minutes=1))
    assert sorted(one.name for one in storage.root.rglob("*")) == ["ben", "one.webp", "s1", "scenes"]


def test_there_is_nothing_where_nothing_was_put(storage: FolderStorage) -> None:
    storage.put("folder/a.webp", b"x")
    for path in ("b.webp", "folder", "folder/a.webp/deeper"):
        with pytest.raises(NotFound):
            storage.get(path)
    with pytest.raises(NotFound):
        storage.written_at("b.webp")


@pytest.mark.parametrize("path", ATTACKS)
def test_a_path_that_leaves_or_hides_is_refused_in_every_verb(storage: FolderStorage, path: str) -> None:
    (storage.root.parent / "secret").write_bytes(b"secret")
    for verb in (storage.get, storage.delete, storage.written_at):
        with pytest.raises(NotFound):
            verb(path)
    with pytest.raises(NotFound):
        storage.put(path, b"mine")
    assert not storage.exists(path)
    assert (storage.root.parent / "secret").read_bytes() == b"secret"
    assert list(storage.root.rglob("*")) == []


def test_links_are_neither_followed_nor_written_through(storage: FolderStorage, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.webp").write_bytes(b"secret")
    (storage.root / "door").symlink_to(outside, target_is_directory=True)
    (storage.root / "one.webp").symlink_to(outside / "secret.webp")
    for path in ("door/secret.webp", "one.webp"):
        for verb in (storage.get, storage.delete):
            with pytest.raises(NotFound):
                verb(path)
        with pytest.raises(NotFound):
            storage.put(path, b"mine")
    assert list(storage.walk()) == []
    assert (outside / "secret.webp").read_bytes() == b"secret"


def test_a_root_behind_a_link_still_works(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "home").symlink_to(tmp_path / "real", target_is_directory=True)
    storage = FolderStorage(tmp_path / "home")
    storage.put("a/b.webp", b"x")
    assert storage.get("a/b.webp") == b"x"


def test_walking_names_every_file_in_order_and_nothing_half_written(storage: FolderStorage) -> None:
    for path in ("b/2.webp", "a.webp", "b/1.webp"):
        storage.put(path, b"x")
    (storage.root / "b" / ".0123.part").write_bytes(b"half")
    assert list(storage.walk()) == ["a.webp", "b/1.webp", "b/2.webp"]


def test_a_failed_write_leaves_the_old_file_and_no_rubbish(
    storage: FolderStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.put("a.webp", b"old")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ProviderDown) as caught:
        storage.put("a.webp", b"new")
    assert "No space left" in caught.value.detail
    assert storage.get("a.webp") == b"old"
    assert [each.name for each in storage.root.iterdir()] == ["a.webp"]


def test_what_a_dead_writer_left_is_tidied_and_a_living_one_is_spared(storage: FolderStorage) -> None:
    storage.put("a/a.webp", b"kept")
    dead, living = storage.root / "a" / ".dead.part", storage.root / ".living.part"
    for part in (dead, living):
        part.write_bytes(b"half")
    os.utime(dead, (1_000_000_000, 1_000_000_000))
    assert storage.tidy(datetime.now(UTC) - timedelta(minutes=10)) == 1
    assert (dead.exists(), living.exists(), storage.exists("a/a.webp")) == (False, True, True)


def test_deleting_twice_is_as_deleting_once(storage: FolderStorage) -> None:
    storage.put("a/a.webp", b"x")
    storage.delete("a/a.webp")
    storage.delete("a/a.webp")
    storage.delete("never/was.webp")
    assert list(storage.walk()) == []


def test_a_file_knows_when_it_was_written(storage: FolderStorage) -> None:
    storage.put("a.webp", b"x")
    assert abs(storage.written_at("a.webp") - datetime.now(UTC)) < timedelta(minutes=1)
