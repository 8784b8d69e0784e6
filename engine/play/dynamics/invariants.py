"""What must hold of dynamics and milestones: queries that return the rows which break it."""

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
    Invariant("E1 dynamics", "Every change of the scene names its cause.", _CAUSE.format(table="dynamics")),
    Invariant("E1 milestones", "Every milestone names its cause.", _CAUSE.format(table="milestones")),
    Invariant(
        "E2 dynamics", "A change of the scene stands exactly while its cause does.", _STANDS.format(table="dynamics")
    ),
    Invariant("E2 milestones", "A milestone stands exactly while its cause does.", _STANDS.format(table="milestones")),
    Invariant(
        "D1",
        "A take moves tension once, by at most 15.",
        """
        select id from dynamics where change not between -15 and 15
        union all
        select min(id) from dynamics where take_id is not null group by take_id having count(*) > 1
        """,
    ),
    Invariant(
        "D2",
        "Within a timeline a milestone stands once at most.",
        "select min(id) from milestones where standing group by timeline_id, key having count(*) > 1",
    ),
)
