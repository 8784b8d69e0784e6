"""Promises about scene rows: silent on clean data, and each names the row that breaks it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from engine.db.check import run
from engine.db.database import Database
from engine.play.scenes.invariants import INVARIANTS
from engine.schema import full_metadata

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
EMPTY: dict[type, Any] = {str: "", int: 0, float: 0.0, bool: False, bytes: b""}


def put(tx: sa.Connection, name: str, **values: Any) -> None:  # noqa: ANN401  (any column)
    """A row in which every column that must be filled, is."""
    table = full_metadata().tables[name]
    for column in table.columns:
        if not column.nullable and column.default is None and column.name not in values:
            values[column.name] = {} if isinstance(column.type, sa.JSON) else EMPTY.get(column.type.python_type, NOW)
    tx.execute(table.insert(), values)


@pytest.fixture
def played(db: Database) -> Database:
    """A session with one turn of two takes, the second chosen; a turn taken back; an act, and an undone one."""
    with db.write() as tx:
        put(tx, "characters", id="ilse", slug="ilse")
        put(tx, "releases", id="r", character_id="ilse")
        put(tx, "timelines", id="line-1", user_id="ana", character_id="ilse", kind="main", audience="player")
        put(tx, "sessions", id="s", user_id="ana", timeline_id="line-1", release_id="r")
        put(tx, "turns", id="t1", session_id="s", timeline_id="line-1", seq=1, at=1, client_id="1")
        put(
            tx,
            "turns",
            id="t2",
            session_id="s",
            timeline_id="line-1",
            seq=2,
            at=2,
            client_id="2",
            taken_back_by="act-1",
        )
        put(tx, "takes", id="a", turn_id="t1", session_id="s", number=1, state="complete", chosen=False)
        put(tx, "takes", id="b", turn_id="t1", session_id="s", number=2, state="complete", chosen=True)
        put(tx, "takes", id="c", turn_id="t2", session_id="s", number=1, state="complete", chosen=True)
        put(tx, "acts", id="act-1", timeline_id="line-1")
        put(tx, "acts", id="act-2", timeline_id="line-1", client_id="2", undone_at=NOW)
        put(tx, "image_assets", id="i", user_id="ana", storage_path="1")
        put(tx, "image_assets", id="studio", storage_path="2")
        put(tx, "image_assets", id="bens", user_id="ben", storage_path="3")
        scene(tx, "fine-1", take_id="b", standing=True)
        scene(tx, "fine-2", take_id="a", standing=False)
        scene(tx, "fine-3", turn_id="t2", take_id="c", standing=False, trigger_type="message-10")
        scene(tx, "fine-4", turn_id=None, act_id="act-1", standing=True, trigger_type="manual-act-1")
        scene(tx, "fine-5", turn_id=None, act_id="act-2", standing=False, trigger_type="manual-act-2")
        scene(tx, "fine-6", take_id="b", mode="t2i", anchor_id=None, avoid="text", trigger_type="message-25")
        scene(tx, "fine-7", take_id="b", state="due", image_id=None, mode=None, trigger_type="message-50")
    return db


def scene(tx: sa.Connection, scene_id: str, **values: Any) -> None:  # noqa: ANN401  (any column)
    """A ready scene drawn from an anchor, changed as asked."""
    given = {"turn_id": "t1", "user_id": "ana", "session_id": "s", "trigger_type": "start", "state": "ready",
             "image_id": "i", "mode": "kontext", "anchor_id": "x", "anchor_sha256": "ab", "standing": True,
             "prompt": "The same bookbinder as in the reference image, waiting, one person"}  # fmt: skip
    last = tx.scalar(sa.text("select coalesce(max(sequence_index), 0) from scene_images"))
    put(tx, "scene_images", id=scene_id, sequence_index=last + 1, **(given | values))


def broken(db: Database) -> dict[str, list[str]]:
    with db.read() as tx:
        return {found.invariant.code: list(found.ids) for found in run(tx, INVARIANTS, now=NOW) if found.ids}


def test_clean_rows_break_nothing(played: Database) -> None:
    assert broken(played) == {}


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("E2 scene_images", {"take_id": "a"}),
        ("E2 scene_images", {"take_id": "b", "standing": False}),
        ("E2 scene_images", {"turn_id": "t2", "take_id": "c"}),
        ("E2 scene_images", {"take_id": "nobody"}),
        ("E2 scene_images", {"turn_id": None, "act_id": "act-2"}),
        ("E2 scene_images", {"turn_id": None, "act_id": "act-1", "standing": False}),
        ("E2 scene_images", {"turn_id": None, "act_id": "nobody"}),
        ("S5", {"take_id": "b", "image_id": None}),
        ("S5", {"take_id": "b", "image_id": "nothing"}),
        ("S5", {"take_id": "b", "image_id": "bens"}),
        ("S5", {"take_id": "b", "image_id": "studio"}),
        ("S4", {"take_id": "b", "anchor_id": None}),
        ("S4", {"take_id": "b", "anchor_sha256": None}),
        ("S4", {"take_id": "b", "avoid": "text"}),
        ("S4", {"take_id": "b", "prompt": "solo, 1woman, waiting"}),
        ("S4", {"take_id": "b", "mode": None}),
        ("S4", {"take_id": "b", "mode": "t2i"}),
    ],
)
def test_a_broken_row_is_named(played: Database, code: str, values: dict[str, Any]) -> None:
    with played.write() as tx:
        scene(tx, "bad", trigger_type="other", **values)
    assert broken(played) == {code: ["bad"]}


def test_a_scene_without_a_cause_is_named(played: Database) -> None:
    with played.write() as tx:
        scene(tx, "bad", take_id=None, trigger_type="other", standing=False)
    assert broken(played) == {"E1 scene_images": ["bad"]}


def test_two_standing_scenes_of_a_trigger_are_named(played: Database) -> None:
    with played.write() as tx:
        tx.execute(sa.text("drop index ux_scene_images_standing"))
        scene(tx, "bad", take_id="b")
    assert broken(played) == {"S3": ["bad"]}
