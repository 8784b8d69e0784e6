"""People: a name is enough to play; roles say what else one may do."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from engine.db.database import Database
from engine.db.events import note
from engine.errors import BadInput, NotFound
from engine.kernel.clock import Clock
from engine.kernel.events import Event
from engine.kernel.ids import Ids
from engine.kernel.text import NAME_LIMIT, one_line
from engine.members import store

Role = Literal["player", "writer", "tester", "lead"]
TEAM: tuple[Role, ...] = ("writer", "tester", "lead")


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who plays or works here."""

    id: str
    name: str
    roles: tuple[Role, ...]
    language: str
    time_zone: str
    joined_at: datetime

    def is_called(self, name: str) -> bool:
        """Whether that is the person's name, as it is typed again to be sure; large and small letters are the same."""
        return one_line(name).casefold() == self.name.casefold()

    @property
    def is_team(self) -> bool:
        """Whether the person may use the studio."""
        return any(role in TEAM for role in self.roles)


@dataclass(frozen=True, slots=True)
class People:
    """The people of this house."""

    db: Database
    clock: Clock
    new_id: Ids

    def join(self, name: str, *, team: bool = False, time_zone: str = "UTC", states_adult: bool = False) -> Person:
        """A new person of that name. Raises BadInput for an empty name or an unknown time zone."""
        called = _called(name)
        _check_zone(time_zone)
        with self.db.write() as tx:
            return self._insert(tx, called, TEAM if team else ("player",), time_zone, states_adult=states_adult)

    def get(self, person_id: str) -> Person:
        """A person by id. Raises NotFound."""
        with self.db.read() as tx:
            row = store.by_id(tx, person_id)
        if row is None:
            raise NotFound("There is no such person.")
        return _person(row)

    def named(self, name: str) -> Person:
        """The one person of that name or id, made (as one of the team) if there is none.

        For the command line, where whoever types owns the machine. Raises BadInput when several share the name.
        """
        called = one_line(name)
        with self.db.read() as tx:
            row = store.by_id(tx, name)
            rows = [row] if row else store.by_name(tx, called.casefold())
        if len(rows) > 1:
            ids = ", ".join(row["id"] for row in rows[:5])
            raise BadInput(f"{len(rows)} people are called {called}: say which one by id ({ids}).")
        return _person(rows[0]) if rows else self._first_of(_called(name))

    def called(self, name: str) -> list[Person]:
        """Everyone of that name, oldest first; nobody is made."""
        with self.db.read() as tx:
            return [_person(row) for row in store.by_name(tx, one_line(name).casefold())]

    def _first_of(self, called: str) -> Person:
        """The person of that name, made unless somebody at another door was quicker."""
        with self.db.write() as tx:
            store.one_at_a_time(tx)
            rows = store.by_name(tx, called.casefold())
            return _person(rows[0]) if rows else self._insert(tx, called, TEAM, "UTC", states_adult=False)

    def signing_key(self) -> str:
        """The secret that signs cookies and links of this database; made once, never shown."""
        with self.db.read() as tx:
            standing = store.key_value(tx, "signing")
        if standing is not None:
            return standing
        with self.db.write() as tx:
            return store.keep_key(tx, "signing", secrets.token_urlsafe(32))

    def _insert(
        self, tx: sa.Connection, name: str, roles: tuple[Role, ...], zone: str, *, states_adult: bool
    ) -> Person:
        now = self.clock()
        person = Person(self.new_id(), name, roles, "en", zone, now)
        row = {"id": person.id, "name": name, "folded_name": name.casefold(), "roles": list(roles), "language": "en"}
        stated = now if states_adult else None
        store.insert(tx, row | {"time_zone": zone, "adult_stated_at": stated, "created_at": now})
        note(tx, self.new_id(), now, Event("person_joined", user_id=person.id))
        return person


def _person(row: sa.RowMapping) -> Person:
    roles = tuple(row["roles"])
    return Person(row["id"], row["name"], roles, row["language"], row["time_zone"], row["created_at"])


def _called(name: str) -> str:
    """The name as it is kept. Raises BadInput."""
    called = one_line(name)
    if not called:
        raise BadInput("Say a name first: one to forty characters.")
    if len(name) > 4 * NAME_LIMIT:
        raise BadInput(f"That name is too long: at most {NAME_LIMIT} characters, please.")
    return called


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # a folder of zones is an OSError
        raise BadInput(f"{one_line(name)!r} is not a time zone; write one like Europe/Vienna.") from error
