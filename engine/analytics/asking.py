"""Asking: DuckDB in memory over the present set of files. It holds no file open between two questions."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import Conflict

if TYPE_CHECKING:
    import duckdb

    from engine.analytics.shelf import Manifest, Shelf

QUESTIONS = Path(__file__).resolve().parent / "questions"
_CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "threads": "2",
}
_REMEMBERED = 200
"""Answers that are kept: a screen asks the same again at every click."""
_LONGEST = 1_000
"""Rows of an answer that is worth keeping; files for download are longer, and are made once."""
Answer = Sequence[Mapping[str, Any]]
_TABLES = ("turns", "sessions", "people", "releases", "templates")


@cache
def question(name: str) -> str:
    """The words of a question, from its file."""
    return (QUESTIONS / f"{name}.sql").read_text(encoding="utf-8")


@dataclass(slots=True)
class Duck:
    """One DuckDB in memory; every question gets a cursor of its own, so threads do not meet."""

    _root: duckdb.DuckDBPyConnection | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of one's own. It reaches no network, and loads no extension."""
        import duckdb  # noqa: PLC0415  (a tenth of a second, and only who asks needs it)

        with self._lock:
            if self._root is None:
                self._root = duckdb.connect(":memory:", config=_CLOSED)
                self._root.execute("set TimeZone = 'UTC'")
            return self._root.cursor()

    def close(self) -> None:
        """Let go of the memory."""
        with self._lock:
            if self._root is not None:
                self._root.close()
                self._root = None

    def sessions_in(self, file: str) -> list[str]:
        """The sessions that a file of events mentions."""
        with self.cursor() as cursor:
            return [row[0] for row in cursor.execute(question("sessions_in"), {"file": file}).fetchall()]

    def merge_turns(self, old: str, new: str, touched: Sequence[str], place: str) -> None:
        """Write to `place` the old turns but those of touched sessions, and the new ones."""
        import pyarrow.parquet as pq  # noqa: PLC0415

        with self.cursor() as cursor:
            given = {"old": old, "new": new, "touched": list(touched)}
            pq.write_table(
                cursor.sql(question("merge_turns"), params=given).to_arrow_table(), place, compression="zstd"
            )


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks questions of a set of files; a set never changes, so what was asked of it once is remembered."""

    shelf: Shelf
    duck: Duck
    _known: OrderedDict[str, Answer] = field(default_factory=OrderedDict[str, Answer])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, manifest: Manifest, name: str, picked: Mapping[str, Any], **given: object) -> Answer:
        """The rows of a question over the sessions that a filter picks, as name and value.

        Raises Conflict where the files vanished meanwhile.
        """
        key = repr((manifest.tables["events"], name, sorted(picked.items()), sorted(given.items())))
        with self._lock:
            found = self._known.get(key)
        if found is None:
            found = self._find(manifest, name, picked, given)
            self._remember(key, found)
        return found

    def _remember(self, key: str, found: Answer) -> None:
        if len(found) > _LONGEST:
            return
        with self._lock:
            self._known[key] = found
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)

    def _find(self, manifest: Manifest, name: str, picked: Mapping[str, Any], given: Mapping[str, object]) -> Answer:
        import duckdb  # noqa: PLC0415

        try:
            with self.duck.cursor() as cursor:
                self._lay_out(cursor, manifest)
                cursor.execute(question("picked"), _only(question("picked"), picked))
                found = cursor.execute(question(name), _only(question(name), {**picked, **given}))
                names = [column[0] for column in found.description or ()]
                return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        except duckdb.IOException as error:
            raise Conflict("The exported figures were cleared away just now. Refresh them.") from error

    def _lay_out(self, cursor: duckdb.DuckDBPyConnection, manifest: Manifest) -> None:
        """Make the files readable as tables, for this cursor alone."""
        files = {name: [self.shelf.path(manifest.tables[name])] for name in _TABLES}
        files["events"] = [self.shelf.path(one) for one in (*manifest.sealed_files, manifest.tables["events"])]
        for name, paths in files.items():
            listed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
            cursor.execute(question("table").replace("{name}", name).replace("{files}", listed))


def _only(words: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the given values that the words ask for."""
    return {name: value for name, value in given.items() if f"${name}" in words}
