"""`coldopen backup` and `coldopen restore`, as people type them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from engine.settings import Settings
from tests.backup.houses import Place, Played, files_of, goes_on, is_empty, rows_of
from tests.faults.commands import run


def _run(settings: Settings, *words: str) -> subprocess.CompletedProcess[str]:
    url = settings.database_url.get_secret_value()
    given = {"home": str(settings.home), "sweep_seconds": "0.25"} | ({"database_url": url} if url else {})
    return run(*words, more=given, seconds=120)


def _row(ran: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert ran.returncode == 0, ran.stderr
    (line,) = ran.stdout.splitlines()
    return json.loads(line)


def test_a_house_is_backed_up_and_restored_by_two_commands(played: Played, place: Place, tmp_path: Path) -> None:
    file, there = tmp_path / "a.zip", place("sqlite")
    told = _run(played.settings, "backup", str(file))
    assert told.returncode == 0, told.stderr
    assert "  saved messages: 3" in told.stdout.splitlines()
    assert f"in {file} (" in told.stdout.splitlines()[-1]
    came = _run(there, "restore", str(file))
    assert came.returncode == 0, came.stderr
    assert "  checked messages: 3" in came.stdout.splitlines()
    assert "  restored messages: 3" in came.stdout.splitlines()
    assert came.stdout.splitlines()[-1] == "Everything holds."
    assert rows_of(there) == rows_of(played.settings)
    goes_on(played, there)


def test_with_json_there_is_one_line_with_counts_bytes_and_seconds(
    played: Played, place: Place, tmp_path: Path
) -> None:
    file, there = tmp_path / "a.zip", place("sqlite")
    told = _row(_run(played.settings, "backup", str(file), "--json"))
    assert told["bytes"] == file.stat().st_size
    assert told["pictures"] == len(files_of(played.settings))
    assert told["rows"] == sum(told["tables"].values()) > 0
    assert told["seconds"] > 0
    came = _row(_run(there, "restore", str(file), "--json"))
    assert {name: came[name] for name in ("rows", "tables", "pictures", "lost", "revision")} == {
        name: told[name] for name in ("rows", "tables", "pictures", "lost", "revision")
    }
    assert (came["broken"], came["settled"]) == ({}, True)


def test_a_lost_picture_is_told_by_both_and_restoring_it_ends_with_1(
    played: Played, place: Place, tmp_path: Path
) -> None:
    next((played.settings.home / "media" / "scenes").rglob("*.webp")).unlink()
    file = tmp_path / "a.zip"
    told = _run(played.settings, "backup", str(file))
    assert told.returncode == 0
    assert "1 picture was not there" in told.stdout
    came = _run(place("sqlite"), "restore", str(file))
    assert came.returncode == 1
    assert "BROKEN S1" in came.stdout


def test_what_is_refused_is_one_sentence_and_exit_code_2(played: Played, place: Place, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"no zip")
    there = place("sqlite")
    for settings, words in (
        (there, ("backup", str(tmp_path / "b.zip"))),
        (there, ("restore", str(tmp_path / "a.zip"))),
        (played.settings, ("restore", str(tmp_path / "a.zip"))),
        (played.settings, ("backup", str(tmp_path / "no" / "b.zip"))),
    ):
        ran = _run(settings, *words)
        assert ran.returncode == 2
        assert ran.stderr.startswith("coldopen: ")
        assert len(ran.stderr.splitlines()) == 1
    assert is_empty(there)
