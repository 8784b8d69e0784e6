"""Promises about scene images. Whether files are whole is checked in `engine.images.files` (S1, S2)."""

from __future__ import annotations

from engine.db.check import Invariant
from engine.play.effects.invariants import of_effects

INVARIANTS = (
    *of_effects("scene_images", "A scene"),
    Invariant(
        "S5",
        "A scene that is ready names a picture that has a row, and that row is of the same person.",
        """
        select s.id from scene_images s left join image_assets i on i.id = s.image_id
        where s.state = 'ready' and (i.id is null or i.user_id is null or i.user_id <> s.user_id)
        """,
    ),
    Invariant(
        "S3",
        "A session has at most one standing scene of a trigger.",
        """
        select min(id) from scene_images where standing and session_id is not null
        group by session_id, trigger_type having count(*) > 1
        """,
    ),
    Invariant(
        "S3b",
        "The scenes of a session are numbered from 1 without a gap, hidden ones included.",
        """
        select session_id from scene_images where session_id is not null group by session_id
        having min(sequence_index) <> 1 or max(sequence_index) <> count(*) or count(distinct sequence_index) <> count(*)
        """,
    ),
    Invariant(
        "S5b",
        "A scene that is being drawn has somebody who draws it, with a lease; every other has none.",
        """
        select id from scene_images where (state = 'drawing') <> (slot is not null)
        or (state = 'drawing') <> (lease_at is not null)
        or (state = 'failed') <> (error is not null and error <> '') or (state <> 'ready' and image_id is not null)
        """,
    ),
    Invariant(
        "S4",
        "A picture drawn from an anchor names it and says nothing to avoid and no count of people; others name none.",
        """
        select id from scene_images where state = 'ready' and (
            mode is null
            or (mode = 'kontext' and (anchor_id is null or anchor_sha256 is null or avoid <> ''
                or prompt like '%1woman%' or prompt like '%1man%' or prompt like '%1person%'))
            or (mode = 't2i' and anchor_id is not null))
        """,
    ),
)
