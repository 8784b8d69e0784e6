"""What must hold of hooks and their uses: queries that return the rows which break it."""

from __future__ import annotations

from engine.db.check import Invariant
from engine.play.effects.invariants import of_effects

INVARIANTS = (
    *of_effects("hooks", "A hook"),
    *of_effects("hook_uses", "A use of a hook"),
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
