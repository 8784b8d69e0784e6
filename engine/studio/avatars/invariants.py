"""Promises about anchor candidates."""

from __future__ import annotations

from engine.db.check import Invariant

INVARIANTS = (
    Invariant(
        "A1",
        "A candidate that is ready names a picture of its kit that has a row.",
        """
        select c.id from anchor_candidates c left join avatar_assets a on a.id = c.asset_id and a.kit_id = c.kit_id
        where (c.state = 'ready') <> (c.asset_id is not null) or (c.state = 'ready' and a.id is null)
        """,
    ),
    Invariant(
        "A2",
        "A candidate that is being drawn has a hand that draws it, with a lease; every other has none.",
        """
        select id from anchor_candidates where (state = 'drawing') <> (hand is not null)
        or (state = 'drawing') <> (lease_at is not null)
        or (state = 'failed') <> (error is not null and error <> '')
        """,
    ),
)
