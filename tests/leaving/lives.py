"""Somebody who has done here all that one can do, and a search for what is left of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from engine.wiring import Engine
from tests import tiny

SECRET = "quillwort"
NAME = f"Ana {SECRET.title()}"
PATIENCE = 60.0


@dataclass(frozen=True)
class Life:
    """A person, and what they played."""

    id: str
    session_id: str
    cut_id: str


def whole_life(engine: Engine) -> Life:
    """Ana plays, forks, judges, corrects and pins, writes a draft and rehearses it; she is in the figures too."""
    ana = engine.people.join(NAME)
    session_id = engine.play.start(ana.id, tiny.FIRST).session_id
    turn_id = _said(engine, ana.id, session_id, "one", f"I'm Ana, my dog is called {SECRET.title()} and I love rain.")
    _said(engine, ana.id, session_id, "two", f"I fly to Lisbon on Friday with {SECRET.title()}.")
    take_id = next(one.takes[0].id for one in engine.play.session(ana.id, session_id).turns if one.turn.id == turn_id)
    engine.feedback.give(ana.id, take_id, "up", f"She knew {SECRET}.")
    _remember(engine, ana.id, session_id)
    engine.play.regenerate(ana.id, turn_id, "again")
    assert engine.work.drain(PATIENCE)
    forked = engine.play.fork(ana.id, turn_id, "fork").session_id
    _said(engine, ana.id, forked, "three", f"Here nobody knows of {SECRET}.")
    cut_id = _rehearsed(engine, ana.id)
    engine.drafts.keep(ana.id, "world", engine.drafts.new_ref(), {"name": f"The House of {SECRET}"}, "")
    engine.analytics.export()
    return Life(ana.id, session_id, cut_id)


def _said(engine: Engine, person_id: str, session_id: str, client_id: str, text: str) -> str:
    turn_id = engine.play.say(person_id, session_id, client_id, text).turn.id
    assert engine.work.drain(PATIENCE)
    return turn_id


def _remember(engine: Engine, person_id: str, session_id: str) -> None:
    """Put one memory right, and pin another."""
    character_id = engine.play.session(person_id, session_id).session.character_id
    known = engine.memory.about(person_id, character_id)
    engine.memory.correct(person_id, character_id, known[0].id, f"The player has two dogs, both called {SECRET}.")
    engine.memory.pin(person_id, character_id, engine.memory.about(person_id, character_id)[0].id)


def _rehearsed(engine: Engine, person_id: str) -> str:
    """Rehearse a character as nobody else has seen her: the cut."""
    mara = engine.characters.all()[0]
    first = next(one for one in engine.episodes.of_character(mara.id) if one.slug == tiny.FIRST)
    engine.episodes.save(tiny.episode(tiny.FIRST, 1, id=first.id, character_id=mara.id, turn_budget=9))
    cut = engine.releases.cut(mara.slug)
    session_id = engine.play.rehearse(person_id, cut.id, first.id).session_id
    _said(engine, person_id, session_id, "r", f"Does {SECRET} come on stage?")
    return cut.id


def left_of(engine: Engine, *words: str) -> list[str]:
    """Where any of these words still stands: in a row of any table, in the bytes of a file of the home, or its name."""
    return [*in_rows(engine, *words), *_in_files(engine.settings.home, words)]


def in_rows(engine: Engine, *words: str) -> Iterator[str]:
    """The tables in which any of these words stands."""
    with engine.play.desk.db.read() as tx:
        found = sa.MetaData()
        for schema in sa.inspect(tx).get_schema_names():
            if schema not in ("information_schema", "pg_catalog"):
                found.reflect(tx, schema=schema)
        for table in found.tables.values():
            for row in tx.execute(sa.select(table)):
                told = " ".join(repr(bytes(one)) if isinstance(one, memoryview) else repr(one) for one in row).lower()
                yield from (f"{table.name}: {word}" for word in words if word.lower() in told)


def _in_files(home: Path, words: tuple[str, ...]) -> Iterator[str]:
    for folder, folders, files in os.walk(home):
        for name in (*folders, *files):
            path = Path(folder, name)
            data = path.read_bytes().lower() if path.is_file() else b""
            for word in words:
                if word.lower() in path.name.lower() or word.lower().encode() in data:
                    yield f"{path.relative_to(home)}: {word}"
