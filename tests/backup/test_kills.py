"""A backup or a restore that is killed leaves what was there before, and can be repeated."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.settings import Settings
from tests.backup.houses import Place, Played, files_of, is_empty, restored, rows_of, saved, taken_apart
from tests.conftest import quiet

ROOT = Path(__file__).resolve().parents[2]
DIES = """
import os, signal, sys
from pathlib import Path
from engine.backup.restoring import restore
from engine.backup.saving import save
from engine.kernel.clock import utc_now
from engine.settings import load_settings

verb, home, url, file, *point = sys.argv[1:]

def tell(step, what, count):
    if [step, what] == point:
        os.kill(os.getpid(), signal.SIGKILL)

settings = load_settings(home=Path(home), database_url=url)
if verb == "save":
    save(settings, Path(file), utc_now(), tell)
else:
    restore(settings, Path(file), utc_now, tell)
"""


def _killed(verb: str, settings: Settings, file: Path, *point: str) -> None:
    """Back up or restore in a process that is killed there."""
    url = settings.database_url.get_secret_value()
    died = subprocess.run(  # noqa: S603  (our own code)
        [sys.executable, "-c", DIES, verb, str(settings.home), url, str(file), *point],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr


@pytest.mark.parametrize("what", ["messages", "pictures"])
def test_a_killed_backup_leaves_no_half_file_and_the_old_one_whole(played: Played, tmp_path: Path, what: str) -> None:
    _killed("save", played.settings, tmp_path / "new.zip", "saved", what)
    assert not (tmp_path / "new.zip").exists()
    old = saved(played.settings, tmp_path / "old.zip")
    before = old.read_bytes()
    _killed("save", played.settings, old, "saved", what)
    assert old.read_bytes() == before
    assert taken_apart(saved(played.settings, old)).parts == taken_apart(old).parts


@pytest.mark.parametrize("to", ["sqlite", "postgresql"])
def test_a_killed_restore_leaves_an_empty_house_into_which_it_can_be_repeated(
    good: Path, place: Place, to: str
) -> None:
    there, source = place(to), quiet(good.parent / "home", "")
    _killed("restore", there, good, "checked", "pictures")
    assert not there.home.exists()
    for what in ("drafts", "messages", "prompts"):
        _killed("restore", there, good, "restored", what)
        assert is_empty(there)
    _killed("restore", there, good, "restored", "pictures")
    assert files_of(there) == files_of(source)
    next((there.home / "media").rglob("*.webp")).write_bytes(b"half of what it was")
    restored(there, good)
    assert rows_of(there) == rows_of(source)
    assert files_of(there) == files_of(source)
