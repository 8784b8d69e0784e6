"""`coldopen bench crash`: the kill grid of the tests, where the checkout is there; nothing of it is installed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from engine.bench.rows import quiet
from engine.errors import SettingsProblem

ROOT = Path(__file__).resolve().parents[2]
GRID = "tests.faults.grid"
ABSENT = (
    "The kill grid is part of the tests, and they are not installed with Coldopen. "
    "Run `uv run coldopen bench crash` in a checkout."
)


def measure(kills: int, seed: int, server: str = "") -> Iterator[str]:
    """Rows of JSON: the noise, then the grid's own report (kills, what was lost, doubled or stuck, seconds).

    Without `kills` it dies once at each point. Raises SettingsProblem where there is no checkout.
    """
    if not (ROOT / GRID.replace(".", os.sep)).with_suffix(".py").is_file():
        raise SettingsProblem(ABSENT)
    yield quiet("crash")
    place = ["--database", "postgresql", "--server", server] if server else ["--database", "sqlite"]
    command = [sys.executable, "-m", GRID, *place, "--kills", str(kills), "--seed", str(seed)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as grid:  # noqa: S603  (our own module)
        yield from (line.rstrip("\n") for line in grid.stdout or ())
    if grid.returncode not in (0, 1):
        raise SettingsProblem(f"The kill grid broke off with exit code {grid.returncode}.")
