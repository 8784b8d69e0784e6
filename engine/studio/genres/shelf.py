"""The shelf of doctrines: reading `genres/*.toml` and finding one by its slug."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from pydantic import TypeAdapter, ValidationError

from engine.errors import SettingsProblem, UnknownGenre
from engine.studio.genres.rules import Doctrine

_DOCTRINE = TypeAdapter(Doctrine)
_Stamp = tuple[str, int, int]


def load_doctrines(folder: Path) -> Mapping[str, Doctrine]:
    """Every doctrine in `folder` (one `<slug>.toml` each), by slug, in the order of the file names.

    Files are read again when their time or size changed. Raises SettingsProblem with one sentence that names the
    folder, or the file and the field, at fault.
    """
    try:
        files = [path for path in sorted(folder.glob("*.toml")) if path.is_file()]
        stamps = tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in files)
    except OSError as error:
        raise SettingsProblem(f"The genres in {folder} cannot be read: {error.strerror}.") from error
    if not stamps:
        raise SettingsProblem(f"There is no genre in {folder}: put at least one <genre>.toml there.")
    return _load(folder, stamps)


def doctrine(folder: Path, slug: str) -> Doctrine:
    """The doctrine with that slug. Raises UnknownGenre, naming the known ones, and what load_doctrines raises."""
    return pick(load_doctrines(folder), slug)


def pick(doctrines: Mapping[str, Doctrine], slug: str) -> Doctrine:
    """One of the given doctrines. Raises UnknownGenre with a sentence that names the asked one and the known ones."""
    if slug in doctrines:
        return doctrines[slug]
    known = ", ".join(sorted(doctrines)) or "none yet"
    raise UnknownGenre(f"There is no genre called {slug[:80]!r}; the known ones are: {known}.")


@lru_cache(maxsize=8)
def _load(folder: Path, stamps: tuple[_Stamp, ...]) -> Mapping[str, Doctrine]:
    found = [_read(folder / name) for name, _, _ in stamps]
    return MappingProxyType({each.slug: each for each in found})


def _read(path: Path) -> Doctrine:
    try:
        stated = tomllib.loads(path.read_bytes().decode("utf-8"))
        read = _DOCTRINE.validate_json(json.dumps(stated, default=str), strict=True)
    except UnicodeDecodeError as error:
        raise SettingsProblem(f"The genre file {path.name} is not UTF-8 text: save it as UTF-8.") from error
    except ValidationError as error:
        raise SettingsProblem(f"The genre file {path.name} {_first_fault(error)}") from error
    except ValueError as error:
        raise SettingsProblem(f"The genre file {path.name} is not valid TOML: {error}.") from error
    except OSError as error:
        raise SettingsProblem(f"The genre file {path.name} cannot be read: {error.strerror}.") from error
    if read.slug != path.stem:
        raise SettingsProblem(f"The genre file {path.name} has slug = {read.slug!r}: file name and slug must agree.")
    return read


def _first_fault(error: ValidationError) -> str:
    fault = error.errors()[0]
    field = ".".join(str(step) for step in fault["loc"])
    if fault["type"] == "missing":
        return f"lacks the field {field}: add it."
    if fault["type"] == "unexpected_keyword_argument":
        return f"has a field {field} that no doctrine has: remove it or correct its spelling."
    message = fault["msg"].removeprefix("Value error, ")
    return f"has a fault in {field}: {message}." if field else f"has a fault in {message}."
