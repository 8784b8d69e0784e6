"""SQL of standing: marking the effects of a turn."""

from __future__ import annotations

import sqlalchemy as sa

from engine.play.effects import Verdict


def restand(tx: sa.Connection, table: sa.Table, verdict: Verdict) -> None:
    """Mark the effects of a turn's takes: those of the standing take stand, the others do not.

    The others are hidden first, because rows of both may share a key that is unique among standing rows.
    """
    mine = sa.and_(table.c.turn_id == verdict.turn_id, table.c.take_id.is_not(None))
    chosen = table.c.take_id == (verdict.take_id or "")
    tx.execute(table.update().where(mine, ~chosen, table.c.standing).values(standing=False))
    if verdict.take_id is not None:
        tx.execute(table.update().where(mine, chosen, ~table.c.standing).values(standing=True))
