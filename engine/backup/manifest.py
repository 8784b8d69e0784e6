"""The manifest of a backup: what the file says of itself, and the names of its parts."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

FORMAT = 1
MANIFEST = "manifest.json"
PICTURES = "pictures/"
Count = Annotated[int, Field(ge=0)]


class _Part(BaseModel):
    """What all of these have in common: nothing is added, nothing is guessed."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class TablePart(_Part):
    """One table: a line of JSON for each row, its values in the order of `columns`. Size in bytes, unpacked."""

    columns: tuple[str, ...]
    rows: Count
    bytes: Count
    sha256: str


class PicturesPart(_Part):
    """The pictures' files: how many, their bytes, and how many pictures had lost theirs when the backup was made."""

    files: Count
    bytes: Count
    lost: Count


class Manifest(_Part):
    """What a backup holds. Each picture's size and hash stand in its row of `image_assets`."""

    format: int
    revision: Annotated[str, Field(min_length=1, max_length=32)]
    created_at: AwareDatetime
    tables: dict[str, TablePart]
    pictures: PicturesPart


def table_part(name: str) -> str:
    """The name of a table's part."""
    return f"tables/{name}.jsonl"


def picture_part(storage_path: str) -> str:
    """The name of a picture's part."""
    return PICTURES + storage_path
