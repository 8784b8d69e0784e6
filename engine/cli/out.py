"""Printing: lines for people, or one JSON object a line."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

from engine.kernel.text import clean


@dataclass(frozen=True, slots=True)
class Out:
    """Where a command prints. With `as_json`, only objects are printed, one a line."""

    as_json: bool

    def say(self, text: str = "", *, end: str = "\n") -> None:
        """Words for a person."""
        if not self.as_json:
            sys.stdout.write(text + end)
            sys.stdout.flush()

    def data(self, **values: Any) -> None:  # noqa: ANN401  (anything that JSON knows)
        """An object for a program."""
        if self.as_json:
            sys.stdout.write(json.dumps(values, ensure_ascii=False, default=str) + "\n")
            sys.stdout.flush()

    def quiet(self, text: str) -> None:
        """An aside: dim on a terminal."""
        self.say(f"\x1b[2m{text}\x1b[0m" if sys.stdout.isatty() else text)


def shown(text: str) -> str:
    """Text from people or models for a terminal: no control characters, so no escape sequences."""
    return clean(text)
