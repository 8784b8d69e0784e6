"""The command line: `coldopen` and its commands."""

from __future__ import annotations

import sys


def main() -> None:
    """Run a command. The engine's own errors become one sentence on standard error and exit code 2."""
    from engine.cli.commands import app  # noqa: PLC0415  (importing the engine takes a moment; `--help` of others does not)
    from engine.errors import ColdopenError  # noqa: PLC0415

    try:
        app()
    except ColdopenError as error:
        sys.stderr.write(f"coldopen: {' '.join(str(error).split())}\n")
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(0)
