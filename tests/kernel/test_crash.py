"""Crash points: each has a name and a meaning, and stands where its name says."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.kernel.crash import POINTS

ROOT = Path(__file__).resolve().parents[2]
PASS_THREE_TIMES = """
from engine.kernel.crash import crash
for number in range(3):
    crash("claim.before-commit")
    crash("record.after-commit")
    print(number, flush=True)
"""


def _used() -> Iterator[str]:
    for path in (ROOT / "engine").rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text())))
        words = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        for node in nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "crash":
                yield from _names(node.args[0], words)


def _names(point: ast.expr, words: set[str]) -> Iterator[str]:
    """The point's name; where it begins with a verb that is given, the listed ones of the verbs that its file names."""
    if isinstance(point, ast.Constant):
        yield str(point.value)
        return
    assert isinstance(point, ast.JoinedStr)
    end = point.values[-1]
    assert isinstance(end, ast.Constant)
    yield from {name for name, _ in POINTS} & {f"{word}{end.value}" for word in words}


def _run(crash_at: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  (our own command)
        [sys.executable, "-c", PASS_THREE_TIMES],
        cwd=ROOT,
        env=os.environ | {"CRASH_AT": crash_at},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_points_in_the_code_are_the_points_in_the_list() -> None:
    assert set(_used()) == {name for name, _ in POINTS}


def test_each_point_has_one_name_and_a_meaning() -> None:
    names = [name for name, _ in POINTS]
    assert len(names) == len(set(names))
    assert all(meaning for _, meaning in POINTS)


@pytest.mark.parametrize(("asked", "passed"), [("record.after-commit", 0), ("record.after-commit:3", 2)])
def test_a_process_dies_at_the_pass_that_was_asked_for(asked: str, passed: int) -> None:
    died = _run(asked)
    assert died.returncode == -signal.SIGKILL
    assert len(died.stdout.splitlines()) == passed


@pytest.mark.parametrize("asked", ["", "accept.before-commit", "record.after-commit:4"])
def test_a_process_that_was_not_asked_to_die_lives(asked: str) -> None:
    lived = _run(asked)
    assert lived.returncode == 0
    assert len(lived.stdout.splitlines()) == 3
