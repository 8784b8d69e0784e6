"""Writers' traits as readable sentences, and writers' text made literal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import cast

from engine.kernel.placeholders import SLOTS
from engine.kernel.text import clean

Told = Mapping[str, object] | Iterable[object] | float | None
"""What a trait field may hold: a mapping of trait to bool, number, text or list; else plain text, a list or nothing."""

_SLOT = re.compile(r"\{(" + "|".join(SLOTS) + r")\}")
_ENDED = (".", "!", "?", "…", ":", ";", ".”", "!”", "?”", '."', '!"', '?"', ".*")
_FULL_SCALE = 1.0


def literal(text: str) -> str:
    """Cleaned text in which a writer's `{memories}` has become `(memories)`; every other brace stays as typed.

    A built prompt has each slot once. A second one in a backstory would print the memories there as well, so a known
    slot name loses its braces; `{heart}`, JSON and `{memories.__class__}` are no slots, and nothing reads them.
    """
    return _SLOT.sub(r"(\1)", clean(text))


def sentences(told: Told) -> tuple[str, ...]:
    """What a field tells, one sentence for each trait; nothing told gives no sentences."""
    if isinstance(told, Mapping):
        pairs = cast("Mapping[str, object]", told)
        return tuple(line for key, value in pairs.items() if (line := _trait(str(key), value)))
    if isinstance(told, Iterable) and not isinstance(told, str):
        return tuple(_ended(_capital(words)) for each in told if (words := _flat(each)))
    return (_ended(_capital(_flat(told))),) if _flat(told) else ()


def phrase(told: Told) -> str:
    """What a field tells in one row: `old maps; the smell of rain.`, empty when nothing is told."""
    if isinstance(told, Mapping):
        return " ".join(sentences(cast("Mapping[str, object]", told)))
    return _ended(_flat(told))


def bullets(lines: Iterable[str]) -> str:
    """The lines as a list for a model to read, one to a row."""
    return "\n".join(f"- {line}" for line in lines)


def _trait(key: str, value: object) -> str:
    name = _capital(" ".join(literal(key).replace("_", " ").split()))
    if value is True:
        return _ended(name)
    if isinstance(value, float) and 0 <= value <= _FULL_SCALE:
        return f"{name}: {value:g} on a scale from 0 to 1."
    words = _flat(value)
    if not name or not words:
        return _ended(words)
    return _ended(f"{name}: {words}")


def _flat(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        pairs = cast("Mapping[object, object]", value)
        return "; ".join(f"{_flat(key)}: {_flat(each)}" for key, each in pairs.items())
    if isinstance(value, Iterable) and not isinstance(value, str):
        return "; ".join(words for each in value if (words := _flat(each).rstrip(".")))
    return " ".join(literal(str(value)).split())


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _ended(text: str) -> str:
    return text if not text or text.endswith(_ENDED) else f"{text}."
