"""The command line: `coldopen` and its commands."""

from __future__ import annotations

import signal
import sys
import threading
from typing import NoReturn

TOLD_TO_STOP = 128


def main() -> None:
    """Run a command. The engine's own errors become one sentence on standard error and exit code 2."""
    from engine.cli.commands import app  # noqa: PLC0415  (importing the engine takes a moment; `--help` of others does not)
    from engine.errors import ColdopenError  # noqa: PLC0415

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _stop)
    try:
        app()
    except ColdopenError as error:
        sys.stderr.write(f"coldopen: {' '.join(str(error).split())}\n")
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(0)


def _stop(number: int, _frame: object) -> NoReturn:
    """Leave as Ctrl-C does: what is open is closed on the way out, and what was said is kept."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(TOLD_TO_STOP + number)
