"""SQL of standing: marking the effects of a turn."""

from __future__ import annotations

from functools import cache

import sqlalchemy as sa

from engine.play.effects import Verdict


def restand(tx: sa.Connection, table: sa.Table, verdict: Verdict) -> None:
    """Mark the effects of a turn's takes: those of the standing take stand, the others do not.

    The others are hidden first, because rows of both may share a key that is unique among standing rows.
    """
    hide, show = _statements(table)
    known = {"turn": verdict.turn_id, "take": verdict.take_id or ""}
    tx.execute(hide, known)
    if verdict.take_id is not None:
        tx.execute(show, known)


@cache
def _statements(table: sa.Table) -> tuple[sa.Update, sa.Update]:
    """The two statements of a table, built once: hide what is of other takes, show what is of the standing one."""
    mine = sa.and_(table.c.turn_id == sa.bindparam("turn"), table.c.take_id.is_not(None))
    chosen = table.c.take_id == sa.bindparam("take")
    hide = table.update().where(mine, ~chosen, table.c.standing).values(standing=False)
    return hide, table.update().where(mine, chosen, ~table.c.standing).values(standing=True)
