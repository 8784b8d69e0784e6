"""What these tests do with houses: play a little, look at every row and file, and make backups anew with changes."""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.backup.restoring import restore
from engine.backup.saving import save
from engine.backup.shape import LEFT_OUT
from engine.db.database import MAIN_FILE, open_database
from engine.kernel.clock import utc_now
from engine.schema import full_metadata
from engine.settings import Settings
from engine.wiring import Engine, open_engine
from tests import tiny
from tests.faults.postcards import Postcards

Place = Callable[[str], Settings]
LINE, LATER = "I'm Ana and I'm allergic to peanuts", "I brought something to eat."
PATIENCE = 60.0


@dataclass(frozen=True)
class Played:
    """A house in which somebody has played."""

    settings: Settings
    person_id: str
    session_id: str


def play_a_little(engine: Engine, settings: Settings) -> Played:
    """One turn of Ana's, with all that it brings."""
    ana = engine.people.named("Ana")
    started = engine.play.start(ana.id, tiny.FIRST)
    engine.play.say(ana.id, started.session_id, "one", LINE)
    assert engine.work.drain(PATIENCE)
    return Played(settings, ana.id, started.session_id)


def rows_of(settings: Settings) -> dict[str, list[Any]]:
    """Every row of every table that a backup holds, in an order that does not depend on the database."""
    database = open_database(settings.home, settings.database_url.get_secret_value())
    with database.read() as tx:
        tables = [one for one in full_metadata().sorted_tables if one.name not in LEFT_OUT]
        found = {one.name: sorted(map(tuple, tx.execute(sa.select(one))), key=repr_of_key) for one in tables}
    database.close()
    return found


def repr_of_key(row: tuple[Any, ...]) -> list[str]:
    """What a row is sorted by: PostgreSQL keeps the keys of stored JSON in an order of its own."""
    return [json.dumps(one, sort_keys=True, default=str) for one in row]


def files_of(settings: Settings) -> dict[str, str]:
    """Every picture's file with its hash."""
    folder = settings.home / "media"
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def is_empty(settings: Settings) -> bool:
    """Whether there is no row and no picture."""
    url = settings.database_url.get_secret_value()
    if files_of(settings):
        return False
    if not url and not (settings.home / MAIN_FILE).is_file():
        return True
    database = open_database(settings.home, url)
    with database.read() as tx:
        names = set(sa.inspect(tx).get_table_names()) - set(LEFT_OUT)
        counts = [tx.scalar(sa.text(f'select count(*) from "{name}"')) for name in names]
    database.close()
    return not any(counts)


def saved(settings: Settings, file: Path) -> Path:
    """A backup of a house."""
    save(settings, file, utc_now())
    return file


def restored(settings: Settings, file: Path) -> Settings:
    """A house, from a backup."""
    restore(settings, file, utc_now)
    return settings


def goes_on(played: Played, settings: Settings) -> None:
    """Assert that everything holds in a house, and that Ana goes on in it and is remembered."""
    with open_engine(settings, camera=Postcards()) as engine:
        assert engine.work.drain(PATIENCE)
        assert [f"{one.invariant.code} {one.ids}" for one in engine.check() if one.ids] == []
        turn_id = engine.play.say(played.person_id, played.session_id, "two", LATER).turn.id
        assert engine.work.drain(PATIENCE)
        assert state_of(engine, played, turn_id) == "complete"
        second = engine.play.start(played.person_id, tiny.SECOND).session_id
        turn_id = engine.play.say(played.person_id, second, "three", LATER).turn.id
        assert engine.work.drain(PATIENCE)
        reply = next(one.reply for one in engine.play.transcript(second).turns if one.turn.id == turn_id)
        assert reply is not None
        sections = {part.name: part.text for part in engine.play.prompt(reply.id).prompt.sections}
        assert "allergic to peanuts" in sections["memories"]
        assert [f"{one.invariant.code} {one.ids}" for one in engine.check() if one.ids] == []


def state_of(engine: Engine, played: Played, turn_id: str) -> str:
    """The state of a turn of Ana's."""
    return next(one.state for one in engine.play.transcript(played.session_id).turns if one.turn.id == turn_id)


def plant_awkward_values(settings: Settings) -> None:
    """Put values into rows that a careless format would change."""
    tables = full_metadata().tables
    database = open_database(settings.home, settings.database_url.get_secret_value())
    text = 'a "quote", a back\\slash, a\nnew line, \u2028, ü, 漢, 🜁, {"json": null}, \\N, \\u0041'
    with database.write() as tx:
        takes, memories, hooks = tables["takes"], tables["memory_events"], tables["timelines"]
        now = utc_now().replace(microsecond=0)
        tx.execute(sa.update(takes).values(error="", model=None, cost=1 / 3, created_at=now))
        tx.execute(sa.update(takes).where(takes.c.kind == "reply").values(cost=5e-324, error=text, finished_at=None))
        awkward = {"embedding": bytes(range(256)), "importance_score": 0.1 + 0.2, "event_at": now + timedelta(0, 0, 1)}
        tx.execute(sa.update(memories).values(**awkward))
        tx.execute(sa.update(tables["scene_images"]).values(seed=2**62 + 1, layers={text: [1.5, None, {"": []}, True]}))
        parent = dict(tx.execute(sa.select(hooks)).mappings().one())
        fork = {"id": "0" * 32, "kind": "fork", "parent_id": parent["id"], "forked_at": 1}
        tx.execute(hooks.insert(), [parent | {"id": "f" * 32, "kind": "fork"}, parent | fork])  # the child sorts first
        tx.execute(hooks.insert(), parent | fork | {"id": "1" * 32, "parent_id": "f" * 32})
        acts = [{"id": f"act-{number}", "user_id": "u", "timeline_id": parent["id"], "kind": "k"} for number in (1, 2)]
        rest = {"on": "", "at": 1, "client_id": None, "created_at": now, "undone_at": None}
        tx.execute(tables["acts"].insert(), [acts[0] | rest | {"detail": None}, acts[1] | rest | {"detail": sa.null()}])
    database.close()


def nulls_in_acts(settings: Settings) -> dict[str, bool]:
    """Which acts have nothing for a detail, rather than JSON that says null."""
    database = open_database(settings.home, settings.database_url.get_secret_value())
    with database.read() as tx:
        found = {row[0]: bool(row[1]) for row in tx.execute(sa.text("select id, detail is null from acts"))}
    database.close()
    return found


@dataclass
class Forged:
    """A backup taken apart, to be changed and put together again with sizes and hashes that fit."""

    parts: dict[str, bytes]
    manifest: dict[str, Any]

    def rows(self, table: str) -> list[dict[str, Any]]:
        """A table's rows by column names."""
        columns = self.manifest["tables"][table]["columns"]
        lines = self.parts[f"tables/{table}.jsonl"].splitlines()
        return [dict(zip(columns, json.loads(line), strict=True)) for line in lines]

    def put(self, table: str, rows: list[dict[str, Any]]) -> None:
        """Other rows for a table, with a hash that fits."""
        lines = [json.dumps(list(row.values())) for row in rows]
        self.put_raw(table, "".join(f"{line}\n" for line in lines).encode(), len(rows))

    def put_raw(self, table: str, data: bytes, rows: int) -> None:
        """Other bytes for a table, with a hash that fits."""
        self.parts[f"tables/{table}.jsonl"] = data
        digest = hashlib.sha256(data).hexdigest()
        self.manifest["tables"][table] |= {"rows": rows, "bytes": len(data), "sha256": digest}

    def change(self, table: str, **values: object) -> None:
        """Other values in the first row of a table."""
        rows = self.rows(table)
        rows[0] |= values
        self.put(table, rows)

    def write(self, file: Path) -> None:
        """Put it together."""
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in self.parts.items():
                archive.writestr(name, data)
            archive.writestr("manifest.json", json.dumps(self.manifest))


def taken_apart(file: Path) -> Forged:
    """The parts of a backup."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return Forged(parts, json.loads(parts.pop("manifest.json")))


def base64_of(data: bytes) -> str:
    """As bytes stand in a backup."""
    return base64.b64encode(data).decode()
