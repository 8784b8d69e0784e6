"""The real command in a process of its own, which can be killed and started again."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Generator
from pathlib import Path

import httpx

START = 90.0
READY = re.compile(r"Coldopen is at (\S+)")


class Served:
    """One run of `coldopen`, with more words if given."""

    def __init__(self, home: Path, url: str, *words: str) -> None:
        given = {"COLDOPEN_HOME": str(home), "COLDOPEN_PORT": "0", "COLDOPEN_ACTOR_DELAY": "0.005"}
        settings = given | ({"COLDOPEN_DATABASE_URL": url} if url else {})
        self._process = subprocess.Popen(  # noqa: S603  (our own command)
            [sys.executable, "-m", "engine.cli", *words],
            env=os.environ | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.told: list[str] = []
        self.url = self._ready()
        threading.Thread(target=self._read_on, daemon=True).start()

    def _ready(self) -> str:
        assert self._process.stdout is not None
        watch = threading.Timer(START, self._process.kill)
        watch.start()
        try:
            for line in self._process.stdout:
                self.told.append(line)
                found = READY.search(line)
                if found:
                    return found[1]
        finally:
            watch.cancel()
        raise AssertionError("".join(self.told))

    def _read_on(self) -> None:
        assert self._process.stdout is not None
        self.told.extend(self._process.stdout)

    def kill(self) -> None:
        """As a power cut would."""
        self._process.kill()
        self._process.wait(10)

    def stop(self) -> float:
        """Ctrl-C; the exit code must be 0 within ten seconds."""
        self._process.send_signal(signal.SIGINT)
        assert self._process.wait(10) == 0, "".join(self.told)
        return 0.0

    def client(self, cookies: httpx.Cookies | None = None) -> httpx.Client:
        """Somebody's browser."""
        return httpx.Client(base_url=f"{self.url}/api/v1", cookies=cookies, timeout=30)


@contextlib.contextmanager
def serving(home: Path, url: str, *words: str) -> Generator[Served]:
    """A running server, `coldopen WORDS`, stopped at the end if it still runs."""
    served = Served(home, url, *words)
    try:
        yield served
    finally:
        served.kill()
