"""What must hold of hooks and their uses: queries that return the rows which break it."""

from __future__ import annotations

from engine.db.check import Invariant

_STANDS = """
    select e.id from {table} e
    left join turns t on t.id = e.turn_id
    left join takes k on k.id = e.take_id
    left join acts a on a.id = e.act_id
    where e.standing <> (case when e.act_id is not null then a.id is not null and a.undone_at is null
                              else t.id is not null and t.taken_back_by is null and coalesce(k.chosen, false) end)
"""
_CAUSE = "select id from {table} where act_id is null and (turn_id is null or take_id is null)"

INVARIANTS = (
    Invariant("E1 hooks", "Every hook names its cause: a turn and a take, or an act.", _CAUSE.format(table="hooks")),
    Invariant("E1 hook_uses", "Every use of a hook names its cause.", _CAUSE.format(table="hook_uses")),
    Invariant("E2 hooks", "A hook stands exactly while its cause does.", _STANDS.format(table="hooks")),
    Invariant(
        "E2 hook_uses", "A use of a hook stands exactly while its cause does.", _STANDS.format(table="hook_uses")
    ),
    Invariant(
        "M5",
        "Within a timeline a hook has one standing use at most, and none before its time.",
        """
        select hook_id from hook_uses where standing group by timeline_id, hook_id having count(*) > 1
        union all
        select u.id from hook_uses u join hooks h on h.id = u.hook_id where u.created_at < h.trigger_after
        """,
    ),
)
