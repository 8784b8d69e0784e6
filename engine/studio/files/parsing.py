"""TOML bytes as one checked noun; every fault becomes a sentence that names the file and the field."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from typing import TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from engine.errors import BadInput
from engine.studio.files.bundle import IDS

Noun = TypeVar("Noun")
Stated = Mapping[str, object]
_TRAITS = ("personality", "tone_style", "speech_patterns", "boundaries")
_NAME_SHOWN = 80
_LONG_KEY = re.compile(rb"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){30}""")
"""A dotted key of many parts costs the TOML reader memory by its square; no file of ours has one of more than two."""


def parse(file: str, data: bytes) -> Stated:
    """What a TOML file states. Raises BadInput when it is not UTF-8 or not TOML, or states an id."""
    if _LONG_KEY.search(data):
        raise BadInput(f"{file} has a key of more than thirty parts: shorten it.")
    try:
        stated = cast("Stated", tomllib.loads(data.decode("utf-8")))
    except UnicodeDecodeError as error:
        raise BadInput(f"{file} is not UTF-8 text: save it as UTF-8.") from error
    except RecursionError as error:
        raise BadInput(f"{file} is nested too deeply: flatten it.") from error
    except ValueError as error:
        raise BadInput(f"{file} is not valid TOML: {error}; correct that line.") from error
    for field in IDS:
        if field in stated:
            raise BadInput(f"{file}: {field} belongs to one database and never stands in files: remove that line.")
    return stated


def validated(noun: TypeAdapter[Noun], file: str, stated: Stated) -> Noun:
    """The noun that a file states, every type exact. Raises BadInput naming the file and the first field at fault."""
    try:
        return noun.validate_json(json.dumps(stated), strict=True)
    except ValidationError as error:
        raise BadInput(_fault(file, error)) from error
    except RecursionError as error:
        raise BadInput(f"{file} is nested too deeply: flatten it.") from error
    except ValueError as error:
        raise BadInput(f"{file} holds a number of too many digits: shorten it.") from error
    except TypeError as error:
        raise BadInput(f"{file} holds a date or time: put it in quotation marks.") from error


def _fault(file: str, error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False)[0]
    steps = fault["loc"]
    field = ".".join(str(step)[:_NAME_SHOWN] for step in (steps[:2] if steps[:1] and steps[0] in _TRAITS else steps))
    if fault["type"] == "missing":
        return f'{file} lacks "{field}": add it.'
    if fault["type"] == "unexpected_keyword_argument":
        return f'{file}: there is no field "{field}": remove it or correct its spelling.'
    if steps[:1] and steps[0] in _TRAITS:
        return f'{file}, field "{field}": write text, a number, true, false or a list of short texts.'
    return f'{file}, field "{field}": {fault["msg"]}; correct it and try again.'
