"""A process killed at any point loses nothing, doubles nothing and leaves nothing stuck, on either database."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

ROOT = Path(__file__).resolve().parents[2]
DATABASES = ("sqlite", "postgresql")
FULL_KILLS = 250
FULL_TAKES = 1_800


def _grid(database: str, server: str, *more: str) -> subprocess.Popen[str]:
    """The grid in a process of its own: it forks, and a test process has threads."""
    command = [sys.executable, "-m", "tests.faults.grid", "--database", database, "--server", server, *more]
    return subprocess.Popen(  # noqa: S603  (our own command)
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def _report(process: subprocess.Popen[str], seconds: float) -> dict[str, Any]:
    out, errors = process.communicate(timeout=seconds)
    lines = out.splitlines()
    assert lines, errors
    return json.loads(lines[-1])


@pytest.fixture(scope="module")
def quick(postgres: sa.Engine) -> Iterator[dict[str, subprocess.Popen[str]]]:
    """Both quick grids, side by side."""
    server = postgres.url.render_as_string(hide_password=False)
    with ExitStack() as stack:
        yield {each: stack.enter_context(_grid(each, server)) for each in DATABASES}


@pytest.mark.parametrize("database", DATABASES)
def test_a_kill_at_each_point_loses_nothing(quick: dict[str, subprocess.Popen[str]], database: str) -> None:
    report = _report(quick[database], 280)
    assert report["findings"] == []
    assert report["missed"] == []
    assert report["kills"] >= 37


@pytest.mark.full
@pytest.mark.timeout(FULL_TAKES + 60)
@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.parametrize("seed", [1, 2])
def test_hundreds_of_kills_lose_nothing(postgres: sa.Engine, database: str, seed: int) -> None:
    server = postgres.url.render_as_string(hide_password=False)
    with _grid(database, server, "--kills", str(FULL_KILLS), "--seed", str(seed)) as process:
        report = _report(process, FULL_TAKES)
    assert report["findings"] == []
    assert report["kills"] >= FULL_KILLS
