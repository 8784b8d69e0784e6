"""What a person takes along: all that is theirs, to read and for a program, and nothing of anybody else."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
import sqlalchemy as sa

from engine.db import belongings
from engine.errors import NotFound
from engine.schema import full_metadata
from engine.wiring import Engine
from tests import tiny
from tests.leaving.lives import NAME, PATIENCE, SECRET, Life, whole_life


def _bundle(engine: Engine, person_id: str) -> zipfile.ZipFile:
    file = io.BytesIO()
    engine.leaving.hand_over(person_id, file)
    return zipfile.ZipFile(file)


def _text(bundle: zipfile.ZipFile, folder: str) -> dict[str, str]:
    return {name: bundle.read(name).decode() for name in bundle.namelist() if name.startswith(folder)}


@pytest.fixture
def ana(engine: Engine) -> Life:
    """Ana, with Ben beside her."""
    ben = engine.people.join("Ben")
    engine.play.say(ben.id, engine.play.start(ben.id, tiny.FIRST).session_id, "b", "Ben's word is marzipan.")
    found = whole_life(engine)
    assert engine.work.drain(PATIENCE)
    return found


def test_it_can_be_read_sessions_memories_and_pictures(engine: Engine, ana: Life) -> None:
    bundle = _bundle(engine, ana.id)
    assert bundle.testzip() is None
    sessions = _text(bundle, "sessions/")
    view = engine.play.session(ana.id, ana.session_id)
    told = next(text for name, text in sessions.items() if name.startswith("sessions/001-"))
    assert len(sessions) == 3
    for one in view.turns:
        assert one.line is None or f"{NAME}: {one.line.content}" in told
        assert one.reply is None or f"Mara Voss: {one.reply.content}" in told
    character_id = view.session.character_id
    memories = next(text for name, text in _text(bundle, "memories/").items() if name.endswith("mara-voss.txt"))
    assert [one.text for one in engine.memory.about(ana.id, character_id) if one.text not in memories] == []
    pictures = [name for name in bundle.namelist() if name.startswith("pictures/")]
    assert pictures
    assert all(bundle.read(name)[:4] == b"RIFF" for name in pictures)
    assert all(any(name in text for text in sessions.values()) for name in pictures)


def test_every_row_of_theirs_is_in_it_for_a_program_and_no_row_of_anybody_else(engine: Engine, ana: Life) -> None:
    bundle = _bundle(engine, ana.id)
    told = {name[5:-5]: json.loads(text) for name, text in _text(bundle, "data/").items()}
    with engine.play.desk.db.read() as tx:
        for table in belongings.personal(full_metadata()):
            mine = belongings.of_people(table, (ana.id,))
            assert mine is not None
            count = tx.scalar(sa.select(sa.func.count()).select_from(table).where(mine))
            assert len(told.get(table.name, ())) == count, table.name
    assert {row["user_id"] for rows in told.values() for row in rows if "user_id" in row} == {ana.id}
    assert told["people"][0]["name"] == NAME
    assert b"marzipan" not in b"".join(bundle.read(name) for name in bundle.namelist())


def test_a_prompt_tells_what_it_held_of_them_and_not_what_writers_wrote(engine: Engine, ana: Life) -> None:
    bundle = _bundle(engine, ana.id)
    system = engine.play.session(ana.id, ana.session_id).release.payload.persona.system_prompt
    prompts = json.loads(bundle.read("data/prompts.json"))
    sections = [section for prompt in prompts for section in prompt["sections"]["sections"]]
    assert {one["name"] for one in sections if one["text"] is None} >= {"character", "episode"}
    assert any(SECRET in json.dumps(prompt).lower() for prompt in prompts)
    whole = b"".join(bundle.read(name) for name in bundle.namelist()).decode(errors="replace")
    assert system.splitlines()[0] not in whole


def test_a_picture_that_was_lost_is_left_out_and_the_rest_is_there(engine: Engine, ana: Life) -> None:
    first = next(path for path in engine.storage.walk() if path.startswith(f"scenes/{ana.id}"))
    before = len([name for name in _bundle(engine, ana.id).namelist() if name.startswith("pictures/")])
    engine.storage.delete(first)
    bundle = _bundle(engine, ana.id)
    assert len([name for name in bundle.namelist() if name.startswith("pictures/")]) == before - 1
    assert bundle.testzip() is None


def test_somebody_who_has_played_nothing_gets_who_they_are_and_nobody_gets_nothing(engine: Engine) -> None:
    cleo = engine.people.join("Cleo")
    assert set(_bundle(engine, cleo.id).namelist()) == {"read-me.txt", "data/people.json", "data/events.json"}
    with pytest.raises(NotFound):
        engine.leaving.hand_over("nobody", io.BytesIO())
