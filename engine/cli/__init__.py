"""The command line: `coldopen` and its commands."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import NoReturn

WRONG, TOLD_TO_STOP = 2, 128


def main() -> None:
    """Run a command. The engine's own errors become one sentence on standard error and exit code 2."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _stop)
    code = _run()
    sys.stdout.flush()
    sys.stderr.flush()
    if any(not each.daemon for each in threading.enumerate() if each is not threading.main_thread()):
        os._exit(code)  # everything is closed; a provider that has not answered yet would keep us for its whole minute
    sys.exit(code)


def _run() -> int:
    """Run a command: its exit code."""
    from engine.cli.commands import app  # noqa: PLC0415  (importing the engine takes a moment; `--help` of others does not)
    from engine.errors import ColdopenError  # noqa: PLC0415

    try:
        app()
    except ColdopenError as error:
        sys.stderr.write(f"coldopen: {' '.join(str(error).split())}\n")
        return WRONG
    except SystemExit as told:
        return told.code if isinstance(told.code, int) else int(told.code is not None)
    except BrokenPipeError:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  (nobody reads on; flushing must not fail)
    return 0


def _stop(number: int, _frame: object) -> NoReturn:
    """Leave as Ctrl-C does: what is open is closed on the way out, and what was said is kept."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(TOLD_TO_STOP + number)
