"""The shelf: Parquet files in the home, and the manifest that says which of them are the present set.

Files are never changed once named; a new set is made beside the old one and the manifest is swapped by rename. Whoever
is killed on the way leaves files that no manifest names, which the next export clears away.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.analytics.nouns import Exported

if TYPE_CHECKING:
    from engine.analytics.store import Rows

MANIFEST = "manifest.json"
FORMAT = 1
GRACE = 600.0
"""Seconds that a file outlives its set: somebody may still be reading it."""
GROUP = 100_000
"""Rows that stand together in a file."""
Columns = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Manifest:
    """The present set: its files by table, and how far events are sealed (never read again)."""

    version: int
    at: datetime
    sealed_until: datetime | None
    sealed: int
    events: int
    sessions: int
    demo_sessions: int
    sealed_files: tuple[str, ...]
    tables: Mapping[str, str]

    def exported(self) -> Exported:
        """What the export left, for who asks."""
        return Exported(self.at, self.version, self.events, self.sessions, self.demo_sessions)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder of the exported files."""

    folder: Path

    def manifest(self) -> Manifest | None:
        """The present set, or None where there is none that can be read whole."""
        try:
            told = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
            if told.pop("format") != FORMAT:
                return None
            sealed = told["sealed_until"]
            times = {"at": datetime.fromisoformat(told["at"])}
            times["sealed_until"] = datetime.fromisoformat(sealed) if sealed else None  # pyright: ignore[reportArgumentType]
            found = Manifest(**(told | times | {"sealed_files": tuple(told["sealed_files"])}))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        named = (*found.sealed_files, *found.tables.values())
        return found if all((self.folder / name).is_file() for name in named) else None

    def path(self, name: str) -> str:
        """Where a file lies, as DuckDB takes it."""
        return str(self.folder / name)

    def write(self, table: str, columns: Columns, batches: Iterable[Rows]) -> tuple[str, int]:
        """Write rows into a new file of a table: its name, and how many they were.

        Where reading them ends in an exception, whatever it is, nothing of the file is left.
        """
        name = self._new_name(table)
        try:
            count = _write(Path(self.path(name) + ".part"), columns, batches)
        except BaseException:
            self.drop(name + ".part")
            raise
        self.keep(name)
        return name, count

    def new_file(self, table: str) -> tuple[str, str]:
        """A name for a new file, and the place to write it before `keep`."""
        name = self._new_name(table)
        return name, self.path(name) + ".part"

    def keep(self, name: str) -> None:
        """Put a file that was written whole under its name."""
        part = self.folder / (name + ".part")
        with part.open("rb") as handle:
            os.fsync(handle.fileno())
        part.replace(self.folder / name)

    def drop(self, name: str) -> None:
        """Delete a file that no set has named."""
        (self.folder / name).unlink(missing_ok=True)

    def publish(self, manifest: Manifest) -> None:
        """Make a set the present one."""
        part = self.folder / f"{MANIFEST}.{secrets.token_hex(4)}.part"
        told = asdict(manifest) | {"at": manifest.at.isoformat(), "format": FORMAT}
        told["sealed_until"] = manifest.sealed_until.isoformat() if manifest.sealed_until else None
        with part.open("w", encoding="utf-8") as handle:
            json.dump(told, handle, indent=1)
            handle.flush()
            os.fsync(handle.fileno())
        part.replace(self.folder / MANIFEST)

    def clear(self, manifest: Manifest) -> None:
        """Delete files that the present set does not name and nobody can be reading any more."""
        named = {MANIFEST, *manifest.sealed_files, *manifest.tables.values()}
        for path in self.folder.iterdir():
            if path.name not in named and path.suffix in (".parquet", ".part"):
                _delete_old(path)

    def forget(self) -> None:
        """From now on there is no present set, and no file of an earlier one; the next export begins from nothing.

        Whoever reads a file at this moment is told that it was cleared away.
        """
        (self.folder / MANIFEST).unlink(missing_ok=True)
        for path in self.folder.glob("*.parquet"):
            path.unlink(missing_ok=True)

    def _new_name(self, table: str) -> str:
        self.folder.mkdir(parents=True, exist_ok=True)
        return f"{table}-{time.time_ns() // 1_000_000}-{secrets.token_hex(3)}.parquet"


def _write(place: Path, columns: Columns, batches: Iterable[Rows]) -> int:
    """Write rows to a place, gathered into groups large enough to be read fast: how many they were."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    schema = pa.schema([(name, _kind(kind)) for name, kind in columns.items()])
    count, group = 0, list[Any]()
    with pq.ParquetWriter(place, schema, compression="zstd") as writer:
        for rows in batches:
            group.append(_table(rows, schema))
            count += len(rows)
            if sum(one.num_rows for one in group) >= GROUP:
                writer.write_table(pa.concat_tables(group))
                group.clear()
        if group:
            writer.write_table(pa.concat_tables(group))
    return count


def _delete_old(path: Path) -> None:
    try:
        if time.time() - path.stat().st_mtime > GRACE:
            path.unlink()
    except FileNotFoundError:
        return  # another export cleared it away


def _kind(kind: str) -> Any:  # noqa: ANN401  (a type of pyarrow, which has none for us)
    import pyarrow as pa  # noqa: PLC0415

    kinds = {"text": pa.string(), "time": pa.timestamp("us", tz="UTC"), "number": pa.int32(), "flag": pa.bool_()}
    return kinds[kind]


def _table(rows: Rows, schema: Any) -> Any:  # noqa: ANN401
    """Rows as a table of pyarrow."""
    import pyarrow as pa  # noqa: PLC0415

    columns: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    arrays = [_array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def _array(values: Sequence[Any], kind: Any) -> Any:  # noqa: ANN401
    """A column of pyarrow. Instants may come as text in UTC, as SQLite keeps them."""
    import pyarrow as pa  # noqa: PLC0415

    if pa.types.is_timestamp(kind) and values and isinstance(values[0], str):
        return pa.array(values, pa.string()).cast(pa.timestamp("us")).cast(kind)
    return pa.array(values, kind)
