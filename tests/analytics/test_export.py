"""The export: each event once, whatever comes late, stands no more, is erased or is killed on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from engine.analytics.asking import Duck
from engine.analytics.export import Exporter
from engine.analytics.nouns import Filter, Progress
from engine.analytics.shelf import GRACE, MANIFEST, Manifest, Shelf
from engine.db.events import events
from engine.play.conversation.tables import turns
from engine.settings import Settings
from engine.story.shelf import store as shelf_of_stories
from engine.wiring import Engine, open_engine
from tests.analytics.plays import NOW, invent, keep

ALL = Filter(date(2026, 4, 1), date(2026, 6, 30), audiences=("player", "tester", "rehearsal"), demo=True)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """An empty shelf."""
    return Shelf(tmp_path / "analytics")


def fill(engine: Engine, count: int = 40, seed: int = 3) -> None:
    """Put invented play into the house."""
    with engine.work.desk.db.read() as tx:
        live = shelf_of_stories.live(tx)
    keep(engine, invent(live, seed, count))


def export(engine: Engine, exporter: Exporter, now: datetime = NOW) -> Manifest:
    """One export at an instant."""
    with engine.work.desk.db.read() as tx:
        return exporter.export(tx, now)


def ids_in(shelf: Shelf, manifest: Manifest) -> list[str]:
    """The ids of all exported events."""
    names = (*manifest.sealed_files, manifest.tables["events"])
    tables = [pq.read_table(shelf.path(name), columns=["event_id"]) for name in names]
    return [row["event_id"] for table in tables for row in table.to_pylist()]


def ids_of(engine: Engine) -> list[str]:
    """The ids of all events of the house."""
    with engine.work.desk.db.read() as tx:
        return list(tx.scalars(sa.select(events.c.id)))


def turns_in(shelf: Shelf, manifest: Manifest) -> list[tuple[str, bool]]:
    """All exported turns with their standing."""
    rows = pq.read_table(shelf.path(manifest.tables["turns"])).to_pylist()
    return sorted((row["turn_id"], row["standing"]) for row in rows)


def late(engine: Engine, event_id: str, at: datetime) -> None:
    """An event that is committed only now, though it happened then."""
    with engine.work.desk.db.write() as tx:
        row = {"id": event_id, "occurred_at": at, "name": "person_joined", "properties": {}, "user_id": "u"}
        tx.execute(events.insert(), row)


def test_exporting_again_and_again_holds_each_event_once(engine: Engine, shelf: Shelf) -> None:
    fill(engine)
    exporter = Exporter(shelf, Duck(), tail=20)
    for minutes in (0, 1, 30):
        manifest = export(engine, exporter, NOW + timedelta(minutes=minutes))
        assert sorted(ids_in(shelf, manifest)) == sorted(ids_of(engine))
        assert manifest.events == len(ids_of(engine))
    assert len(manifest.sealed_files) >= 1
    fill_again = Exporter(shelf, Duck(), tail=20)  # a process that began anew goes on with the same files
    assert turns_in(shelf, export(engine, fill_again)) == turns_in(shelf, manifest)


def test_a_row_that_was_committed_late_is_not_missed(engine: Engine, shelf: Shelf) -> None:
    fill(engine)
    exporter = Exporter(shelf, Duck(), tail=20)
    sealed = export(engine, exporter).sealed_until
    assert sealed is not None
    for event_id, at in (("within", NOW - timedelta(minutes=1)), ("before", sealed - timedelta(days=9))):
        late(engine, event_id, at)
        manifest = export(engine, exporter, NOW + timedelta(minutes=1))
        assert event_id in ids_in(shelf, manifest)
        assert sorted(ids_in(shelf, manifest)) == sorted(ids_of(engine))


def test_erased_rows_vanish_from_the_files(engine: Engine, shelf: Shelf) -> None:
    fill(engine)
    exporter = Exporter(shelf, Duck(), tail=20)
    export(engine, exporter)
    with engine.work.desk.db.write() as tx:
        tx.execute(events.delete().where(events.c.user_id == "u1"))
    manifest = export(engine, exporter, NOW + timedelta(minutes=1))
    assert sorted(ids_in(shelf, manifest)) == sorted(ids_of(engine))


def test_a_standing_that_changed_after_the_export_is_told_as_it_is_now(engine: Engine, shelf: Shelf) -> None:
    fill(engine)
    exporter = Exporter(shelf, Duck(), tail=20)
    before = turns_in(shelf, export(engine, exporter))
    changed = next(turn_id for turn_id, standing in before if standing)
    with engine.work.desk.db.write() as tx:
        tx.execute(turns.update().where(turns.c.id == changed).values(taken_back_by="act"))
        row = {"id": "back", "occurred_at": NOW, "name": "turns_taken_back", "properties": {"turns": 1}}
        tx.execute(events.insert(), row | {"session_id": changed.split("-")[0]})
    after = turns_in(shelf, export(engine, exporter, NOW + timedelta(minutes=1)))
    assert set(before) ^ set(after) == {(changed, True), (changed, False)}
    whole = Exporter(Shelf(shelf.folder / "anew"), Duck())
    assert turns_in(whole.shelf, export(engine, whole)) == after


def test_a_broken_manifest_or_a_lost_file_only_costs_a_new_export(engine: Engine, shelf: Shelf) -> None:
    fill(engine, 5)
    exporter = Exporter(shelf, Duck())
    manifest = export(engine, exporter)
    (shelf.folder / manifest.tables["turns"]).unlink()
    assert shelf.manifest() is None
    assert sorted(ids_in(shelf, export(engine, exporter))) == sorted(ids_of(engine))
    for broken in ("", "{", "[]", '{"format": 99}', '{"format": 1}'):
        (shelf.folder / MANIFEST).write_text(broken)
        assert shelf.manifest() is None
    assert sorted(ids_in(shelf, export(engine, exporter))) == sorted(ids_of(engine))


def test_old_files_stay_while_somebody_may_read_them_and_then_go(engine: Engine, shelf: Shelf) -> None:
    fill(engine, 5)
    exporter = Exporter(shelf, Duck())
    first = export(engine, exporter)
    half = shelf.folder / "events-1-half.parquet.part"
    half.write_bytes(b"half")
    export(engine, exporter, NOW + timedelta(seconds=5))
    assert (shelf.folder / first.tables["events"]).is_file()
    long_ago = time.time() - GRACE - 5
    for path in shelf.folder.iterdir():
        os.utime(path, (long_ago, long_ago))
    last = export(engine, exporter, NOW + timedelta(seconds=9))
    assert {path.name for path in shelf.folder.iterdir()} == {MANIFEST, *last.tables.values()}


def test_who_asks_while_exports_run_always_sees_one_whole_set(engine: Engine) -> None:
    fill(engine)
    engine.analytics.export()
    expected, wrong = engine.analytics.overview(ALL), list[object]()

    def ask() -> None:
        for _ in range(6):
            found = engine.analytics.overview(ALL)
            if found != expected:
                wrong.append(found)

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for thread in askers:
        thread.start()
    for _ in range(6):
        engine.analytics.export()
    for thread in askers:
        thread.join(60)
    assert wrong == []


KILLED = """
import sys
from pathlib import Path
from engine.wiring import open_engine
from tests.conftest import quiet
with open_engine(quiet(Path(sys.argv[1]), "")) as engine:
    engine.analytics.export()
    print("going", flush=True)
    while True:
        engine.analytics.forget()
        engine.analytics.export()
"""


def test_a_killed_export_leaves_nothing_that_a_reader_could_stumble_over(house: Settings) -> None:
    if house.database_url.get_secret_value():
        return  # the files are the same; one database is enough for this slow one
    with open_engine(house) as engine:
        fill(engine)
        expected = engine.analytics.overview(ALL)
    for pause in (0.05, 0.23):
        child = subprocess.Popen(  # noqa: S603
            [sys.executable, "-c", KILLED, str(house.home)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        assert child.stdout.readline() == "going\n"
        time.sleep(pause)
        child.send_signal(signal.SIGKILL)
        child.wait(10)
        child.stdout.close()
        with open_engine(house) as engine:
            assert engine.analytics.overview(ALL) == expected


def test_an_export_is_as_fresh_as_it_was_asked_to_be(engine: Engine) -> None:
    first = engine.analytics.fresh(60)
    assert engine.analytics.fresh(60) == first
    assert engine.analytics.fresh(0).version > first.version
    assert datetime.now(UTC) - first.at < timedelta(minutes=1)


class Away(BaseException):
    """What a screen raises when its person has gone."""


def test_an_export_tells_how_far_it_is_and_ends_where_nobody_waits_any_more(engine: Engine) -> None:
    fill(engine)
    told: list[float] = []
    engine.analytics.export(lambda progress: told.append(progress.share))
    assert told == sorted(told)
    assert told[-1] == 1.0
    expected, files = engine.analytics.overview(ALL), sorted(engine.analytics.folder.iterdir())

    def leave(_: Progress) -> None:
        raise Away

    with pytest.raises(Away):
        engine.analytics.export(leave)
    assert sorted(engine.analytics.folder.iterdir()) == files
    assert engine.analytics.overview(ALL) == expected
    assert engine.analytics.export().version > 0


def test_whoever_waits_for_an_export_of_somebody_else_hears_how_far_it_is(engine: Engine) -> None:
    fill(engine)
    going, may_end, heard = threading.Event(), threading.Event(), list[Progress]()

    def slow(_: Progress) -> None:
        going.set()
        may_end.wait(20)

    def hear(progress: Progress) -> None:
        heard.append(progress)
        may_end.set()

    first = threading.Thread(target=engine.analytics.export, args=(slow,))
    first.start()
    assert going.wait(20)
    engine.analytics.fresh(60, hear)
    first.join(20)
    assert heard[0].done > 0
