"""The public verbs of drafts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, get_args

from engine.errors import BadInput
from engine.studio.drafts import store
from engine.studio.drafts.typed import Json, from_text, to_text

if TYPE_CHECKING:
    import sqlalchemy as sa

    from engine.db.desk import Desk

Kind = Literal["world", "character", "kit", "episode"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_LONGEST_ID = 80


@dataclass(frozen=True, slots=True)
class Draft:
    """What one person has typed about one thing. `ref` is the thing's id; `base` is the fingerprint of the saved thing
    that the draft started from, empty for one that was never saved.
    """

    id: str
    person_id: str
    kind: Kind
    ref: str
    base: str
    fields: Mapping[str, Json]
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Drafts:
    """Unsaved form fields, each person's own."""

    desk: Desk

    def new_ref(self) -> str:
        """An id for a thing that is about to be written: its draft's `ref`, and its own id once it is saved."""
        return self.desk.new_id()

    def keep(self, person_id: str, kind: Kind, ref: str, fields: Mapping[str, Json], base: str) -> None:
        """Keep what is typed now, in the place of what was; the same again writes nothing.

        Raises BadInput when it is over 200 kB, no JSON, or of an unknown kind.
        """
        _check(person_id, kind, ref, base)
        written = to_text(fields)
        with self.desk.db.read() as tx:
            row = store.get(tx, person_id, kind, ref)
        if row is not None and (row["fields"], row["base"]) == (written, base):
            return
        whose = {"id": self.desk.new_id(), "person_id": person_id, "kind": kind, "ref": ref}
        with self.desk.db.write() as tx:
            store.put(tx, whose | {"base": base, "fields": written, "updated_at": self.desk.now()})

    def get(self, person_id: str, kind: Kind, ref: str) -> Draft | None:
        """A person's draft of a thing, or None."""
        with self.desk.db.read() as tx:
            row = store.get(tx, person_id, kind, ref)
        return _draft(row) if row else None

    def drop(self, person_id: str, kind: Kind, ref: str) -> None:
        """Throw a draft away: it was saved, or is not wanted. Nothing happens where there is none."""
        with self.desk.db.write() as tx:
            store.remove(tx, person_id, kind, ref)

    def all(self, person_id: str, kind: Kind | None = None) -> list[Draft]:
        """A person's drafts, or those of one kind, last written first."""
        with self.desk.db.read() as tx:
            return [_draft(row) for row in store.of_person(tx, person_id, kind)]


def _draft(row: sa.RowMapping) -> Draft:
    return Draft(
        id=row["id"],
        person_id=row["person_id"],
        kind=row["kind"],
        ref=row["ref"],
        base=row["base"],
        fields=from_text(row["fields"]),
        updated_at=row["updated_at"],
    )


def _check(person_id: str, kind: str, ref: str, base: str) -> None:
    if kind not in KINDS:
        raise BadInput(f"There are drafts of a {', '.join(KINDS[:-1])} or {KINDS[-1]} only.")
    for text in (person_id, ref, base):
        if len(text) > _LONGEST_ID or not text.isprintable():
            raise BadInput("That is no id of something that is being written. Open the form again.")
    if not person_id or not ref:
        raise BadInput("A draft needs its writer and the id of what is written. Open the form again.")
