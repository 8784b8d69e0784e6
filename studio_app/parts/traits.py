"""Traits as text that a person can write: one trait on each line, read back exactly as it was.

humour: none that she would admit to
clinical                                  a trait that simply holds
patience: 0.7                             a number; "0.7" in quotes is words
examples:                                 a list
  - Noted. Go on.
  - You said about three.
history: first line
  | and a second line of the same text
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias, cast

from engine.errors import BadInput

if TYPE_CHECKING:
    from engine.story.fields import Traits

Value: TypeAlias = "bool | int | float | str | list[str]"
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?")
_QUOTED_NAME = re.compile(r'("(?:[^"\\]|\\.)*")\s*(:|$)')
_CALLED = {"yes": True, "no": False}


def to_text(traits: Traits) -> str:
    """Traits as text."""
    return "\n".join(line for name, value in traits.items() for line in _written(name, value))


def from_text(text: str) -> Mapping[str, Value]:
    """Traits from text. Raises BadInput where a name stands twice or a line belongs to none."""
    found: dict[str, Value] = {}
    last = ""
    for line in text.splitlines():
        told = line.strip()
        if not told:
            continue
        if last and line[0] in " \t" and told[0] in "-|":
            found[last] = _longer(found[last], told)
            continue
        last, value = _trait(told)
        if last in found:
            raise BadInput(f"“{last}” stands twice: give each trait one name of its own.")
        found[last] = value
    return {name: "" if value == [] else value for name, value in found.items()}


def _written(name: str, value: object) -> Iterator[str]:
    called = json.dumps(name, ensure_ascii=False) if _needs_quotes(name) else name
    if value is True:
        yield called
    elif isinstance(value, list):
        yield f"{called}:" if value else f"{called}: []"
        yield from (f"  - {one}" for one in cast("list[str]", value))
    elif isinstance(value, str):
        first, *rest = value.split("\n")
        yield f"{called}: {_words(first, alone=not rest)}"
        yield from (f"  | {line}" for line in rest)
    else:
        yield f"{called}: {'no' if value is False else value}"


def _needs_quotes(name: str) -> bool:
    return not name or ":" in name or name[0] in '"-|' or name != name.strip()


def _words(text: str, *, alone: bool) -> str:
    """Words that would be read as something else stand in quotes."""
    odd = _NUMBER.fullmatch(text) or text in _CALLED or text == "[]" or text[:1] == '"' or not text
    return json.dumps(text, ensure_ascii=False) if odd or (not alone and text != text.strip()) else text


def _trait(told: str) -> tuple[str, Value]:
    quoted = _QUOTED_NAME.match(told)
    if quoted:
        name, has_value, rest = str(_unquoted(quoted[1])), quoted[2] == ":", told[quoted.end() :]
    else:
        name, colon, rest = told.partition(":")
        has_value = bool(colon)
    return name.strip() if not quoted else name, _value(rest.strip()) if has_value else True


def _value(told: str) -> Value:
    """What stands behind the colon; nothing yet may become a list."""
    if told in ("", "[]"):
        return []
    if told in _CALLED:
        return _CALLED[told]
    if _NUMBER.fullmatch(told):
        return float(told) if "." in told else int(told)
    return _unquoted(told)


def _unquoted(told: str) -> str:
    if len(told) > 1 and told[0] == told[-1] == '"':
        try:
            return str(json.loads(told))
        except ValueError:
            return told
    return told


def _longer(value: Value, told: str) -> Value:
    """A trait with one more line: an entry of its list, or the next line of its text."""
    rest = told[1:].strip()
    if told[0] == "|":
        return f"{'' if isinstance(value, (list, bool)) else value}\n{told[1:].removeprefix(' ')}"
    return [*value, rest] if isinstance(value, list) else [rest]
