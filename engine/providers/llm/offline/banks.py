"""The banks: lines, word lists and weights that the offline actor reads from `data/offline`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from engine.errors import SettingsProblem

TEMPERAMENTS = ("guarded", "warm", "playful", "clinical", "intense")
_SLOT = re.compile(r"\{([a-z_]+)\}")
_SENTENCE = re.compile(r"[.?!…]+")
_TELLING, _FRAGMENT = 3, 8
_EDGES = ' .,;:?!*…—“”"'


@dataclass(frozen=True, slots=True)
class Template:
    """One line of a bank, its slots and its half. By `traces` (sentences without slots) and `fragments` (fixed parts of
    the others) a use is found again.

    Halves alternate every eight turns, so that a line that has scrolled out of the prompt is not said again soon.
    """

    text: str
    slots: frozenset[str]
    traces: tuple[str, ...]
    fragments: tuple[str, ...]
    half: int


@dataclass(frozen=True, slots=True, eq=False)
class Banks:
    """Everything of the folder by dotted key: lines to speak, word lists, single texts, and numbers as weights."""

    lines: Mapping[str, tuple[Template, ...]]
    words: Mapping[str, tuple[str, ...]]
    texts: Mapping[str, str]
    weights: Mapping[str, float]

    def of(self, *keys: str) -> tuple[Template, ...]:
        """The templates of all these keys, in order; a key that no file has adds nothing."""
        return tuple(template for key in keys for template in self.lines.get(key, ()))

    def lexicon(self, key: str) -> tuple[str, ...]:
        """A word list, or an empty one."""
        return self.words.get(key, ())


@cache
def open_banks(folder: Path) -> Banks:
    """Read every TOML file under `folder`, once per process.

    Raises SettingsProblem, naming the file, when there are none or one cannot be read.
    """
    lines: dict[str, tuple[Template, ...]] = {}
    words: dict[str, tuple[str, ...]] = {}
    weights: dict[str, float] = {}
    alone: dict[str, str] = {}
    for file in sorted(folder.rglob("*.toml")):
        prefix = ".".join(file.relative_to(folder).with_suffix("").parts)
        for key, value in _leaves(prefix, _read(file)):
            if isinstance(value, (int, float)):
                weights[key] = float(value)
            elif isinstance(value, str):
                alone[key] = value
            elif isinstance(value, list):
                texts = tuple(item for item in value if isinstance(item, str))  # pyright: ignore[reportUnknownVariableType]
                words[key] = texts
                lines[key] = () if prefix.startswith("words.") else tuple(map(template, texts, range(len(texts))))
    if not lines:
        raise SettingsProblem(f"The offline actor found no banks of lines in {folder}: install the data folder again.")
    return Banks(lines, words, alone, weights)


def template(text: str, place: int) -> Template:
    """A line of a bank, read once; lines in odd and in even places make the halves."""
    sentences = [found for part in _SENTENCE.split(text.lower()) if (found := part.strip(_EDGES))]
    fixed = tuple(found for found in sentences if not _SLOT.search(found))
    traces = fixed if len(sentences) == 1 else tuple(found for found in fixed if len(found.split()) >= _TELLING)
    parts = [max(_SLOT.split(found)[::2], key=len).strip(_EDGES) for found in sentences if _SLOT.search(found)]
    fragments = tuple(part for part in parts if len(part) >= _FRAGMENT)
    return Template(text, frozenset(_SLOT.findall(text)), traces, fragments, place % 2)


def _read(file: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsProblem(f"The bank of lines {file} cannot be read: {error}.") from error


def _leaves(prefix: str, table: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _leaves(f"{prefix}.{key}", value)  # pyright: ignore[reportUnknownArgumentType]
        else:
            yield f"{prefix}.{key}", value
