"""Slots: names that tell live processes apart. A slot is leased; a dead process's slot is taken over.

A take or picture in progress names its slot, and durable work is recovered by whoever gets the slot next.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.db.columns import instant, text
from engine.db.metadata import metadata

LEASE = timedelta(seconds=40)

slots = sa.Table(
    "slots",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    text("holder", default=None),
    instant("lease_at"),
)


def take(tx: sa.Connection, holder: str, now: datetime) -> str:
    """The lowest slot that is free or whose lease ran out; it belongs to `holder` until the lease ends."""
    if tx.dialect.name == "postgresql":
        tx.execute(sa.text("lock table slots in exclusive mode"))
    held = {row.name: row for row in tx.execute(sa.select(slots))}
    number = 0
    while (row := held.get(f"w{number}")) is not None and row.lease_at + LEASE > now:
        number += 1
    name = f"w{number}"
    if name in held:
        tx.execute(slots.update().where(slots.c.name == name), {"holder": holder, "lease_at": now})
    else:
        tx.execute(slots.insert(), {"name": name, "holder": holder, "lease_at": now})
    return name


def renew(tx: sa.Connection, name: str, holder: str, now: datetime) -> bool:
    """Keep a slot. False when another process has taken it over."""
    mine = sa.and_(slots.c.name == name, slots.c.holder == holder)
    return tx.execute(slots.update().where(mine), {"lease_at": now}).rowcount == 1


def release(tx: sa.Connection, name: str, holder: str) -> None:
    """Give a slot back."""
    tx.execute(slots.delete().where(slots.c.name == name, slots.c.holder == holder))
