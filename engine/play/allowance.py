"""Allowance: how much of paid models one person may use on one day, counted in their own time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from engine.errors import SpentForToday
from engine.members import store as people
from engine.play.conversation.takes import store as takes

if TYPE_CHECKING:
    import sqlalchemy as sa

SPENT = "You have talked as much as one day allows. Everything is kept: come back tomorrow."


@dataclass(frozen=True, slots=True)
class Allowance:
    """Tokens and US dollars for one person's replies on one day; 0 = as much as they like."""

    tokens: int = 0
    cost: float = 0.0

    def must_hold(self, tx: sa.Connection, user_id: str, now: datetime) -> None:
        """Raises SpentForToday where the person has used up the day; what cost nothing is not counted."""
        if not self.tokens and not self.cost:
            return
        person = people.by_id(tx, user_id)
        zone = ZoneInfo(person["time_zone"] if person else "UTC")
        midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        tokens, cost = takes.used_since(tx, user_id, midnight)
        if (self.tokens and tokens >= self.tokens) or (self.cost and cost >= self.cost):
            raise SpentForToday(SPENT)


FREE = Allowance()
