"""Presence in a home: who is alive there, and who does the durable work, by the operating system's locks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.db.presence import FOLDER, enter
from engine.errors import SettingsProblem

ROOT = Path(__file__).resolve().parents[2]
STAY = """
import sys, time
from pathlib import Path
from engine.db.presence import enter
here = enter(Path(sys.argv[1]))
print(here.take_work(), flush=True)
time.sleep(60)
"""


def _another(home: Path) -> subprocess.Popen[str]:
    """Another process that is present in the home and does its work."""
    other = subprocess.Popen(  # noqa: S603  (our own code)
        [sys.executable, "-c", STAY, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "True\n"
    return other


def test_who_is_first_does_the_work_and_who_comes_later_is_not_alone(tmp_path: Path) -> None:
    first = enter(tmp_path)
    assert first.take_work()
    assert first.alone()
    second = enter(tmp_path)
    assert not second.take_work()
    assert not first.alone()
    assert not second.alone()
    first.leave()
    second.leave()


def test_who_stays_can_take_up_the_work_of_who_left(tmp_path: Path) -> None:
    first, second = enter(tmp_path), enter(tmp_path)
    first.take_work()
    first.leave()
    assert second.alone()
    assert second.take_work()
    assert second.works
    second.leave()


def test_a_killed_process_is_gone_at_once(tmp_path: Path) -> None:
    with _another(tmp_path) as other:
        here = enter(tmp_path)
        assert not here.alone()
        assert not here.take_work()
        os.kill(other.pid, signal.SIGKILL)
        other.wait(10)
    assert here.alone()
    assert here.take_work()
    here.leave()


def test_a_mark_is_used_again(tmp_path: Path) -> None:
    for _ in range(3):
        enter(tmp_path).leave()
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == ["0.lock"]


def test_a_home_that_cannot_be_marked_is_told(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("in the way")
    with pytest.raises(SettingsProblem, match="COLDOPEN_HOME"):
        enter(tmp_path)
