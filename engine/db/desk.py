"""The desk: what every verb that touches the database is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.db import events

if TYPE_CHECKING:
    from datetime import datetime

    import sqlalchemy as sa

    from engine.db.database import Database
    from engine.kernel.clock import Clock
    from engine.kernel.events import Event
    from engine.kernel.ids import Ids


@dataclass(frozen=True, slots=True)
class Desk:
    """The database, the clock and the source of ids."""

    db: Database
    clock: Clock
    new_id: Ids

    def now(self) -> datetime:
        """The present instant."""
        return self.clock()

    def note(self, tx: sa.Connection, event: Event) -> None:
        """Write an event in the running transaction."""
        events.note(tx, self.new_id(), self.clock(), event)
