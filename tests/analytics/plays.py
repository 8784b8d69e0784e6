"""Invented play for tests of analytics, as rows, and the same figures counted in plain Python."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from engine.analytics.nouns import Filter
from engine.db.events import events
from engine.play.conversation.tables import endings, sessions, takes, timelines, turns
from engine.story.release import Release
from engine.wiring import Engine

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
FIRST_DAY = date(2026, 5, 1)
RESOLVED = ("positive", "neutral", "negative", "surprise")


@dataclass(frozen=True, slots=True)
class Told:
    """A line as it was played: when, and whether its turn still stands with a chosen take."""

    at: datetime
    standing: bool


@dataclass(frozen=True, slots=True)
class Played:
    """A session as it was played."""

    id: str
    user: str
    audience: str
    template: str
    release: Release
    started_at: datetime
    lines: tuple[Told, ...]
    ending: str | None
    ended_at: datetime | None
    fork: bool

    @property
    def turns(self) -> int:
        """Standing turns."""
        return sum(line.standing for line in self.lines)


def invent(releases: list[Release], seed: int, count: int) -> list[Played]:
    """So many sessions, none of them polite: empty ones, forks, turns taken back, lines at midnight, all audiences."""
    dice = random.Random(seed)  # noqa: S311  (invented play, the same for the same seed)
    made: list[Played] = []
    for number in range(count):
        release = dice.choice(releases)
        at = datetime(2026, 4, 28, tzinfo=UTC) + timedelta(minutes=dice.randrange(60 * 24 * 46))
        lines: list[Told] = []
        moment = at
        for _ in range(dice.choice((0, 0, 1, 2, 3, 5, 8))):
            moment += timedelta(minutes=dice.choice((1, 7, 200, 1_500)))
            lines.append(Told(moment, dice.random() < 0.8))
        ending = dice.choice((None, None, *RESOLVED, "budget", "withdrawn"))
        made.append(
            Played(
                id=f"s{number:05d}",
                user=f"u{dice.randrange(max(2, count // 4))}",
                audience=dice.choice(("player", "player", "tester", "rehearsal", "synthetic")),
                template=dice.choice(release.payload.episodes).id,
                release=release,
                started_at=at,
                lines=tuple(lines),
                ending=ending,
                ended_at=moment + timedelta(minutes=1) if ending else None,
                fork=dice.random() < 0.15,
            )
        )
    return made


def keep(engine: Engine, played: list[Played]) -> None:
    """Write invented play into a house."""
    rows: dict[sa.Table, list[dict[str, Any]]] = {}
    for one in played:
        for table, row in _rows(one):
            rows.setdefault(table, []).append(row)
    with engine.work.desk.db.write() as tx:
        for table in (timelines, sessions, turns, takes, endings, events):
            if rows.get(table):
                tx.execute(table.insert(), rows[table])


def _rows(one: Played) -> Iterator[tuple[sa.Table, dict[str, Any]]]:
    ids = {"user_id": one.user, "character_id": one.release.character_id}
    line = {"kind": "fresh", "last_at": 99, "created_at": one.started_at, "audience": one.audience}
    forked: dict[str, Any] = {"parent_id": None, "forked_at": None}
    if one.fork:
        yield timelines, {"id": f"p{one.id}", **ids, **line, "parent_id": None, "forked_at": None}
        forked = {"parent_id": f"p{one.id}", "forked_at": 1}
    yield timelines, {"id": f"t{one.id}", **ids, **line, **forked}
    known = ids | {"timeline_id": f"t{one.id}", "template_id": one.template, "release_id": one.release.id}
    row = {"id": one.id, "scene": "", "is_active": one.ending is None, "message_count": 1 + 2 * one.turns}
    yield sessions, known | row | {"started_at": one.started_at, "last_at": one.started_at}
    told = known | {"session_id": one.id, "audience": one.audience}
    yield events, _event(f"e{one.id}", one.started_at, "session_started", told)
    for seq, each in enumerate(one.lines, 1):
        yield from _line(one, seq, each, told)
    if one.ending is not None:
        cause = {name: told[name] for name in ("user_id", "character_id", "timeline_id", "session_id")}
        end = {"id": f"x{one.id}", "kind": one.ending, "content": "", "round": 0, "at": 1, "standing": True}
        yield endings, cause | end | {"turn_id": None, "take_id": None, "act_id": "a", "created_at": one.ended_at}


def _line(one: Played, seq: int, each: Told, told: dict[str, Any]) -> Iterator[tuple[sa.Table, dict[str, Any]]]:
    turn_id = f"{one.id}-{seq}"
    ids = {"session_id": one.id, "timeline_id": f"t{one.id}", "user_id": one.user}
    row = {"id": turn_id, "seq": seq, "at": seq, "client_id": turn_id, "care": None, "accepted_at": each.at}
    yield turns, ids | row | {"taken_back_by": None if each.standing else "act"}
    take = {"id": f"k{turn_id}", "turn_id": turn_id, "number": 1, "kind": "reply", "state": "complete", "seed": 0}
    yield takes, ids | take | {"chosen": True, "text": "Yes.", "finish_reason": "stop", "created_at": each.at}
    yield events, _event(f"e{turn_id}", each.at, "line_sent", told)


def _event(event_id: str, at: datetime, name: str, told: dict[str, Any]) -> dict[str, Any]:
    return told | {"id": event_id, "occurred_at": at, "name": name, "take_id": None, "properties": {}}


@dataclass(frozen=True, slots=True)
class Counted:
    """Figures counted in plain Python."""

    active: int
    sessions: int
    turns: int
    turns_per_session: float | None
    completed: int


def count(played: list[Played], wanted: Filter) -> Counted:
    """What `overview` must say of a filter, by its definitions."""
    zone = ZoneInfo(wanted.zone)

    def within(at: datetime) -> bool:
        return wanted.since <= at.astimezone(zone).date() <= wanted.until

    mine = [one for one in played if _picked(one, wanted)]
    begun = [one for one in mine if within(one.started_at) and not one.fork]
    return Counted(
        active=len({one.user for one in mine if any(within(line.at) for line in one.lines)}),
        sessions=len(begun),
        turns=sum(line.standing and within(line.at) for one in mine for line in one.lines),
        turns_per_session=median(one.turns for one in begun) if begun else None,
        completed=sum(one.ending in RESOLVED for one in begun),
    )


def _picked(one: Played, wanted: Filter) -> bool:
    payload = one.release.payload
    return (
        one.audience in wanted.counted
        and wanted.world in (None, payload.setting.slug)
        and wanted.character in (None, one.release.character_id)
        and wanted.episode in (None, one.template)
        and wanted.genre in (None, payload.labels["genre"])
        and wanted.release in (None, one.release.id)
    )
