"""Running a function in a forked child that may be killed at any point: what it told before, and how it ended.

The parent has everything imported and nothing open: no thread, no connection, no event loop. So a child starts at once
and a kill costs a fraction of a second.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.kernel.crash import VARIABLE

Tell = Callable[[dict[str, Any]], None]
"""Tell the parent something; what was told before a kill is acknowledged."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a child told in order, the signal that ended it (0 = none), its exit code, and whether it hung."""

    lines: tuple[dict[str, Any], ...]
    signal: int
    code: int
    hung: bool = False

    @property
    def killed(self) -> bool:
        """Whether it died at its crash point."""
        return self.signal == signal.SIGKILL and not self.hung


def in_child(work: Callable[[Tell], None], *, crash_at: str = "", seconds: float = 60.0) -> Told:
    """Run `work` in a forked child, to be killed at a crash point; a child that hangs is ended after `seconds`."""
    sys.stdout.flush()
    sys.stderr.flush()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _be_a_child(work, writing, crash_at)
    os.close(writing)
    data, hung = _read_all(reading, child, seconds)
    os.close(reading)
    _, status = os.waitpid(child, 0)
    ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -1
    whole = data.rpartition(b"\n")[0].splitlines()
    return Told(tuple(json.loads(line) for line in whole), ended_by, code, hung)


def _be_a_child(work: Callable[[Tell], None], writing: int, crash_at: str) -> None:
    """Never returns."""
    os.environ.pop(VARIABLE, None)
    if crash_at:
        os.environ[VARIABLE] = crash_at
    code = 1
    try:
        work(lambda told: _write(writing, told))
        code = 0
    except BaseException:  # noqa: BLE001  (a child must not return into the parent's code)
        _write(writing, {"kind": "error", "trace": traceback.format_exc()})
    finally:
        os._exit(code)


def _write(pipe: int, told: dict[str, Any]) -> None:
    os.write(pipe, (json.dumps(told) + "\n").encode())


def _read_all(pipe: int, child: int, seconds: float) -> tuple[bytes, bool]:
    until, data = time.monotonic() + seconds, b""
    while True:
        ready, _, _ = select.select([pipe], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            os.kill(child, signal.SIGKILL)
            return data, True
        piece = os.read(pipe, 65_536)
        if not piece:
            return data, False
        data += piece


def must_be_quiet() -> None:
    """Raises RuntimeError where this process is not fit to be forked: a thread runs besides the main one."""
    tasks = Path("/proc/self/task")
    if tasks.is_dir() and len(list(tasks.iterdir())) > 1:
        raise RuntimeError("The parent of the kill grid has threads; it must only import.")
