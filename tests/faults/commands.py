"""The real command in processes of its own, with nothing of this process's settings."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "engine.cli")


def begin(
    *words: str, cwd: Path | None = None, more: Mapping[str, str] | None = None, **settings: str
) -> subprocess.Popen[str]:
    """Start `coldopen WORDS` with COLDOPEN_* settings by their names in lower case; `more` are further ones."""
    given = {f"COLDOPEN_{name.upper()}": value for name, value in (settings | dict(more or {})).items()}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("COLDOPEN_")}
    return subprocess.Popen(  # noqa: S603  (our own command)
        [*COMMAND, *words],
        cwd=cwd or ROOT,
        env=inherited | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"} | given,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(
    *words: str,
    seconds: float = 60,
    cwd: Path | None = None,
    more: Mapping[str, str] | None = None,
    **settings: str,
) -> subprocess.CompletedProcess[str]:
    """The same, to its end; `more` are further settings."""
    with begin(*words, cwd=cwd, more=more, **settings) as process:
        try:
            out, errors = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, out, errors)
