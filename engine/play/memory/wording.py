"""How memories read in a prompt: quoted data, one a line, never an instruction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from engine.kernel.dates import ago
from engine.kernel.text import NAME_LIMIT, one_line, quoted
from engine.play.memory.nouns import LINE, Recalled

NONE = "none yet"


def render(recalled: Iterable[Recalled], now: datetime) -> str:
    """The memories for the prompt, or `none yet`. What they say is not looked at again: `{hooks}` stays literal."""
    return "\n".join(_line(memory, now) for memory in recalled) or NONE


def _line(memory: Recalled, now: datetime) -> str:
    who = f"{one_line(memory.subject, NAME_LIMIT) or 'Somebody'} said: " if memory.type == LINE else ""
    return f"- [{memory.type}] {who}{quoted(memory.text)} (said {ago(memory.said_at, now)})"
