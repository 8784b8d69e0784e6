"""A file that is no backup, or was damaged or forged, is refused in a sentence and changes nothing."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.backup.manifest import FORMAT
from engine.backup.restoring import restore
from engine.db.database import open_database
from engine.db.migrate import migrate
from engine.errors import BadInput, ColdopenError
from engine.kernel.clock import utc_now
from engine.settings import Settings
from tests.backup.houses import (
    Forged,
    Place,
    base64_of,
    files_of,
    is_empty,
    restored,
    rows_of,
    taken_apart,
)


def _refused(there: Settings, file: Path) -> str:
    """The sentence with which a file is refused; nothing is changed, and a good file can come after it."""
    with pytest.raises(ColdopenError) as refused:
        restore(there, file, utc_now)
    assert is_empty(there)
    said = str(refused.value)
    assert said.endswith(".")
    assert "\n" not in said
    return said


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _flipped(data: bytes) -> bytes:
    """One bit of the first row of the first table with rows is another."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = archive.getinfo("tables/worlds.jsonl")
    at = part.header_offset + 200
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


BYTES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "text": lambda _: b"this is no zip at all\n" * 500,
    "cut in the middle": _cut,
    "without its end": lambda data: data[:-30],
    "without its beginning": lambda data: data[4_000:],
    "with a flipped bit": _flipped,
    "a zip of something else": lambda _: _zip({"readme.txt": b"hello"}),
    "a zip bomb for a manifest": lambda _: _zip({"manifest.json": b" " * 50_000_000}),
    "a manifest that is no JSON": lambda _: _zip({"manifest.json": b"{"}),
    "a manifest nested deeply": lambda _: _zip({"manifest.json": b"[" * 100_000}),
}


def _zip(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("how", BYTES)
def test_other_bytes_are_refused(good: Path, place: Place, tmp_path: Path, how: str) -> None:
    there, file = place("sqlite"), tmp_path / "a.zip"
    file.write_bytes(BYTES[how](good.read_bytes()))
    assert "no backup of Coldopen, or it is damaged" in _refused(there, file)
    assert not there.home.exists()


def _add_table(forged: Forged) -> None:
    forged.manifest["tables"]["passwords"] = {"columns": ["id"], "rows": 0, "bytes": 0, "sha256": ""}
    forged.parts["tables/passwords.jsonl"] = b""
    forged.put("passwords", [])


def _drop_table(forged: Forged) -> None:
    del forged.manifest["tables"]["feedback"], forged.parts["tables/feedback.jsonl"]


def _add_column(forged: Forged) -> None:
    forged.put("people", [row | {"password": "x"} for row in forged.rows("people")])
    forged.manifest["tables"]["people"]["columns"].append("password")


def _column_twice(forged: Forged) -> None:
    forged.manifest["tables"]["people"]["columns"][1] = "id"


def _swap_pictures(forged: Forged) -> None:
    one, other = [name for name in forged.parts if name.startswith("pictures/")][:2]
    forged.parts[one], forged.parts[other] = forged.parts[other], forged.parts[one]


def _drop_picture(forged: Forged) -> None:
    del forged.parts[next(name for name in forged.parts if name.startswith("pictures/"))]


def _bomb(forged: Forged) -> None:
    forged.put_raw("people", b"[" + b" " * 70_000_000 + b"]\n", 1)


def _larger_than_the_disk(forged: Forged) -> None:
    forged.manifest["pictures"]["bytes"] = 10**18


def _other_hash(forged: Forged) -> None:
    forged.manifest["tables"]["people"]["sha256"] = "0" * 64


def _other_count(forged: Forged) -> None:
    forged.manifest["tables"]["people"]["rows"] += 1


def _no_last_newline(forged: Forged) -> None:
    forged.put_raw("people", forged.parts["tables/people.jsonl"].rstrip(b"\n"), 1)


def _newer_format(forged: Forged) -> None:
    forged.manifest["format"] = FORMAT + 1


FORGED: dict[str, Callable[[Forged], None]] = {
    "an unknown table": _add_table,
    "a table less": _drop_table,
    "an unknown column": _add_column,
    "a column twice": _column_twice,
    "a part that nobody names": lambda forged: forged.parts.update({"../../outside.txt": b"x"}),
    "pictures swapped": _swap_pictures,
    "a picture less": _drop_picture,
    "an endless line": _bomb,
    "more than fits on the disk": _larger_than_the_disk,
    "another hash": _other_hash,
    "another number of rows": _other_count,
    "a line without an end": _no_last_newline,
    "a newer format": _newer_format,
    "a field more in the manifest": lambda forged: forged.manifest.update(more=1),
    "a date without a zone": lambda forged: forged.manifest.update(created_at="2026-01-01T00:00:00"),
}


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_file_is_refused_before_anything_is_made(good: Path, place: Place, tmp_path: Path, how: str) -> None:
    forged, there = taken_apart(good), place("sqlite")
    FORGED[how](forged)
    forged.write(tmp_path / "a.zip")
    _refused(there, tmp_path / "a.zip")
    assert not there.home.exists()


ROWS: dict[str, tuple[str, dict[str, object]]] = {
    "a number for text": ("people", {"name": 7}),
    "nothing for text": ("people", {"name": None}),
    "NUL in text": ("people", {"name": "a\0b"}),
    "half a character": ("people", {"name": "\ud800"}),
    "text for an instant": ("people", {"created_at": "yesterday"}),
    "an instant without a zone": ("people", {"created_at": "2026-01-01T00:00:00"}),
    "an instant before all zones": ("people", {"created_at": "0001-01-01T00:00:00+14:00"}),
    "broken JSON": ("people", {"roles": "[1"}),
    "JSON nested deeply": ("people", {"roles": "[" * 100_000}),
    "JSON that is not text": ("people", {"roles": ["player"]}),
    "a number for a flag": ("takes", {"chosen": 1}),
    "a flag for a number": ("takes", {"number": True}),
    "a fraction for a number": ("takes", {"number": 1.5}),
    "a number of 65 bits": ("takes", {"seed": 2**64}),
    "text for a fraction": ("takes", {"cost": "0.1"}),
    "no Base64 for bytes": ("prompts", {"sections": "***"}),
}


@pytest.mark.parametrize("how", ROWS)
def test_a_row_of_another_kind_is_refused_before_anything_is_made(
    good: Path, place: Place, tmp_path: Path, how: str
) -> None:
    forged, there = taken_apart(good), place("sqlite")
    table, values = ROWS[how]
    forged.change(table, **values)
    forged.write(tmp_path / "a.zip")
    assert f"row 1 of the table {table}" in _refused(there, tmp_path / "a.zip")
    assert not there.home.exists()


def test_bytes_that_are_well_formed_are_not_refused(good: Path, place: Place, tmp_path: Path) -> None:
    forged = taken_apart(good)
    forged.change("prompts", sections=base64_of(b"\0\xff"))
    forged.write(tmp_path / "a.zip")
    there = restored(place("sqlite"), tmp_path / "a.zip")
    assert [row[3] for row in rows_of(there)["prompts"]] == [b"\0\xff"]


def _unknown_parent(forged: Forged) -> None:
    forged.change("messages", session_id="nobody")


def _twice(forged: Forged) -> None:
    forged.put("people", forged.rows("people") * 2)


def _unknown_timeline(forged: Forged) -> None:
    forged.change("timelines", parent_id="nobody")


@pytest.mark.parametrize("how", [_unknown_parent, _twice, _unknown_timeline])
@pytest.mark.parametrize("to", ["sqlite", "postgresql"])
def test_rows_that_do_not_fit_together_leave_the_house_empty(
    good: Path, place: Place, tmp_path: Path, how: Callable[[Forged], None], to: str
) -> None:
    forged, there = taken_apart(good), place(to)
    how(forged)
    forged.write(tmp_path / "a.zip")
    assert "do not fit together" in _refused(there, tmp_path / "a.zip")
    restored(there, good)


@pytest.mark.parametrize(
    "path", ["../../outside.webp", "/outside.webp", "scenes/../../../outside.webp", ".hidden", "a\\b", "con"]
)
def test_a_picture_whose_path_leads_elsewhere_is_not_stored(
    good: Path, place: Place, tmp_path: Path, path: str
) -> None:
    forged, there = taken_apart(good), place("sqlite")
    row = forged.rows("image_assets")[0]
    forged.parts[f"pictures/{path}"] = forged.parts.pop(f"pictures/{row['storage_path']}")
    forged.change("image_assets", storage_path=path)
    forged.write(tmp_path / "a.zip")
    assert "the path of a picture" in _refused(there, tmp_path / "a.zip")
    assert not list(tmp_path.rglob("outside*"))
    assert len(files_of(restored(there, good))) > 1


def test_a_column_too_long_for_postgresql_is_a_sentence(good: Path, place: Place, tmp_path: Path) -> None:
    forged, there = taken_apart(good), place("postgresql")
    forged.change("worlds", slug="x" * 500)
    forged.write(tmp_path / "a.zip")
    assert "do not fit together" in _refused(there, tmp_path / "a.zip")


def test_a_part_that_is_there_twice_is_refused(good: Path, place: Place, tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    shutil.copy(good, file)
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("manifest.json", json.dumps(taken_apart(good).manifest))
    _refused(place("sqlite"), file)


def test_a_file_that_is_not_there_is_a_sentence(place: Place, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no file"):
        restore(place("sqlite"), tmp_path / "none.zip", utc_now)
    with pytest.raises(BadInput, match="no backup"):
        restore(place("sqlite"), tmp_path, utc_now)


def test_a_home_of_a_newer_version_is_left_alone(good: Path, place: Place) -> None:
    there = place("sqlite")
    there.home.mkdir(parents=True)
    database = open_database(there.home)
    migrate(database)
    with database.write() as tx:
        tx.exec_driver_sql("update alembic_version set version_num = '9999'")
    database.close()
    assert "newer version" in _refused(there, good)
