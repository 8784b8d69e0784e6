"""Scene rows on both databases: one standing scene a trigger, drawn by one hand, hidden and shown with its cause."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from engine.db.database import Database
from engine.errors import NotFound
from engine.kernel.ids import new_id
from engine.play.effects import EVERYTHING, Cause, Verdict
from engine.play.scenes import store
from engine.play.scenes.nouns import SceneRow
from engine.play.scenes.store import Drawn

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
CAUSE = Cause("ana", "ilse", "line-1", "session-1", 4, "turn-1", "take-a")
DRAWN = Drawn(
    image_id="image-1",
    mode="kontext",
    caption="She waits.",
    layers={"identity": "who", "scene": "where", "relationship": "how", "conversation": "what"},
    prompt="words",
    anchor_id="anchor",
    anchor_sha256="ab",
)


def wish(tx: sa.Connection, trigger: str = "start", cause: Cause = CAUSE, now: datetime = NOW) -> str | None:
    return store.request(
        tx, new_id=new_id, cause=cause, trigger=trigger, release_id="r", template_id="t", kit_id="k", now=now
    )


def wished(tx: sa.Connection, trigger: str = "start", cause: Cause = CAUSE, now: datetime = NOW) -> str:
    scene_id = wish(tx, trigger, cause, now)
    assert scene_id is not None
    return scene_id


def ready(tx: sa.Connection, trigger: str, cause: Cause = CAUSE, drawn: Drawn = DRAWN) -> str:
    scene_id = wished(tx, trigger, cause)
    assert store.claim(tx, scene_id, "w0", NOW)
    assert store.done(tx, scene_id, "w0", drawn, NOW)
    return scene_id


def shown_of(tx: sa.Connection) -> list[SceneRow]:
    return store.of_sessions(tx, (("session-1", EVERYTHING),))


def states(tx: sa.Connection) -> list[tuple[str, str]]:
    return [(row.trigger_type, row.state) for row in shown_of(tx)]


def test_a_trigger_gives_one_standing_scene(db: Database) -> None:
    with db.write() as tx:
        assert wish(tx)
        assert wish(tx) is None
        assert wish(tx, cause=replace(CAUSE, turn_id="turn-2", take_id="take-b", at=5)) is None
        assert wish(tx, cause=replace(CAUSE, session_id="session-2"))
        assert states(tx) == [("start", "due")]


def test_a_refused_wish_leaves_the_transaction_usable(db: Database) -> None:
    with db.write() as tx:
        wish(tx)
        wish(tx)
        wish(tx, "message-10")
    with db.read() as tx:
        assert [trigger for trigger, _ in states(tx)] == ["start", "message-10"]


def test_a_hidden_scene_does_not_stop_the_next_one(db: Database) -> None:
    with db.write() as tx:
        first = ready(tx, "message-10")
        store.restand(tx, Verdict("turn-1", turn_stands=False, take_id=None))
        second = wish(tx, "message-10", replace(CAUSE, turn_id="turn-2", take_id="take-c"))
        assert second
        assert [row.id for row in store.hidden_like(tx, "session-1", "message-10")] == [first]
        assert store.hidden_like(tx, "session-1", "start") == []
        assert [row.id for row in shown_of(tx)] == [second]


def test_positions_have_no_gaps_whatever_is_hidden(db: Database) -> None:
    with db.write() as tx:
        for number, trigger in enumerate(["start", "message-10", "message-25"]):
            wished(tx, trigger, replace(CAUSE, turn_id=f"turn-{number}", take_id=f"take-{number}"))
        store.restand(tx, Verdict("turn-1", turn_stands=False, take_id=None))
        shown = shown_of(tx)
        assert [(row.trigger_type, row.position) for row in shown] == [("start", 1), ("message-25", 2)]


def test_leafing_between_takes_with_the_same_trigger_works_both_ways(db: Database) -> None:
    with db.write() as tx:
        first = ready(tx, "message-10")
        store.restand(tx, Verdict("turn-1", turn_stands=True, take_id="take-b"))
        second = ready(tx, "message-10", replace(CAUSE, take_id="take-b"), replace(DRAWN, image_id="image-2"))
        for take_id, expected in (("take-a", first), ("take-b", second), ("take-a", first)):
            store.restand(tx, Verdict("turn-1", turn_stands=True, take_id=take_id))
            assert [row.id for row in shown_of(tx)] == [expected]


def test_a_scene_is_drawn_by_one_hand(db: Database) -> None:
    with db.write() as tx:
        scene_id = wished(tx)
        taken = store.claim(tx, scene_id, "w0", NOW)
        assert taken is not None
        assert (taken.state, taken.slot, taken.lease_at, taken.attempts) == ("drawing", "w0", NOW, 0)
        assert store.claim(tx, scene_id, "w1", NOW) is None
        assert not store.done(tx, scene_id, "w1", DRAWN, NOW)
        assert not store.failed(tx, scene_id, "w1", "no", NOW)
        assert store.done(tx, scene_id, "w0", DRAWN, NOW)
        assert not store.done(tx, scene_id, "w0", replace(DRAWN, image_id="other"), NOW)
        row = store.get(tx, scene_id, "ana")
        assert (row.state, row.image_id, row.slot, row.lease_at) == ("ready", "image-1", None, None)
        assert row.telling == "where, how, what"


def test_a_dead_drawing_is_taken_over_and_its_ghost_writes_nothing(db: Database) -> None:
    later = NOW + store.LEASE
    with db.write() as tx:
        scene_id = wished(tx)
        store.claim(tx, scene_id, "w0", NOW)
        assert store.claim(tx, scene_id, "w1", later - timedelta(seconds=1)) is None
        assert store.expired(tx, NOW - timedelta(seconds=1)) == []
        assert store.expired(tx, NOW) == [scene_id]
        assert store.claim(tx, scene_id, "w1", later)
        assert not store.renew(tx, scene_id, "w0", later)
        assert not store.done(tx, scene_id, "w0", DRAWN, later)
        assert store.done(tx, scene_id, "w1", DRAWN, later)


def test_a_renewed_drawing_is_left_alone(db: Database) -> None:
    with db.write() as tx:
        scene_id = wished(tx)
        store.claim(tx, scene_id, "w0", NOW)
        assert store.renew(tx, scene_id, "w0", NOW + timedelta(seconds=30))
        assert store.claim(tx, scene_id, "w1", NOW + timedelta(seconds=50)) is None


def test_work_is_given_out_once_and_again_when_it_was_lost(db: Database) -> None:
    minute = timedelta(minutes=1)
    with db.write() as tx:
        first, second = wished(tx), wished(tx, "message-10", now=NOW + timedelta(seconds=1))
        assert store.due(tx, 10, NOW) == [first]
        assert store.due(tx, 1, NOW + minute) == [first]
        assert store.start_due(tx, NOW - minute, NOW, 10) == []
        assert store.start_due(tx, NOW + minute, NOW + minute, 10) == [(first, 1), (second, 1)]
        assert store.start_due(tx, NOW, NOW + minute, 10) == []
        store.claim(tx, first, "w0", NOW + minute)
        assert store.start_due(tx, NOW + 2 * minute, NOW + 3 * minute, 10) == [(first, 2), (second, 2)]
        assert store.claim(tx, first, "w1", NOW + 3 * minute)


def test_nothing_hidden_is_worked_on(db: Database) -> None:
    with db.write() as tx:
        scene_id = wished(tx)
        store.restand(tx, Verdict("turn-1", turn_stands=False, take_id=None))
        assert store.claim(tx, scene_id, "w0", NOW) is None
        assert store.due(tx, 10, NOW) == []
        assert store.start_due(tx, NOW, NOW, 10) == []
        assert store.count_unfinished(tx, None) == 0
        store.restand(tx, Verdict("turn-1", turn_stands=True, take_id="take-a"))
        assert store.count_unfinished(tx, None) == 1
        assert store.claim(tx, scene_id, "w0", NOW)


def test_a_picture_begun_before_a_rewind_is_kept_and_comes_back(db: Database) -> None:
    with db.write() as tx:
        scene_id = wished(tx)
        store.claim(tx, scene_id, "w0", NOW)
        store.restand(tx, Verdict("turn-1", turn_stands=False, take_id=None))
        assert store.done(tx, scene_id, "w0", DRAWN, NOW)
        assert store.count_drawn(tx, "session-1") == 1
        store.restand(tx, Verdict("turn-1", turn_stands=True, take_id="take-a"))
        assert states(tx) == [("start", "ready")]


def test_a_failure_is_told_and_a_given_up_drawing_is_due_again(db: Database) -> None:
    with db.write() as tx:
        first, second = wished(tx), wished(tx, "message-10")
        for scene_id in (first, second):
            store.claim(tx, scene_id, "w0", NOW)
        assert store.failed(tx, first, "w0", "The camera is resting.", NOW)
        assert store.put_back(tx, second, "w0", NOW)
        assert store.get(tx, first, "ana").error == "The camera is resting."
        assert states(tx) == [("start", "failed"), ("message-10", "due")]


def test_the_budget_counts_what_was_drawn_hidden_or_not(db: Database) -> None:
    with db.write() as tx:
        first = ready(tx, "start")
        store.restand(tx, Verdict("turn-1", turn_stands=False, take_id=None))
        ready(tx, "start", replace(CAUSE, turn_id="turn-2", take_id="take-b"), replace(DRAWN, repeats=first))
        ready(tx, "message-10", replace(CAUSE, turn_id="turn-2", take_id="take-b"))
        wished(tx, "message-25")
        assert store.count_drawn(tx, "session-1") == 2
        assert store.count_drawn(tx, "session-2") == 0


def test_another_persons_scene_is_not_there(db: Database) -> None:
    with db.write() as tx:
        scene_id = ready(tx, "start")
        for who in ("ben", ""):
            with pytest.raises(NotFound):
                store.get(tx, scene_id, who)
            with pytest.raises(NotFound):
                store.keep(tx, scene_id, who, kept=True)
        assert store.kept_of(tx, "ana") == []


def test_a_kept_picture_stays_in_the_gallery_of_its_owner(db: Database) -> None:
    with db.write() as tx:
        scene_id = ready(tx, "start")
        store.keep(tx, scene_id, "ana", kept=True)
        store.restand(tx, Verdict("turn-1", turn_stands=False, take_id=None))
        assert [(row.id, row.standing) for row in store.kept_of(tx, "ana")] == [(scene_id, False)]
        assert store.kept_of(tx, "ben") == []
        store.keep(tx, scene_id, "ana", kept=False)
        assert store.kept_of(tx, "ana") == []


def test_a_row_comes_back_with_every_field(db: Database) -> None:
    with db.write() as tx:
        row = store.get(tx, ready(tx, "start"), "ana")
    assert isinstance(row, SceneRow)
    assert (row.turn_id, row.take_id, row.at, row.release_id, row.template_id, row.avatar_kit_id) == (
        "turn-1", "take-a", 4, "r", "t", "k")  # fmt: skip
    assert (row.mode, row.caption, row.prompt, row.avoid, row.anchor_id, row.anchor_sha256) == (
        "kontext", "She waits.", "words", "", "anchor", "ab")  # fmt: skip
    assert (row.created_at, row.updated_at, row.lint, dict(row.layers)) == (NOW, NOW, [], dict(DRAWN.layers))


def test_many_wishes_at_once_give_one_scene_and_many_hands_one_drawing(db: Database) -> None:
    def try_both(number: int) -> tuple[str | None, bool]:
        with db.write() as tx:
            scene_id = wish(tx)
        with db.write() as tx:
            standing = shown_of(tx)[0].id
            return scene_id, store.claim(tx, standing, f"w{number}", NOW) is not None

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(try_both, range(16)))
    assert sum(scene_id is not None for scene_id, _ in answers) == 1
    assert sum(claimed for _, claimed in answers) == 1
