"""Exporting: from the database's rows to a new set of files, as much anew as has changed.

Events older than the safety window are sealed and not read again; the younger ones, a tail of bounded size, are read
each time, so that a row which was committed late is never missed and none comes twice. Turns are read again for every
session that the tail mentions, sessions always: what stands is told as it stands now. Where the sealed count differs
from the database's (rows that came with an old date, or were erased), everything is read anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

from engine.analytics import store
from engine.analytics.nouns import DEMO, Progress
from engine.analytics.shelf import Manifest, Shelf
from engine.story.release import from_json

if TYPE_CHECKING:
    import sqlalchemy as sa

    from engine.analytics.asking import Duck
    from engine.analytics.store import Rows

WINDOW = timedelta(minutes=10)
"""How long a transaction may take to commit and still be seen without reading everything anew."""
TAIL = 50_000
"""So many events are read again at most, but for those of the last ten minutes."""
EVENTS = {
    "event_id": "text",
    "occurred_at": "time",
    "name": "text",
    "user_id": "text",
    "character_id": "text",
    "session_id": "text",
    "template_id": "text",
    "release_id": "text",
    "timeline_id": "text",
    "take_id": "text",
    "audience": "text",
    "properties": "text",
}
SESSIONS = {
    "session_id": "text",
    "user_id": "text",
    "character_id": "text",
    "template_id": "text",
    "release_id": "text",
    "timeline_id": "text",
    "audience": "text",
    "started_at": "time",
    "ended_kind": "text",
    "ended_at": "time",
    "is_fork": "flag",
}
TURNS = {"turn_id": "text", "session_id": "text", "seq": "number", "occurred_at": "time", "standing": "flag"}
PEOPLE = {"user_id": "text", "name": "text"}
RELEASES = {
    "release_id": "text",
    "character_id": "text",
    "number": "number",
    "character_name": "text",
    "world_id": "text",
    "world_name": "text",
    "genre": "text",
    "created_at": "time",
}
TEMPLATES = {"release_id": "text", "template_id": "text", "title": "text", "position": "number", "kind": "text"}
_SESSION_AT = tuple(EVENTS).index("session_id")


Tell = Callable[[Progress], None]


def nobody(_: Progress) -> None:
    """Who listens where nobody waits for an export."""


@dataclass(slots=True)
class Meter:
    """Counts the rows that an export has read, and tells whoever waits for it. What is raised there ends the export."""

    tell: Tell
    total: int
    done: int = 0

    def over(self, batches: Iterable[Rows]) -> Iterator[Rows]:
        """The same batches, each counted once it is dealt with."""
        for rows in batches:
            yield rows
            self.done += len(rows)
            self.tell(Progress(self.done, max(self.total, self.done)))


@dataclass(slots=True)
class Exporter:
    """Writes sets of files. Releases never change, so each is read once."""

    shelf: Shelf
    duck: Duck
    tail: int = TAIL
    _releases: dict[str, tuple[Any, ...]] = field(default_factory=dict[str, tuple[Any, ...]])
    _templates: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict[str, list[tuple[Any, ...]]])

    def export(self, tx: sa.Connection, now: datetime, tell: Tell = nobody) -> Manifest:
        """Make the files equal to what the database says, and make them the present set.

        `tell` hears every few thousand rows how far it is; what it raises ends the export, and the present set stays.
        """
        before = self.shelf.manifest()
        if before is not None and before.sealed_until is not None:
            intact = store.count_before(tx, before.sealed_until) == before.sealed
            before = before if intact else None
        since = before.sealed_until if before else None
        meter = Meter(tell, store.count_rows(tx, since))
        sealed, sealed_until = self._seal(tx, since, now, meter)
        tail, changed = self._tail(tx, sealed_until, meter)
        touched = None if before is None else sorted(changed | self._sessions_in(sealed))
        tables = {"events": tail[0], "turns": self._turns(tx, before, touched, meter)} | self._dimensions(tx)
        tables["sessions"], (sessions, demo) = self._sessions(tx, meter)
        count = (before.sealed if before else 0) + sum(rows for _, rows in sealed)
        manifest = Manifest(
            version=(before.version if before else int(now.timestamp() * 1000)) + 1,
            at=now,
            sealed_until=sealed_until,
            sealed=count,
            events=count + tail[1],
            sessions=sessions,
            demo_sessions=demo,
            sealed_files=(*(before.sealed_files if before else ()), *(name for name, _ in sealed)),
            tables=tables,
        )
        self.shelf.publish(manifest)
        self.shelf.clear(manifest)
        return manifest

    def _seal(
        self, tx: sa.Connection, since: datetime | None, now: datetime, meter: Meter
    ) -> tuple[list[tuple[str, int]], datetime | None]:
        """Seal events that are old enough, where they have become many: the new files, and the new bound."""
        bound = now - WINDOW
        waiting = store.count_before(tx, bound) - (store.count_before(tx, since) if since else 0)
        if waiting < self.tail:
            return [], since
        return [self.shelf.write("sealed", EVENTS, meter.over(store.events_between(tx, since, bound)))], bound

    def _tail(self, tx: sa.Connection, since: datetime | None, meter: Meter) -> tuple[tuple[str, int], set[str]]:
        """The events that are not sealed, and the sessions that they mention."""
        changed: set[str] = set()

        def noticed(batches: Iterable[Rows]) -> Iterator[Rows]:
            for rows in batches:
                changed.update(row[_SESSION_AT] for row in rows if row[_SESSION_AT] is not None)
                yield rows

        written = self.shelf.write("events", EVENTS, noticed(meter.over(store.events_between(tx, since, None))))
        return written, changed

    def _sessions_in(self, sealed: list[tuple[str, int]]) -> set[str]:
        return set(chain.from_iterable(self.duck.sessions_in(self.shelf.path(name)) for name, _ in sealed))

    def _turns(self, tx: sa.Connection, before: Manifest | None, touched: list[str] | None, meter: Meter) -> str:
        """All turns: those of touched sessions anew, the others as they were."""
        name, _ = self.shelf.write("turns", TURNS, meter.over(store.turns_of(tx, touched)))
        if before is None or touched is None:
            return name
        whole, place = self.shelf.new_file("turns")
        self.duck.merge_turns(self.shelf.path(before.tables["turns"]), self.shelf.path(name), touched, place)
        self.shelf.keep(whole)
        self.shelf.drop(name)  # it was never named in a set, so nobody reads it
        return whole

    def _sessions(self, tx: sa.Connection, meter: Meter) -> tuple[str, tuple[int, int]]:
        rows = {
            row[0]: row for batch in meter.over(store.sessions_now(tx)) for row in batch
        }  # the last round's ending wins
        told = [_session(row) for row in rows.values()]
        demo = sum(row[6] == DEMO for row in told)
        return self.shelf.write("sessions", SESSIONS, [told] if told else [])[0], (len(told), demo)

    def _dimensions(self, tx: sa.Connection) -> dict[str, str]:
        for row in store.releases_but(tx, list(self._releases)):
            self._read_release(row)
        numbers = store.release_numbers(tx)
        releases = [(one[0], one[1], numbers[one[0]], *one[3:]) for one in self._releases.values() if one[0] in numbers]
        templates = [row for one in numbers for row in self._templates[one]]
        return {
            "people": self.shelf.write("people", PEOPLE, store.people_now(tx))[0],
            "releases": self.shelf.write("releases", RELEASES, [releases] if releases else [])[0],
            "templates": self.shelf.write("templates", TEMPLATES, [templates] if templates else [])[0],
        }

    def _read_release(self, row: Any) -> None:  # noqa: ANN401  (a row of the database)
        release_id, character_id, number, payload, created_at = row
        told = from_json(payload)
        world = told.setting
        genre = told.labels.get("genre", "")
        names = (told.persona.name, world.slug, world.name)
        self._releases[release_id] = (release_id, character_id, number, *names, genre, created_at)
        self._templates[release_id] = [
            (release_id, one.id, one.title, one.order, one.episode_type) for one in told.episodes
        ]


def _session(row: Any) -> tuple[Any, ...]:  # noqa: ANN401  (a row of the database)
    """A session with its ending; one that goes on again after its budget has none."""
    ending = (None, None) if row[8] else (row[9], row[10])
    return (*row[:8], *ending, bool(row[11]))
