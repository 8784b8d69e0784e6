"""`coldopen bench turn`: the engine's own time in a turn, beside raw sqlite3 running the very same statements.

The statements of the engine's turns are recorded once, with their values, and replayed on the bare driver against a
copy of the same database at the same durability. What is left over is ours: composing, hashing, mapping rows.
No model and no network take part; after-work and pictures are not on the path to a reply and are not timed here.
"""

from __future__ import annotations

import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from engine.bench.noise import LOUD, noise
from engine.db.database import MAIN_FILE, raw_connection
from engine.play import context, turn
from engine.play.conversation.takes.store import Spoken
from engine.providers.llm import Usage
from engine.settings import Settings, load_settings
from engine.story.avatar_kit import AvatarKit
from engine.story.character import Character
from engine.story.episode import EpisodeTemplate, Resolution
from engine.story.look import VisualIdentity
from engine.story.world import World
from engine.wiring import Engine, open_engine

LINE = "I kept the ticket from the night ferry, and I still do not know who wrote the number on it."
REPLY = "*turns the ticket over once* You kept it. Then you know what the number is for, or you would have asked." * 2
WARM_TURNS = 5
SLOT = "bench"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as the driver got it, or the end of a transaction."""

    sql: str
    values: Any
    many: bool


def measure(turns: int, runs: int) -> Iterator[str]:
    """Rows of JSON: the noise, then medians in milliseconds a turn, and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        prepare(home / "told")
        recorded = _record(home, turns)
        ours: list[float] = []
        raw: list[float] = []
        before = noise()
        for run in range(runs):
            ours.append(_run_engine(home, f"ours{run}", turns))
            raw.append(_run_raw(home, f"raw{run}", recorded, turns))
        yield _row("noise", before=round(before, 2), after=round(noise(), 2), loud_above=LOUD)
        yield _row("raw sqlite3, same statements, synchronous FULL", ms=round(statistics.median(raw), 3), runs=runs)
        yield _row("engine, one turn", ms=round(statistics.median(ours), 3), runs=runs, turns=turns)
        ratios = [mine / base for mine, base in zip(ours, raw, strict=True)]
        yield _row("ratio", median=round(statistics.median(ratios), 2), statements_a_turn=len(recorded) // turns)


def _row(name: str, **values: object) -> str:
    return json.dumps({"bench": "turn", "row": name, **values})


def settings_of(home: Path) -> Settings:
    """Settings of a home of this run: no pictures, no sweep in between."""
    return load_settings(home=home, sweep_seconds=30, pictures_per_session=0)


def prepare(home: Path) -> None:
    """A home with one published story whose budget is larger than the run."""
    with open_engine(settings_of(home)) as engine:
        world = engine.worlds.save(World(slug="bench", name="Bench", genre=next(iter(engine.genres.all()))))
        looks = VisualIdentity(age_range="30s")
        known: dict[str, Any] = {"world_id": world.id, "genre": world.genre, "visual_identity": looks}
        iris = engine.characters.save(Character(slug="bench", name="Iris", adult=True, **known))
        engine.avatars.save_kit(iris.id, AvatarKit(appearance_prompt="short grey hair, brown eyes, dark coat"))
        engine.episodes.save(_episode(iris.id))
        engine.releases.publish(iris.id)


def _episode(character_id: str) -> EpisodeTemplate:
    return EpisodeTemplate(
        slug="bench",
        title="Bench",
        character_id=character_id,
        situation="The last ferry has gone and the ticket office is closing.",
        episode_frame="Rain on the pier, one lamp, a closed shutter.",
        opening_line="*holds out a hand for the ticket* Who wrote that number?",
        dramatic_question="Will she say whose number it is?",
        episode_type="entry",
        resolutions=(Resolution(kind="positive", text="She dials it."),),
        turn_budget=200,
    )


def _begin(engine: Engine) -> tuple[str, str]:
    person = engine.people.join("Bench")
    return person.id, engine.play.start(person.id, "bench").session_id


def _one_turn(engine: Engine, user_id: str, session_id: str, number: int) -> None:
    """Accept, claim, compose and record one turn, with a reply that is there at once."""
    desk, care = engine.play.desk, engine.play.care_folder
    accepted = turn.accept(desk, care, user_id, session_id, f"turn-{number}", LINE)
    take_id = turn.claim(desk, accepted.turn.id, SLOT)
    scene = context.gather(desk, accepted.turn.id, take_id)
    kept = context.with_used_hooks(context.keep(scene, after_pending=False), scene, REPLY)
    spoken = Spoken("complete", REPLY, finish_reason="stop", model="bench", usage=Usage(900, 40), latency_ms=0)
    turn.record(desk, take_id, SLOT, spoken, kept, own_after=True)


def _warm(home: Path, name: str) -> Path:
    """A fresh copy of the prepared home."""
    return Path(shutil.copytree(home / "told", home / name))


def _run_engine(home: Path, name: str, turns: int) -> float:
    """Milliseconds a turn of this engine."""
    with open_engine(settings_of(_warm(home, name))) as engine:
        user_id, session_id = _begin(engine)
        for number in range(WARM_TURNS):
            _one_turn(engine, user_id, session_id, -number - 1)
        began = time.perf_counter()
        for number in range(turns):
            _one_turn(engine, user_id, session_id, number)
        return (time.perf_counter() - began) * 1000 / turns


def _record(home: Path, turns: int) -> list[Statement]:
    """The statements of the same turns, as the driver gets them, and the database as it was before them."""
    statements: list[Statement] = []
    with open_engine(settings_of(_warm(home, "recorded"))) as engine:
        user_id, session_id = _begin(engine)
        for number in range(WARM_TURNS):
            _one_turn(engine, user_id, session_id, -number - 1)
        database = engine.play.desk.db.engine
        with raw_connection(home / "recorded" / MAIN_FILE) as source, raw_connection(home / MAIN_FILE) as copy:
            source.backup(copy)
        listening = _listen(database, statements)
        for number in range(turns):
            _one_turn(engine, user_id, session_id, number)
        for name, listener in listening.items():
            event.remove(database, name, listener)
    return statements


def _listen(database: sa.Engine, statements: list[Statement]) -> dict[str, Any]:
    """Note every statement and commit of this engine from now on."""

    def executed(_conn: Any, _cursor: Any, sql: str, values: Any, _context: Any, many: bool) -> None:  # noqa: ANN401, FBT001
        statements.append(Statement(sql, values, many))

    def committed(_conn: Any) -> None:  # noqa: ANN401
        statements.append(Statement("COMMIT", (), many=False))

    listening = {"before_cursor_execute": executed, "commit": committed}
    for name, listener in listening.items():
        event.listen(database, name, listener)
    return listening


def _run_raw(home: Path, name: str, statements: list[Statement], turns: int) -> float:
    """Milliseconds a turn of the bare driver with the same statements."""
    place = home / name
    place.mkdir()
    shutil.copy(home / MAIN_FILE, place / MAIN_FILE)
    raw = raw_connection(place / MAIN_FILE)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        raw.execute("PRAGMA " + pragma)
    began = time.perf_counter()
    cursor = raw.cursor()
    for one in statements:
        if one.many:
            cursor.executemany(one.sql, one.values)
        else:
            cursor.execute(one.sql, one.values).fetchall()
    took = (time.perf_counter() - began) * 1000 / turns
    raw.close()
    return took
