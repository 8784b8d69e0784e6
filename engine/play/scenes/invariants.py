"""Promises about scene images. Whether files are whole is checked in `engine.images.files` (S1, S2)."""

from __future__ import annotations

from engine.db.check import Invariant

INVARIANTS = (
    Invariant(
        "E1",
        "a scene names its cause: a turn and its take, or an act",
        "select id from scene_images where act_id is null and (turn_id is null or take_id is null)",
    ),
    Invariant(
        "E2",
        "a scene stands exactly with its cause",
        """
        select s.id from scene_images s
        left join turns t on t.id = s.turn_id left join takes k on k.id = s.take_id left join acts a on a.id = s.act_id
        where s.standing <> case
            when s.take_id is not null then t.id is not null and t.taken_back_by is null and coalesce(k.chosen, false)
            else a.id is not null and a.undone_at is null end
        """,
    ),
    Invariant(
        "S1",
        "a scene that is ready names a picture that has a row, and that row is of the same person",
        """
        select s.id from scene_images s left join image_assets i on i.id = s.image_id
        where s.state = 'ready' and (i.id is null or i.user_id is null or i.user_id <> s.user_id)
        """,
    ),
    Invariant(
        "S3",
        "a session has at most one standing scene of a trigger",
        """
        select min(id) from scene_images where standing and session_id is not null
        group by session_id, trigger_type having count(*) > 1
        """,
    ),
    Invariant(
        "S4",
        "a picture drawn from an anchor names it and says nothing to avoid and no count of people; others name none",
        """
        select id from scene_images where state = 'ready' and (
            mode is null
            or (mode = 'kontext' and (anchor_id is null or anchor_sha256 is null or avoid <> ''
                or prompt like '%1woman%' or prompt like '%1man%' or prompt like '%1person%'))
            or (mode = 't2i' and anchor_id is not null))
        """,
    ),
)
