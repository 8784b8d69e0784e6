"""The same statements once more, on the bare driver: the least that the work could take."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

COMMIT = "COMMIT"
Run = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as the driver got it, or the end of a transaction."""

    sql: str
    values: Any
    many: bool


@contextlib.contextmanager
def noted(database: sa.Engine) -> Generator[list[Statement]]:
    """Every statement and commit of this thread on a database, for the length of the block."""
    statements: list[Statement] = []
    mine = threading.get_ident()

    def executed(_conn: Any, _cursor: Any, words: str, values: Any, _context: Any, many: bool) -> None:  # noqa: ANN401, FBT001
        if threading.get_ident() == mine:
            statements.append(Statement(words, values, many))

    def committed(_conn: Any) -> None:  # noqa: ANN401
        if threading.get_ident() == mine:
            statements.append(Statement(COMMIT, (), many=False))

    listening = {"before_cursor_execute": executed, "commit": committed}
    for name, listener in listening.items():
        event.listen(database, name, listener)
    yield statements
    for name, listener in listening.items():
        event.remove(database, name, listener)


def replay(raw: Any, statements: Sequence[Statement]) -> None:  # noqa: ANN401  (either driver's own connection)
    """Run statements on a bare connection and read all that they return."""
    cursor = raw.cursor()
    for one in statements:
        if one.sql == COMMIT:
            raw.commit()
        elif one.many:
            cursor.executemany(one.sql, one.values)
        else:
            cursor.execute(one.sql, one.values)
            if cursor.description is not None:
                cursor.fetchall()
