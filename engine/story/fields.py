"""Field types of authored text: cleaned, limited, with sentences that a writer understands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ConfigDict, StringConstraints, ValidationError

from engine.errors import BadInput
from engine.kernel.text import clean, one_line

CONFIG = ConfigDict(extra="forbid")
_ABBREVIATED = 200

Name = Annotated[
    str, AfterValidator(lambda text: one_line(text, 1_000)), StringConstraints(min_length=1, max_length=80)
]
Label = Annotated[str, AfterValidator(lambda text: one_line(text, 10_000)), StringConstraints(max_length=300)]
Prose = Annotated[str, AfterValidator(clean), StringConstraints(max_length=8_000)]
LongProse = Annotated[str, AfterValidator(clean), StringConstraints(max_length=40_000)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=80)]
GenreSlug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=80)]


def as_tuple(value: object) -> object:
    """A list as a tuple, for frozen nouns that are read from JSON or TOML."""
    return tuple(value) if isinstance(value, list) else value


Labels = Annotated[tuple[Label, ...], BeforeValidator(as_tuple)]
Proses = Annotated[tuple[Prose, ...], BeforeValidator(as_tuple)]
Trait = bool | int | float | Prose | list[Label]
Traits = Mapping[Label, Trait]


def sentence(error: ValidationError, subject: str) -> BadInput:
    """A pydantic error as one sentence that names the subject and each field at fault."""
    parts = [
        f"{'.'.join(str(step) for step in item['loc']) or 'value'}: {item['msg'][:_ABBREVIATED]}"
        for item in error.errors()[:5]
    ]
    return BadInput(f"{subject} cannot be used: {'; '.join(parts)}.")
