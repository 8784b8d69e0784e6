"""What must hold of dynamics and milestones: queries that return the rows which break it."""

from __future__ import annotations

from engine.db.check import Invariant
from engine.play.effects.invariants import of_effects

INVARIANTS = (
    *of_effects("dynamics", "A change of the scene"),
    *of_effects("milestones", "A milestone"),
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
    Invariant(
        "D3",
        "After-work that is done left its one mark: how the take moved the scene. Demonstration play has none.",
        """
        select takes.id from takes join timelines on timelines.id = takes.timeline_id
        where takes.after = 'done' and timelines.audience <> 'synthetic'
        and not exists (select 1 from dynamics where dynamics.take_id = takes.id)
        """,
    ),
)
