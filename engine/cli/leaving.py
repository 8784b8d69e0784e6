"""`coldopen hand-over` and `coldopen erase`: what is one person's, to take along or to be gone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.out import Out, shown
from engine.errors import BadInput, NotFound
from engine.kernel.disk import written_whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.members.people import Person
    from engine.wiring import Engine


def hand_over(engine: Engine, out: Out, name: str, person_id: str, file: Path) -> None:
    """Write everything that is a person's into a file."""
    known = _one(engine, out, name, person_id)
    with written_whole(file) as raw:
        pictures = engine.leaving.hand_over(known.id, raw)
    size = file.stat().st_size
    out.say(f"Everything of {shown(known.name)} is in {file} ({_counted(pictures, 'picture')}, {size:,} bytes).")
    out.data(person_id=known.id, file=file, pictures=pictures, bytes=size)


def erase(engine: Engine, out: Out, name: str, person_id: str, ask: Callable[[str], str] | None) -> None:
    """Erase a person, once their name was typed again; `ask` is None where nobody wants to be asked.

    With an id of somebody who is gone it finishes an erasure that broke off.
    """
    try:
        known = _one(engine, out, name, person_id)
    except NotFound:
        if not person_id:
            raise
        known = None
    if known is not None and ask is not None:
        out.say(f"This erases {shown(known.name)}: what they played, what is remembered of them, their pictures.")
        out.say("It cannot be undone. What they wrote for everybody (worlds, characters, releases) stays.")
        if not known.is_called(ask("Type the name again")):
            raise BadInput("That is another name. Nothing was erased.")
    gone = engine.leaving.erase(known.id if known else person_id)
    erased = f"{_counted(gone.rows, 'row')} and {_counted(gone.files, 'picture')}"
    out.say(f"Erased: {erased}. Backups that were made before still have them.")
    out.data(rows=gone.rows, pictures=gone.files)


def _one(engine: Engine, out: Out, name: str, person_id: str) -> Person:
    """The person meant by a name, and by an id where several share it. Raises NotFound or BadInput."""
    found = [one for one in engine.people.called(name) if person_id in ("", one.id)]
    if not found:
        with_id = f" with the id {person_id[:80]}" if person_id else ""
        raise NotFound(f"There is nobody called {shown(name)[:80]!r}{with_id}.")
    if len(found) > 1:
        for one in found:
            out.say(f"{one.id}  {shown(one.name)}, since {one.joined_at:%Y-%m-%d %H:%M} UTC")
            out.data(person_id=one.id, name=one.name, since=one.joined_at)
        raise BadInput(f"{len(found)} people are called {shown(found[0].name)}: say which one with --id.")
    return found[0]


def _counted(many: int, what: str) -> str:
    return f"{many:,} {what}" if many == 1 else f"{many:,} {what}s"
