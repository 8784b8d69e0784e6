"""What was typed into a form, made safe to keep: only what hides or breaks goes, every word and blank stays."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from engine.errors import BadInput
from engine.kernel.text import clean

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"
SIZE_LIMIT = 200_000
"""Bytes of a draft as JSON."""
_DEEPEST = 12
_MOST = 2**53
_BLANKS = re.compile(r"([ \t\n]*)(.*?)([ \t\n]*)\Z", re.DOTALL)


def to_text(fields: Mapping[str, Json]) -> str:
    """The fields as JSON. Raises BadInput when they are too large, too deep or no JSON."""
    written = json.dumps(_kept(fields, 0), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    if len(written.encode()) > SIZE_LIMIT:
        raise BadInput(f"A draft holds at most {SIZE_LIMIT // 1000} kB. Shorten its longest text.")
    return written


def from_text(text: str) -> Mapping[str, Json]:
    """The fields from their stored text."""
    return json.loads(text)


def _kept(value: object, depth: int) -> Json:
    if depth > _DEEPEST:
        raise BadInput("A draft cannot hold lists within lists as deep as that.")
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)) and abs(value) <= _MOST and math.isfinite(value):
        return value
    if isinstance(value, Mapping):
        return {_text(str(name)): _kept(one, depth + 1) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_kept(one, depth + 1) for one in value]
    raise BadInput("A draft holds text, ordinary numbers, yes and no, and lists of them; nothing else.")


def _text(typed: str) -> str:
    """Text without what hides or breaks; the blanks around it stay, for somebody may still be typing."""
    parts = _BLANKS.match(typed.replace("\r\n", "\n").replace("\r", "\n"))
    if parts is None:  # cannot be: every text has such parts
        return clean(typed)
    return parts[1] + clean(parts[2]) + parts[3]
