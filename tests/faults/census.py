"""Counting what stands after a kill, against what was acknowledged before it: lost, doubled, stuck, stray."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.db.database import WORK_FILE, work_engine

if TYPE_CHECKING:
    from pathlib import Path

    from engine.wiring import Engine

Row = dict[str, Any]
SPOKEN = ("complete", "partial", "stopped")

ROWS = {
    "turns": "select id, session_id, seq, client_id, taken_back_by from turns",
    "takes": "select id, turn_id, kind, state, text, chosen, after from takes",
    "messages": "select turn_id, take_id, role, content, standing from messages",
    "acts": "select id, kind, client_id from acts",
    "sessions": "select id, forked_from from sessions",
    "scenes": "select id, state, trigger_type, act_id, image_id from scene_images",
}
DOUBLED = {
    "a line": "select session_id, client_id from turns where seq > 0 group by 1, 2 having count(*) > 1",
    "a message": "select turn_id, role, take_id from messages group by 1, 2, 3 having count(*) > 1",
    "a reply": "select turn_id from messages where standing and role = 'assistant' group by 1 having count(*) > 1",
    "a raw line": "select source_id from memory_events where source_id is not null and type = 'line' group by 1"
    " having count(*) > 1",
    "a memory": "select take_id, type, summary from memory_events where type not in ('line', 'forgotten')"
    " and take_id is not null group by 1, 2, 3 having count(*) > 1",
    "a hook": "select take_id, hash from hooks group by 1, 2 having count(*) > 1",
    "a hook's use": "select take_id, hook_id from hook_uses group by 1, 2 having count(*) > 1",
    "a dynamic": "select take_id from dynamics group by 1 having count(*) > 1",
    "a milestone": "select timeline_id, key from milestones where standing group by 1, 2 having count(*) > 1",
    "an ending": "select session_id, round from endings where standing group by 1, 2 having count(*) > 1",
    "a picture": "select session_id, trigger_type from scene_images where standing group by 1, 2 having count(*) > 1",
    "a file": "select storage_path from image_assets group by 1 having count(*) > 1",
    "an act": "select timeline_id, client_id from acts where client_id is not null group by 1, 2 having count(*) > 1",
    "a session": "select user_id, template_id from sessions where forked_from is null group by 1, 2"
    " having count(*) > 1",
    "a telling": "select forked_from from sessions where forked_from is not null group by 1 having count(*) > 1",
    "a person": "select name from people group by 1 having count(*) > 1",
}
"""Each names rows that are there twice."""
TOLD = {
    "session_started": "select count(*) from sessions where forked_from is null",
    "session_forked": "select count(*) from sessions where forked_from is not null",
    "line_sent": "select count(*) from turns where seq > 0",
    "take_recorded": "select count(*) from takes where kind <> 'opening' and state <> 'speaking'",
    "take_chosen": "select count(*) from acts where kind = 'choose'",
    "line_edited": "select count(*) from acts where kind = 'edit'",
    "act_turned_over": "select count(*) from acts where kind in ('undo', 'redo')",
    "memory_made": "select count(*) from memory_events where type <> 'line'",
    "hook_planted": "select count(*) from hooks",
    "hook_used": "select count(*) from hook_uses",
    "milestone_reached": "select count(*) from milestones",
    "scene_ready": "select count(*) from scene_images where state = 'ready'",
    "scene_failed": "select count(*) from scene_images where state = 'failed'",
    "session_ended": "select count(*) from endings",
}
"""Each event is told exactly once for each row of its kind."""


def take_census(engine: Engine) -> Row:
    """Everything that is counted, as JSON can carry it."""
    with engine.checker.desk.db.read() as tx:
        rows = {name: [_plain(one) for one in tx.execute(sa.text(sql)).mappings()] for name, sql in ROWS.items()}
        doubled = [what for what, sql in DOUBLED.items() if tx.execute(sa.text(sql)).first() is not None]
        told = Counter(tx.scalars(sa.text("select name from events")))
        doubled += [f"{name}: {told[name]} times for {n}" for name, n in _counts(tx) if told[name] != n]
        paths = set(tx.scalars(sa.text("select storage_path from image_assets")))
    return {
        **rows,
        "doubled": doubled,
        "left": engine.work.left(),
        "strays": sorted(_files(engine.settings.home / "media" / "scenes") - paths),
        "broken": [f"{one.invariant.code}: {', '.join(one.ids)}" for one in engine.check() if one.ids],
        "jobs": jobs_left(engine),
    }


def jobs_left(engine: Engine, executor: str = "%") -> int:
    """How many jobs of durable work are begun and not ended."""
    desk, table = engine.checker.desk, "workflow_status"
    pending = f"select count(*) from {{}} where status in ('PENDING', 'ENQUEUED') and executor_id like '{executor}'"
    if not desk.db.is_sqlite:
        with desk.db.read() as tx:
            return tx.scalar(sa.text(pending.format(f"dbos.{table}"))) or 0
    if not (engine.settings.home / WORK_FILE).is_file():
        return 0
    own = work_engine(engine.settings.home)
    try:
        with own.connect() as connection:
            return connection.scalar(sa.text(pending.format(table))) or 0
    finally:
        own.dispose()


def lost(told: Iterable[Row], census: Row) -> Iterator[str]:
    """Sentences about what was acknowledged and does not stand, and about saved words that were not kept."""
    turns = {one["id"]: one for one in census["turns"]}
    takes = {one["id"]: one for one in census["takes"]}
    lines = {one["turn_id"]: one["content"] for one in census["messages"] if one["role"] == "user"}
    acts = {one["id"]: one["kind"] for one in census["acts"]}
    for one in told:
        turn, take = turns.get(one.get("turn", "")), takes.get(one.get("take") or "")
        if "turn" in one and turn is None:
            yield f"the turn of {one}"
        elif one["kind"] == "line" and (lines.get(one["turn"]) != one["text"] or _vanished(turn, acts)):
            yield f"the line {one['client']}"
        elif one["kind"] == "reply" and one["take"] and (take is None or take["text"] != one["text"]):
            yield f"the reply {one['take']}: {one['text']!r} became {take and take['text']!r}"
        elif one["kind"] == "saved" and (take is None or not take["text"].startswith(one["text"].rstrip())):
            yield f"saved words of {one['take']}: {one['text']!r} became {take and take['text']!r}"
        elif one["kind"] == "wrong":
            yield one["says"]
        else:
            yield from _undone(one, census)


def _undone(one: Row, census: Row) -> Iterator[str]:
    """What a person did or saw, and is not there."""
    if one["kind"] in ("act", "forked") and one["client"] not in {act["client_id"] for act in census["acts"]}:
        yield f"the act {one['client']}"
    elif one["kind"] == "forked" and one["session"] not in {session["id"] for session in census["sessions"]}:
        yield "another telling"
    elif one["kind"] == "picture" and one["scene"] not in {scene["id"] for scene in census["scenes"]}:
        yield "the wish for a picture"
    elif one["kind"] == "shows" and one["done"] == [len(census[name]) for name in ("acts", "turns", "messages")]:
        stands = _shape(census, one["session"])
        if stands != one["shape"]:
            yield f"what was shown: {one['shape']} became {stands}"


def _shape(census: Row, session_id: str) -> list[list[str | None]]:
    """A session's standing turns in order, each with its chosen take."""
    mine = [one for one in census["turns"] if one["session_id"] == session_id and one["taken_back_by"] is None]
    chosen = {one["turn_id"]: one["id"] for one in census["takes"] if one["chosen"]}
    return [[one["id"], chosen.get(one["id"])] for one in sorted(mine, key=lambda one: one["seq"])]


def stuck(census: Row) -> Iterator[str]:
    """Sentences about what should have come to an end."""
    if census["left"]:
        yield f"{census['left']} pieces of work are left"
    answered = {one["turn_id"] for one in census["takes"]}
    effects_due = {one["turn_id"] for one in census["takes"] if one["after"] == "due" and one["chosen"]}
    for turn in census["turns"]:
        if turn["taken_back_by"] is None and turn["seq"] > 0:
            if turn["id"] not in answered:
                yield f"turn {turn['seq']} has no take"
            if turn["id"] in effects_due:
                yield f"after-work of turn {turn['seq']} is due"
    for take in census["takes"]:
        if take["state"] == "speaking":
            yield f"take {take['id']} is still speaking"
    for scene in census["scenes"]:
        if scene["state"] in ("due", "drawing"):
            yield f"scene {scene['trigger_type']} is {scene['state']}"


def _vanished(turn: Row | None, acts: dict[str, str]) -> bool:
    """Whether a turn stands no more though nobody took it back."""
    return (
        turn is not None
        and turn["taken_back_by"] is not None
        and acts.get(turn["taken_back_by"]) not in ("regenerate", "choose", "continue", "edit", "rewind")
    )


def _counts(tx: sa.Connection) -> Iterator[tuple[str, int]]:
    for name, sql in TOLD.items():
        yield name, tx.scalar(sa.text(sql)) or 0


def _plain(row: sa.RowMapping) -> Row:
    return {name: bool(value) if name in ("chosen", "standing") else value for name, value in row.items()}


def _files(folder: Path) -> set[str]:
    if not folder.is_dir():
        return set()
    return {path.relative_to(folder.parent).as_posix() for path in folder.rglob("*") if path.is_file()}
