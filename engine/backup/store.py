"""SQL of backup and restore: whole tables out in order, whole tables in, and whether there is anything yet."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from engine.backup.shape import LEFT_OUT, REVISIONS, Column, Kind, Sheet
from engine.db.columns import Utc
from engine.db.slots import LEASE, slots
from engine.images.tables import image_assets

BATCH = 1_000
_TYPES: dict[Kind, sa.types.TypeEngine[Any]] = {
    "instant": Utc(),
    "json": sa.Text(),  # read and written as its text: null in the column and null in the JSON stay apart
    "bytes": sa.LargeBinary(),
    "flag": sa.Boolean(),
    "real": sa.Double(),
    "whole": sa.BigInteger(),
    "text": sa.Text(),
}


def rows(tx: sa.Connection, sheet: Sheet) -> Iterator[Sequence[Any]]:
    """Every row of a table by its key, a batch in memory at a time."""
    table = _table(sheet)
    told = [_as_text(table.c[one.name]) if one.kind == "json" else table.c[one.name] for one in sheet.columns]
    query = sa.select(*told).order_by(*(table.c[name] for name in sheet.key))
    yield from tx.execute(query.execution_options(yield_per=BATCH))


def pictures(tx: sa.Connection) -> Iterator[tuple[str, str]]:
    """The path and the SHA-256 of every picture by its path, a batch in memory at a time."""
    query = sa.select(image_assets.c.storage_path, image_assets.c.sha256).order_by(image_assets.c.storage_path)
    for row in tx.execute(query.execution_options(yield_per=BATCH)):
        yield row[0], row[1]


def insert(tx: sa.Connection, sheet: Sheet, told: Iterable[dict[str, Any]]) -> None:
    """Write a table's rows, by column names. A row may name one of its own table that comes later."""
    table, postgres = _table(sheet), tx.dialect.name == "postgresql"
    statement = sa.insert(table).values({one.name: _bound(one, postgres=postgres) for one in sheet.columns})
    children: list[dict[str, Any]] = []
    left = iter(told)
    while batch := list(itertools.islice(left, BATCH)):
        for row in batch if sheet.parents else ():
            _set_aside(sheet, row, children)
        tx.execute(statement, batch)
    if children:
        mine = sa.and_(*(table.c[name] == sa.bindparam(f"its_{name}") for name in sheet.key))
        named = {name: sa.bindparam(f"new_{name}") for name in sheet.parents}
        tx.execute(sa.update(table).where(mine).values(named), children)


def hold(tx: sa.Connection, names: Iterable[str]) -> None:
    """Let nobody else read or write these tables until the transaction ends; on SQLite nobody else can write."""
    told = ", ".join(tx.dialect.identifier_preparer.quote(name) for name in names)
    if told and tx.dialect.name == "postgresql":
        tx.execute(sa.text(f"lock table {told} in access exclusive mode"))


def filled(tx: sa.Connection, names: Iterable[str]) -> str | None:
    """A table of these that has rows, those aside that a backup leaves out; None where there is none."""
    query = {name: sa.select(sa.literal(1)).select_from(sa.table(name)).limit(1) for name in names}
    return next((name for name in query if name not in LEFT_OUT and tx.scalar(query[name]) is not None), None)


def someone_is_here(tx: sa.Connection, now: datetime) -> bool:
    """Whether a process holds a slot whose lease has not run out."""
    alive = sa.select(sa.literal(1)).select_from(slots).where(slots.c.lease_at > now - LEASE).limit(1)
    return tx.scalar(alive) is not None


def drop(tx: sa.Connection, tables: Sequence[sa.Table]) -> None:
    """Take away tables that stand in this order, and the mark of their revision."""
    for table in reversed(tables):
        table.drop(tx, checkfirst=True)
    sa.Table(REVISIONS, sa.MetaData()).drop(tx, checkfirst=True)


def _table(sheet: Sheet) -> sa.TableClause:
    return sa.table(sheet.name, *(sa.column(each.name, _TYPES[each.kind]) for each in sheet.columns))


def _as_text(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.cast(column, sa.Text).label(column.key)


def _bound(column: Column, *, postgres: bool) -> sa.ColumnElement[Any]:
    bound = sa.bindparam(column.name, type_=_TYPES[column.kind])
    return sa.cast(bound, JSONB) if postgres and column.kind == "json" else bound


def _set_aside(sheet: Sheet, row: dict[str, Any], children: list[dict[str, Any]]) -> None:
    """Empty what names another row of the same table, which may not be there yet, and keep it for afterwards."""
    named = {f"new_{name}": row[name] for name in sheet.parents}
    if any(value is not None for value in named.values()):
        children.append(named | {f"its_{name}": row[name] for name in sheet.key})
        row.update(dict.fromkeys(sheet.parents))
