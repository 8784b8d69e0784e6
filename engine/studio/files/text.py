"""One noun as TOML text: readable, the same each time, prose in blocks, nothing that says nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from typing import Any, cast

import tomlkit
from tomlkit.items import AoT, Array, Item, String, StringType, Table, Trivia

from engine.errors import BadInput

TEXT_LIMIT = 1_000_000
_LONG = 110
_HEADER = "Edit in any text editor, then: coldopen import FOLDER."


def dump(noun: object, *, without: Collection[str] = ()) -> bytes:
    """A noun (a dataclass of `engine.story`) as UTF-8 TOML, empty defaults left out.

    Plain values come first, then tables, each in the order of the noun's fields. Raises BadInput over 1 MB.
    """
    document = tomlkit.document()
    _ = document.add(tomlkit.comment(_HEADER))
    told = [(name, _item(value)) for name, value in _told(noun, without)]
    for name, item in sorted(told, key=lambda pair: isinstance(pair[1], (Table, AoT))):
        _ = document.add(name, item)
    written = document.as_string().encode()
    if len(written) > TEXT_LIMIT:
        raise BadInput("A file of this world would be over 1 MB: shorten its longest text.")
    return written


def _told(noun: object, skipped: Collection[str]) -> Iterator[tuple[str, object]]:
    for field in dataclasses.fields(noun):  # pyright: ignore[reportArgumentType]  (every noun is a dataclass)
        value = cast("object", getattr(noun, field.name))
        if field.name not in skipped and not (_empty(value) and value == _default(field)):
            yield field.name, value


def _empty(value: object) -> bool:
    return value is None or value in ("", (), {})


def _default(field: dataclasses.Field[object]) -> object:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


def _item(value: object) -> Item:
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, Mapping):
        return _table(cast("Mapping[str, object]", value).items())
    if dataclasses.is_dataclass(value):
        return _table(_told(value, ()))
    if isinstance(value, (list, tuple)):
        return _several(tuple(cast("tuple[object, ...]", value)))
    return tomlkit.item(cast("Any", value))  # numbers and the like are all that is left


def _table(pairs: Collection[tuple[str, object]] | Iterator[tuple[str, object]]) -> Table:
    table = tomlkit.table()
    for name, value in pairs:
        _ = table.add(name, _item(value))
    return table


def _several(values: tuple[object, ...]) -> Item:
    if values and dataclasses.is_dataclass(values[0]):
        return AoT([_table(_told(value, ())) for value in values])
    array: Array = tomlkit.array()
    array.extend(tomlkit.string(str(value)) for value in values)
    return array.multiline(multiline=len(array.as_string()) > _LONG)


def _string(text: str) -> String:
    """Short text on its line; prose as a block of its own (reading strips the line breaks around it)."""
    if len(text) <= _LONG and "\n" not in text:
        return tomlkit.string(text)
    block = f"{text}\n"
    escaped = tomlkit.string(block, multiline=True).as_string().removeprefix('"""').removesuffix('"""')
    return String(StringType.MLB, block, f"\n{escaped}", Trivia())
