"""What every effect row carries: its cause, its place on the timeline, and whether it stands.

An effect never overwrites another; it adds a row. Taking a turn back, or leafing to another take, marks rows as
standing or not and repairs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class Cause:
    """Why an effect exists: a take of a turn, or something a person did by hand (`act_id`).

    `at` is the timeline-wide number of the causing turn; for an act, of the latest turn then.
    """

    user_id: str
    character_id: str
    timeline_id: str
    session_id: str | None
    at: int
    turn_id: str | None = None
    take_id: str | None = None
    act_id: str | None = None

    def columns(self) -> dict[str, Any]:
        """The cause as column values."""
        return {
            "user_id": self.user_id,
            "character_id": self.character_id,
            "timeline_id": self.timeline_id,
            "session_id": self.session_id,
            "at": self.at,
            "turn_id": self.turn_id,
            "take_id": self.take_id,
            "act_id": self.act_id,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which take of a turn stands now; None when the turn was taken back or has no chosen take."""

    turn_id: str
    turn_stands: bool
    take_id: str | None


@dataclass(frozen=True, slots=True)
class Sight:
    """What a timeline sees: itself, then each parent up to the fork, as (timeline, highest `at` seen, included).

    `before` hides everything from that `at` on, included: a regenerated reply is composed from what stood before.
    """

    lines: tuple[tuple[str, int], ...]

    def before(self, at: int) -> Sight:
        """The same sight, as it was just before the turn numbered `at`."""
        return Sight(tuple((timeline, min(seen, at - 1)) for timeline, seen in self.lines))

    @property
    def own(self) -> str:
        """The timeline that looks."""
        return self.lines[0][0]

    def clause(self, table: sa.Table) -> sa.ColumnElement[bool]:
        """The rows of `table` that are seen, standing or not."""
        return sa.or_(*(sa.and_(table.c.timeline_id == timeline, table.c.at <= seen) for timeline, seen in self.lines))

    @property
    def places(self) -> dict[str, str | int]:
        """What to bind to a clause of `seen_by`."""
        return {
            name: value
            for depth, (timeline, seen) in enumerate(self.lines)
            for name, value in ((f"timeline{depth}", timeline), (f"seen{depth}", seen))
        }


def seen_by(table: sa.FromClause, lines: int) -> sa.ColumnElement[bool]:
    """`Sight.clause` for a sight of so many lines, with places to bind, so that a statement is built once."""
    return sa.or_(
        *(
            sa.and_(table.c.timeline_id == sa.bindparam(f"timeline{depth}"), table.c.at <= sa.bindparam(f"seen{depth}"))
            for depth in range(lines)
        )
    )


EVERYTHING = 2**31 - 1
"""An `at` later than any turn."""
