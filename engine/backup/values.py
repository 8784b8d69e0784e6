"""Values as JSON carries them, the same for every database: instants and bytes as text, stored JSON as its own text."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from engine.backup.shape import Column, Kind

_MOST_WHOLE = 2**63


def to_line(columns: Sequence[Column], row: Sequence[Any]) -> bytes:
    """A row as a line of JSON."""
    values = [
        _WRITE[column.kind](value) if value is not None and column.kind in _WRITE else value
        for column, value in zip(columns, row, strict=True)
    ]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def from_line(columns: Sequence[Column], line: bytes) -> list[Any]:
    """The row of a line, each value of its column's kind. Raises ValueError for anything else."""
    try:
        values = json.loads(line)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(values, list):
        raise TypeError("it is no list")
    told = cast("list[object]", values)
    return [_read(column, value) for column, value in zip(columns, told, strict=True)]


def _read(column: Column, value: object) -> Any:  # noqa: ANN401  (whatever the column holds)
    if value is None:
        if not column.optional:
            raise ValueError(f"{column.name} is missing")
        return None
    return _READ[column.kind](value)


def _of(kind: type, value: object) -> Any:  # noqa: ANN401
    if type(value) is not kind:  # True would pass for a whole number
        raise ValueError(f"{kind.__name__} expected")
    return value


def _text(value: object) -> str:
    told: str = _of(str, value)
    told.encode()  # a lone surrogate is a ValueError
    if "\0" in told:
        raise ValueError("text without NUL expected")
    return told


def _whole(value: object) -> int:
    told: int = _of(int, value)
    if not -_MOST_WHOLE <= told < _MOST_WHOLE:
        raise ValueError("whole number of at most 64 bits expected")
    return told


def _instant(value: object) -> datetime:
    told = datetime.fromisoformat(_of(str, value))
    if told.utcoffset() is None:
        raise ValueError("instant with its zone expected")
    try:
        return told.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("instant out of range") from error


def _json(value: object) -> str:
    told = _text(value)
    try:
        json.loads(told)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return told


def _instant_out(value: datetime) -> str:
    return value.isoformat(timespec="microseconds")


def _bytes_out(value: bytes) -> str:
    return base64.b64encode(value).decode()


_WRITE: dict[Kind, Callable[[Any], object]] = {"instant": _instant_out, "bytes": _bytes_out}
_READ: dict[Kind, Callable[[object], Any]] = {
    "instant": _instant,
    "json": _json,
    "bytes": lambda value: base64.b64decode(_of(str, value), validate=True),
    "flag": lambda value: _of(bool, value),
    "real": lambda value: _of(float, value),
    "whole": _whole,
    "text": _text,
}
