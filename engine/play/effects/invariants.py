"""What must hold of every effect table: each row names its cause, and stands exactly while that does."""

from __future__ import annotations

from engine.db.check import Invariant

_CAUSE = "select id from {table} where act_id is null and (turn_id is null or take_id is null)"
_STANDS = """
    select e.id from {table} e
    left join turns t on t.id = e.turn_id
    left join takes k on k.id = e.take_id
    left join acts a on a.id = e.act_id
    where e.standing <> (case when e.act_id is not null then a.id is not null and a.undone_at is null
                              else t.id is not null and t.taken_back_by is null and coalesce(k.chosen, false) end)
"""


def of_effects(table: str, what: str) -> tuple[Invariant, Invariant]:
    """E1 and E2 of a table; `what` names one of its rows in a sentence, with its article."""
    return (
        Invariant(f"E1 {table}", f"{what} names its cause: a turn and a take, or an act.", _CAUSE.format(table=table)),
        Invariant(f"E2 {table}", f"{what} stands exactly while its cause does.", _STANDS.format(table=table)),
    )
