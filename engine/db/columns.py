"""Column types and shorthands that read the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

Json = sa.JSON().with_variant(JSONB(), "postgresql")


class Utc(sa.TypeDecorator[datetime]):
    """An aware instant, stored in UTC; a naive one is refused (SQLite would drop the zone without a word)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """To the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime refused")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """From the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def key() -> sa.Column[str]:
    """The primary key: one of our ids."""
    return sa.Column("id", sa.String(64), primary_key=True)


def ref(name: str, target: str, *, optional: bool = False, index: bool = True) -> sa.Column[str]:
    """A reference to another table's row, `target` as `table.column`."""
    return sa.Column(name, sa.String(64), sa.ForeignKey(target), nullable=optional, index=index)


def opaque(name: str, *, optional: bool = False, index: bool = False) -> sa.Column[str]:
    """An id that need not exist elsewhere in this database."""
    return sa.Column(name, sa.String(200), nullable=optional, index=index)


def text(name: str, *, optional: bool = False, default: str | None = "") -> sa.Column[str]:
    """Text of any length, cleaned before it comes here."""
    return sa.Column(name, sa.Text, nullable=optional, default=None if optional else default)


def number(name: str, *, optional: bool = False, default: int | None = None) -> sa.Column[int]:
    """A whole number."""
    return sa.Column(name, sa.Integer, nullable=optional, default=default)


def real(name: str, *, optional: bool = False) -> sa.Column[float]:
    """A floating-point number."""
    return sa.Column(name, sa.Float, nullable=optional)


def flag(name: str, *, default: bool = False) -> sa.Column[bool]:
    """True or false."""
    return sa.Column(name, sa.Boolean, nullable=False, default=default)


def instant(name: str, *, optional: bool = False) -> sa.Column[datetime]:
    """An instant in UTC."""
    return sa.Column(name, Utc, nullable=optional)


def json(name: str, *, optional: bool = False) -> sa.Column[Any]:
    """JSON: JSONB on PostgreSQL."""
    return sa.Column(name, Json, nullable=optional)


def ordered(name: str) -> sa.Column[Any]:
    """JSON whose keys keep the order in which they were written, which JSONB does not."""
    return sa.Column(name, sa.JSON, nullable=False)
