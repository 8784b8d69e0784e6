"""Serve the stubs by hand: `python -m tests.stubs`."""

from __future__ import annotations

import argparse
import sys
import threading
from contextlib import suppress

from tests.stubs.faults import FAULTS
from tests.stubs.openai import MODEL
from tests.stubs.server import serving
from tests.stubs.state import Stubs


def environment(stubs: Stubs) -> str:
    """The lines that lead Coldopen to these stubs."""
    told = {
        "CLAUDE_URL": stubs.claude,
        "CLAUDE_KEY": stubs.key,
        "GEMINI_URL": stubs.gemini,
        "GEMINI_KEY": stubs.key,
        "COMPATIBLE_URL": stubs.openai,
        "COMPATIBLE_KEY": stubs.key,
        "COMPATIBLE_MODEL": MODEL,
        "REPLICATE_URL": stubs.replicate,
        "REPLICATE_KEY": stubs.key,
    }
    return "\n".join(f"COLDOPEN_{name}={value}" for name, value in told.items())


def manual(stubs: Stubs) -> str:
    """How to order a fault by hand, and which there are."""
    lines = [
        "# The next request of a provider meets a fault; times=always lasts until all is cleared:",
        f"#   curl -X POST '{stubs.url}/_fault/claude/429-short?times=1'",
        f"# Forget all faults:           curl -X POST {stubs.url}/_clear",
        f"# What was asked, line by line: curl {stubs.url}/_calls",
        *(f"# {provider}: {' '.join(names)}" for provider, names in FAULTS.items()),
        "# Ctrl-C ends it.",
    ]
    return "\n".join(lines)


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m tests.stubs", description=__doc__)
    parser.add_argument("--port", type=int, default=8600, help="the port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--pause", type=float, default=0.05, help="seconds between two words of a streamed reply")
    parser.add_argument("--words", type=int, default=0, help="words of every reply; 0 answers the line that was said")
    told = parser.parse_args()
    with serving(told.port) as stubs, suppress(KeyboardInterrupt):
        stubs.pause = told.pause
        if told.words:
            stubs.says = lambda _provider, _line: " ".join(["word"] * told.words)
        sys.stdout.write(f"{environment(stubs)}\n{manual(stubs)}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
