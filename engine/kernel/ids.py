"""Ids: 32 hexadecimal characters that sort by the time they were made (UUID version 7, RFC 9562)."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable

Ids = Callable[[], str]
SEEDS = 2**31
"""How many seeds there are: they fit a signed 32-bit column, and every camera takes them."""


def new_id() -> str:
    """A fresh id: 48 bits of Unix milliseconds, then random bits, with version and variant set."""
    millis = time.time_ns() // 1_000_000
    value = (millis & (1 << 48) - 1) << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return f"{value:032x}"


def seed_from(*parts: str | int) -> int:
    """A stable 31-bit seed from words and numbers: the same parts give the same seed in every process."""
    digest = hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).digest()
    return int.from_bytes(digest[:4], "big") % SEEDS
