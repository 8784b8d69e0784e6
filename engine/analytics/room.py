"""The public verbs of analytics: export, and ask."""

from __future__ import annotations

import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from engine.analytics.asking import Answer, Asker, Duck
from engine.analytics.demo.room import DemoData
from engine.analytics.export import Exporter, Tell, nobody
from engine.analytics.nouns import (
    DIMENSIONS,
    Day,
    Dimension,
    Exported,
    Filter,
    Group,
    Option,
    Overview,
    Progress,
    SessionPage,
    SessionRow,
    Share,
    Totals,
)
from engine.analytics.shelf import Shelf

if TYPE_CHECKING:
    from pathlib import Path

    from engine.analytics.shelf import Manifest
    from engine.db.desk import Desk
    from engine.words import Words

MOST_ROWS = 10_000
_LISTEN = 0.2
"""Seconds between two looks of whoever waits for somebody else's export."""
DEFINITIONS = (
    "active",
    "day",
    "sessions",
    "turns",
    "turns_per_session",
    "completed",
    "completion",
    "audience",
    "interval",
    "release",
)
"""What the words of the screen mean, in the order in which it explains them."""


@dataclass(slots=True)
class Analytics:
    """What happened in play: exported to files in `folder`, asked with DuckDB."""

    desk: Desk
    folder: Path
    words: Words
    _exporter: Exporter = field(init=False)
    _asker: Asker = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _progress: Progress = field(default_factory=lambda: Progress(0, 0))

    def __post_init__(self) -> None:
        shelf, duck = Shelf(self.folder), Duck()
        self._exporter, self._asker = Exporter(shelf, duck), Asker(shelf, duck)

    @property
    def demo(self) -> DemoData:
        """Marked play of people who do not exist."""
        return DemoData(self.desk, self, self.words)

    def export(self, tell: Tell = nobody) -> Exported:
        """Bring the files up to what the database says now.

        `tell` hears how far it is, also while it waits for somebody else's; what it raises ends it, and all stays as it
        was.
        """
        with self._alone(tell):
            return self._export(tell).exported()

    def fresh(self, seconds: float = 60, tell: Tell = nobody) -> Exported:
        """The present export; a new one where there is none, or where it is older than so many seconds.

        While somebody else is making a new one, the present one will do. `tell` is as in `export`.
        """
        found = self._asker.shelf.manifest()
        if found is not None and (self._is_fresh(found, seconds) or self._lock.locked()):
            return found.exported()
        with self._alone(tell):
            found = self._asker.shelf.manifest()
            if found is None or not self._is_fresh(found, seconds):
                found = self._export(tell)
            return found.exported()

    def forget(self) -> None:
        """Throw the export away with its files; the next one reads everything anew. For whoever erased rows."""
        with self._lock:
            self._asker.shelf.forget()

    def is_older_than(self, instant: datetime) -> bool:
        """Whether there is an export, and it tells of a time before that instant."""
        found = self._asker.shelf.manifest()
        return found is not None and found.at <= instant

    def played(self, wanted: Filter) -> bool:
        """Whether somebody real, a player or a tester, sent a line on the chosen days, whatever it was they played."""
        return self._totals(Filter(wanted.since, wanted.until, wanted.zone)).active > 0

    def overview(self, wanted: Filter) -> Overview:
        """The chosen days in five figures, beside the period before. Raises BadInput."""
        wanted.checked()
        since, until = wanted.span_before()
        return Overview(self._totals(wanted), self._totals(replace(wanted, since=since, until=until)))

    def by_day(self, wanted: Filter) -> list[Day]:
        """Every day of the chosen ones, empty ones too. Raises BadInput."""
        today = self.desk.now().astimezone(ZoneInfo(wanted.checked().zone)).date()
        return [Day(**row, running=row["day"] >= today) for row in self._ask("by_day", wanted)]

    def by(self, wanted: Filter, dimension: Dimension) -> list[Group]:
        """The sessions begun on the chosen days, by a dimension, most sessions first. Raises BadInput."""
        rows = self._ask("by_group", wanted, dimension=dimension)
        return [
            Group(
                key=row["key"],
                label=row["label"],
                sessions=row["sessions"],
                players=row["players"],
                turns=row["turns"],
                turns_per_session=row["turns_per_session"],
                completion=Share(row["completed"], row["sessions"]),
            )
            for row in rows
        ]

    def sessions(
        self,
        wanted: Filter,
        dimension: Dimension | None = None,
        value: str | None = None,
        *,
        day: date | None = None,
        limit: int = 200,
        offset: int = 0,
    ) -> SessionPage:
        """A page of the sessions behind a figure, newest first: of a dimension's value, of a day, or of all days."""
        if dimension is not None:
            wanted = replace(wanted, **{dimension: value})
        rows = self._ask("sessions", wanted, day=day, limit=max(1, min(limit, MOST_ROWS)), offset=max(0, offset))
        whole = rows[0]["whole"] if rows else 0
        return SessionPage(tuple(SessionRow(**{k: row[k] for k in row if k != "whole"}) for row in rows), whole)

    def options(self, wanted: Filter) -> dict[Dimension, list[Option]]:
        """What can be chosen in each dimension, over all days, among the audiences that count."""
        open_ = Filter(wanted.since, wanted.until, wanted.zone, audiences=wanted.audiences, demo=wanted.demo)
        found: dict[Dimension, list[Option]] = {name: [] for name in DIMENSIONS}
        for row in self._ask("options", open_):
            found[row["dimension"]].append(Option(row["key"], row["label"]))
        return found

    def definitions(self) -> tuple[str, ...]:
        """The names of the definitions that the screen explains."""
        return DEFINITIONS

    def close(self) -> None:
        """Let go of what is held in memory."""
        self._exporter.duck.close()

    def _totals(self, wanted: Filter) -> Totals:
        row = self._ask("totals", wanted)[0]
        figures = {name: row[name] for name in ("active", "sessions", "turns", "turns_per_session")}
        return Totals(**figures, completion=Share(row["completed"], row["sessions"]))

    def _ask(self, name: str, wanted: Filter, **given: object) -> Answer:
        picked = _picked(wanted.checked())
        manifest = self._asker.shelf.manifest()
        if manifest is None:
            with self._alone(nobody):
                manifest = self._asker.shelf.manifest() or self._export(nobody)
        return self._asker.ask(manifest, name, picked, **given)

    def _is_fresh(self, found: Manifest, seconds: float) -> bool:
        return self.desk.now() - found.at <= timedelta(seconds=seconds)

    @contextmanager
    def _alone(self, tell: Tell) -> Generator[None]:
        """Be the one who exports; until then hear how far the other is."""
        while not self._lock.acquire(timeout=_LISTEN):
            tell(self._progress)
        try:
            yield
        finally:
            self._progress = Progress(0, 0)
            self._lock.release()

    def _export(self, tell: Tell) -> Manifest:
        now: datetime = self.desk.now()

        def heard(progress: Progress) -> None:
            self._progress = progress
            tell(progress)

        with self.desk.db.read() as tx:
            return self._exporter.export(tx, now, heard)


def _picked(wanted: Filter) -> Mapping[str, Any]:
    return {
        "since": wanted.since,
        "until": wanted.until,
        "zone": wanted.zone,
        "audiences": list(wanted.counted),
        "world": wanted.world,
        "character": wanted.character,
        "episode": wanted.episode,
        "genre": wanted.genre,
        "release": wanted.release,
    }
