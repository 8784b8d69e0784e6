"""The public verbs of demo data: fill, and remove."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.analytics.demo import store
from engine.analytics.demo.plan import Wanted, plan
from engine.analytics.demo.rows import Book
from engine.errors import BadInput, Conflict
from engine.story.shelf import store as shelf

if TYPE_CHECKING:
    from engine.analytics.room import Analytics
    from engine.db.desk import Desk
    from engine.words import Words

MOST_DAYS, MOST_PLAYERS = 730, 500


@dataclass(frozen=True, slots=True)
class Filled:
    """How much demo data was written."""

    players: int
    sessions: int
    turns: int


@dataclass(frozen=True, slots=True)
class DemoData:
    """Marked, seeded play of people who do not exist."""

    desk: Desk
    analytics: Analytics
    words: Words

    def fill(self, days: int = 60, players: int = 40, seed: int = 1) -> Filled:
        """Put demo data in the place of what demo data there was, and export it.

        It plays the releases that are live now, on timelines of its own with the audience `synthetic`. Raises BadInput,
        or Conflict where nothing is published.
        """
        if not (1 <= days <= MOST_DAYS and 1 <= players <= MOST_PLAYERS):
            raise BadInput(f"Demo data takes 1 to {MOST_DAYS} days and 1 to {MOST_PLAYERS} players.")
        lines, replies = (tuple(self.words.say(key).splitlines()) for key in ("demo.lines", "demo.replies"))
        wanted = Wanted(days, players, seed, self.desk.now(), lines, replies)
        with self.desk.db.write() as tx:
            releases = shelf.live(tx)
            if not releases:
                raise Conflict("Publish a character first: demo data plays what is published.")
            played = plan(wanted, releases)
            book = Book(wanted, self.words.say("demo.player"))
            for one in played:
                book.add(one)
            store.remove(tx)
            store.write(tx, book.rows)
        self._export()
        return Filled(len(book.rows["people"]), len(played), sum(len(one.exchanges) for one in played))

    def remove(self) -> int:
        """Take all demo data away. How many players it had."""
        with self.desk.db.write() as tx:
            gone = store.remove(tx)
        self._export()
        return gone

    def count(self) -> int:
        """How many players of the demo there are."""
        with self.desk.db.read() as tx:
            return store.count(tx)

    def _export(self) -> None:
        self.analytics.forget()
        self.analytics.export()
