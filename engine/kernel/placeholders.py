"""Filling `{name}` slots in writers' text: one pass, an allow-list, everything else stays as typed.

`str.format` is not used: on writers' text it reaches attributes, crashes on braces and can build huge strings.
A value is never looked at again, so a memory that contains `{hooks}` stays literal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

SLOTS = ("memories", "hooks", "relationship_stage")
_SLOT = re.compile(r"\{([a-z_]{1,40})\}")


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with each `{key}` of `values` replaced once; unknown or odd braces stay as they are."""
    return _SLOT.sub(lambda match: values.get(match[1], match[0]), text)


def slots_in(text: str) -> tuple[str, ...]:
    """The known slots of a prompt in the order in which they appear, repeats included."""
    return tuple(match[1] for match in _SLOT.finditer(text) if match[1] in SLOTS)


def stable_part(text: str) -> int:
    """How much of a prompt comes before the paragraph with its first known slot; all of it when there is none."""
    first = next((match.start() for match in _SLOT.finditer(text) if match[1] in SLOTS), None)
    return len(text) if first is None else text.rfind("\n\n", 0, first) + 1
