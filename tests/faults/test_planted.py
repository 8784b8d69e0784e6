"""Bugs that are planted on purpose are caught; and each can still be planted, so that none is forgotten."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.planted import BUGS, Bug, try_all

ROOT = Path(__file__).resolve().parents[2]
PLANT_ALL = """
import os
from tests.faults.planted import BUGS
for bug in BUGS:
    child = os.fork()
    if child == 0:
        bug.plant()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0, bug.name
"""
"""Each in a process of its own: two may be planted in one function."""


def test_at_least_five_bugs_are_planted_in_each_harness() -> None:
    for harness in ("evening", "grid"):
        assert len([bug for bug in BUGS if harness in bug.caught_by]) >= 5


def test_every_bug_can_still_be_planted() -> None:
    ran = subprocess.run(  # noqa: S603  (our own command, in a process that may be spoiled)
        [sys.executable, "-c", PLANT_ALL], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr


@pytest.mark.full
@pytest.mark.timeout(900)
@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name.replace(" ", "-"))
def test_a_planted_bug_is_caught(bug: Bug) -> None:
    tried = try_all([bug])
    assert [one for one in tried if not one["caught"]] == []
