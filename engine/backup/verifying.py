"""Reading a backup's parts back, and verifying all of them before anything of it is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.backup import archive
from engine.backup.archive import Reader
from engine.backup.manifest import MANIFEST
from engine.backup.saving import EVERY, PICTURES, Step, Tell
from engine.backup.shape import Column, Sheet
from engine.backup.values import from_line

ASSETS = "image_assets"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parts:
    """A backup's parts, read against the tables of its revision. Every verb raises BadInput for what is damaged."""

    backup: Reader
    sheets: tuple[Sheet, ...]
    tell: Tell

    def verify(self) -> None:
        """Read everything once: names, sizes, hashes, and each value's kind."""
        if set(self.backup.manifest.tables) != {sheet.name for sheet in self.sheets}:
            raise archive.damaged(self.backup.file, f"the list of tables in {MANIFEST}")
        for sheet in self.sheets:
            for _ in self.rows(sheet, "checked"):
                pass
        found = lost = 0
        for row in self.assets():
            there = self.picture(row) is not None
            found, lost = found + there, lost + (not there)
            if found and found % EVERY == 0:
                self.tell("checked", PICTURES, found)
        self.tell("checked", PICTURES, found)
        if (found, lost) != (self.backup.manifest.pictures.files, self.backup.manifest.pictures.lost):
            raise archive.damaged(self.backup.file, "the number of its pictures")

    def rows(self, sheet: Sheet, step: Step) -> Iterator[Row]:
        """A table's rows by column names."""
        count = 0
        for count, row in enumerate(self._rows(sheet), 1):
            yield row
            if count % EVERY == 0:
                self.tell(step, sheet.name, count)
        self.tell(step, sheet.name, count)

    def assets(self) -> Iterator[Row]:
        """The rows of pictures."""
        return self._rows(next(sheet for sheet in self.sheets if sheet.name == ASSETS))

    def picture(self, row: Row) -> bytes | None:
        """The file of a picture's row; None where it was lost before."""
        path = row["storage_path"]
        return self.backup.picture(path, row["bytes"], row["sha256"]) if self.backup.has_picture(path) else None

    def _rows(self, sheet: Sheet) -> Iterator[Row]:
        columns = self._columns(sheet)
        names = [column.name for column in columns]
        for number, line in enumerate(self.backup.lines(sheet.name), 1):
            try:
                row = from_line(columns, line)
            except (ValueError, TypeError) as error:
                raise archive.damaged(self.backup.file, f"row {number} of the table {sheet.name}") from error
            yield dict(zip(names, row, strict=True))

    def _columns(self, sheet: Sheet) -> list[Column]:
        """The columns in the order of the file."""
        told = self.backup.manifest.tables[sheet.name].columns
        known = {column.name: column for column in sheet.columns}
        if sorted(told) != sorted(known):
            raise archive.damaged(self.backup.file, f"the list of columns of the table {sheet.name}")
        return [known[name] for name in told]
