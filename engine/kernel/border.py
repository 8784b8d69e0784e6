"""The border to models: what they answer is read as notes, and whatever cannot be used is dropped."""

from __future__ import annotations

import json
from typing import TypeVar, cast

from pydantic import BaseModel, ValidationError

Note = TypeVar("Note", bound=BaseModel)
MOST = 10
"""How many notes of one kind an answer may bring."""
_LOOKED_AT = 100
_JSON_LIMIT = 200_000


def notes_of(model: type[Note], data: object, key: str) -> tuple[Note, ...]:
    """The usable notes, ten at most, in a list, in a mapping with a list under `key`, or in either as JSON text."""
    data = parsed(data)
    if isinstance(data, dict):
        data = cast("dict[str, object]", data).get(key)
    found: list[Note] = []
    for item in cast("list[object]", data)[:_LOOKED_AT] if isinstance(data, list) else ():
        try:
            found.append(model.model_validate(item))
        except (ValidationError, RecursionError):
            continue
        if len(found) == MOST:
            break
    return tuple(found)


def parsed(data: object) -> object:
    """Text read as JSON (None when it is none, or too long); anything else as it is."""
    if not isinstance(data, str):
        return data
    try:
        return json.loads(data) if len(data) <= _JSON_LIMIT else None
    except (ValueError, RecursionError):
        return None
