"""Field types of authored text: cleaned and limited when a noun is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, StringConstraints

from engine.kernel.text import clean, one_line

CONFIG = ConfigDict(extra="forbid")

Name = Annotated[
    str, AfterValidator(lambda text: one_line(text, 1_000)), StringConstraints(min_length=1, max_length=80)
]
Label = Annotated[str, AfterValidator(lambda text: one_line(text, 10_000)), StringConstraints(max_length=300)]
Prose = Annotated[str, AfterValidator(clean), StringConstraints(max_length=8_000)]
LongProse = Annotated[str, AfterValidator(clean), StringConstraints(max_length=40_000)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=80)]
GenreSlug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=80)]

ActedBy = Literal["", "gemini", "claude", "compatible", "offline"]
"""Who acts, as settings call them; empty leaves it to the house."""


def as_tuple(value: object) -> object:
    """A list as a tuple, for frozen nouns that are read from JSON or TOML."""
    return tuple(value) if isinstance(value, list) else value


Labels = Annotated[tuple[Label, ...], BeforeValidator(as_tuple)]
Trait = bool | int | float | Prose | list[Label]
Traits = Mapping[Label, Trait]
