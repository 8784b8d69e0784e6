"""A house goes into a file and comes out of it as it was, on the same database or on the other."""

from __future__ import annotations

import stat
import threading
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.backup.restoring import restore
from engine.backup.saving import save
from engine.backup.shape import LEFT_OUT, sheets_at
from engine.db.database import open_database
from engine.db.migrate import current, head, upgrade
from engine.errors import AlreadyRunning, BadInput, Conflict, NewerDatabase, SettingsProblem
from engine.kernel.clock import utc_now
from engine.play.conversation.nouns import Take
from engine.providers.llm.offline.actor import OfflineActor
from engine.schema import full_metadata
from engine.settings import Settings
from engine.wiring import Engine, open_engine
from tests import tiny
from tests.backup.houses import (
    PATIENCE,
    Place,
    Played,
    files_of,
    goes_on,
    is_empty,
    nulls_in_acts,
    plant_awkward_values,
    restored,
    rows_of,
    saved,
    taken_apart,
)
from tests.conftest import quiet
from tests.faults.postcards import Postcards
from tests.play.troupe import Gate, Puppet

KINDS = ["sqlite", "postgresql"]


def _kind(settings: Settings) -> str:
    return "postgresql" if settings.database_url.get_secret_value() else "sqlite"


@pytest.mark.parametrize("to", KINDS)
def test_a_house_moves_to_either_database_and_back_and_the_play_goes_on(
    played: Played, place: Place, tmp_path: Path, to: str
) -> None:
    rows, files = rows_of(played.settings), files_of(played.settings)
    assert rows["memory_events"]
    assert len(files) > 1
    there = restored(place(to), saved(played.settings, tmp_path / "there.zip"))
    assert rows_of(there) == rows
    assert files_of(there) == files
    back = restored(place(_kind(played.settings)), saved(there, tmp_path / "back.zip"))
    assert rows_of(back) == rows
    assert files_of(back) == files
    goes_on(played, there)
    goes_on(played, back)


@pytest.mark.parametrize("to", KINDS)
def test_every_kind_of_value_comes_back_exactly(played: Played, place: Place, tmp_path: Path, to: str) -> None:
    plant_awkward_values(played.settings)
    rows = rows_of(played.settings)
    there = restored(place(to), saved(played.settings, tmp_path / "there.zip"))
    assert rows_of(there) == rows
    assert nulls_in_acts(there) == {"act-1": False, "act-2": True}
    back = restored(place(_kind(played.settings)), saved(there, tmp_path / "back.zip"))
    assert rows_of(back) == rows
    assert nulls_in_acts(back) == {"act-1": False, "act-2": True}


def test_every_table_is_in_a_backup_but_those_that_are_left_out_with_a_reason(played: Played, tmp_path: Path) -> None:
    told = save(played.settings, tmp_path / "a.zip", utc_now())
    assert set(LEFT_OUT) == {"slots", "alembic_version"}
    assert {*told.tables, *LEFT_OUT} == {*full_metadata().tables, "alembic_version"}
    for name, part in told.tables.items():
        assert set(part.columns) == set(full_metadata().tables[name].columns.keys())
    assert told.tables["messages"].rows == 3
    assert told.pictures.files == len(files_of(played.settings))


def test_a_backup_of_what_was_restored_is_the_same_again(played: Played, place: Place, tmp_path: Path) -> None:
    first = saved(played.settings, tmp_path / "a.zip")
    again = saved(restored(place(_kind(played.settings)), first), tmp_path / "b.zip")
    assert taken_apart(again).parts == taken_apart(first).parts


def test_only_its_owner_can_read_a_backup(played: Played, tmp_path: Path) -> None:
    file = saved(played.settings, tmp_path / "a.zip")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_links_and_cookies_work_after_a_restore(played: Played, place: Place, tmp_path: Path) -> None:
    there = restored(place("sqlite"), saved(played.settings, tmp_path / "a.zip"))
    with open_engine(played.settings) as engine:
        before = engine.signing_key
    with open_engine(there) as engine:
        assert engine.signing_key == before
        assert not engine.starter.needed()


def test_backups_while_people_play_are_each_one_moment(played: Played, place: Place, tmp_path: Path) -> None:
    with open_engine(played.settings, camera=Postcards()) as engine:
        stop, lines = threading.Event(), list[str]()

        def keep_playing() -> None:
            for number in range(200):
                if stop.is_set():
                    return
                ben = engine.people.join(f"Ben {number}")
                session = engine.play.start(ben.id, tiny.FIRST).session_id
                turn = engine.play.say(ben.id, session, "one", "Who took the ledger?").turn
                lines.append([frame.state for frame in engine.play.follow(ben.id, turn.id)][-1])

        player = threading.Thread(target=keep_playing)
        player.start()
        files = [saved(played.settings, tmp_path / f"{number}.zip") for number in range(3)]
        stop.set()
        player.join(PATIENCE)
        assert set(lines) == {"complete"}
        assert engine.work.drain(PATIENCE)
    assert len({len(taken_apart(file).parts["tables/turns.jsonl"]) for file in files}) > 1
    for file in files:
        goes_on(played, restored(place("sqlite"), file))


def test_what_is_spoken_at_that_moment_ends_with_the_words_saved_so_far(
    played: Played, place: Place, tmp_path: Path
) -> None:
    gate, actor = Gate(), Puppet(OfflineActor(played.settings.content / "offline"))
    actor.at("Tell me slowly.", gate)
    with open_engine(played.settings, camera=Postcards(), actor=actor) as engine:
        turn_id = engine.play.say(played.person_id, played.session_id, "slow", "Tell me slowly.").turn.id
        assert gate.reached.wait(PATIENCE)
        engine.play.speakers.pulse()
        file = saved(played.settings, tmp_path / "a.zip")
        gate.opened.set()
        assert engine.work.drain(PATIENCE)
        assert _take(engine, played, turn_id).state == "complete"
    there = restored(place(_kind(played.settings)), file)
    leases_ran_out = timedelta(minutes=5)
    with open_engine(there, camera=Postcards(), clock=lambda: utc_now() + leases_ran_out) as engine:
        assert engine.work.drain(PATIENCE)
        take = _take(engine, played, turn_id)
        assert (take.state, take.text, take.after) == ("partial", gate.first.strip(), "done")
    goes_on(played, there)


def _take(engine: Engine, played: Played, turn_id: str) -> Take:
    turns = engine.play.transcript(played.session_id).turns
    return next(one.takes[0] for one in turns if one.turn.id == turn_id)


def test_a_picture_that_was_erased_meanwhile_is_counted_and_nothing_else_is_lost(
    played: Played, place: Place, tmp_path: Path
) -> None:
    gone, changed = sorted((played.settings.home / "media").rglob("*.webp"))[:2]
    gone.unlink()
    changed.write_bytes(b"something else")
    file = tmp_path / "a.zip"
    told = save(played.settings, file, utc_now())
    assert told.pictures.lost == 2
    there = restored(place("sqlite"), file)
    assert rows_of(there) == rows_of(played.settings)
    assert len(files_of(there)) == told.pictures.files == len(files_of(played.settings)) - 1


def test_a_backup_of_an_older_revision_is_brought_forward(told_home: Path, place: Place, tmp_path: Path) -> None:
    for kind in KINDS:
        old = place(kind)
        old.home.mkdir(parents=True)
        _fill_at("0001", old, told_home)
        told = save(old, tmp_path / f"{kind}.zip", utc_now())
        assert told.revision == "0001"
        assert "feedback" not in told.tables
        for to in KINDS:
            there = restored(place(to), tmp_path / f"{kind}.zip")
            assert _known_at("0001", there) == _known_at("0001", quiet(told_home, ""))
            database = open_database(there.home, there.database_url.get_secret_value())
            with database.read() as tx:
                assert current(tx) == head()
            database.close()


def _fill_at(revision: str, old: Settings, told_home: Path) -> None:
    """Fill a house at an old revision with the told rows, as far as it knew their columns."""
    told, database = open_database(told_home), open_database(old.home, old.database_url.get_secret_value())
    tables = full_metadata().tables
    with told.read() as source, database.write() as tx:
        upgrade(tx, revision)
        for sheet in sheets_at(revision):
            known = [tables[sheet.name].c[column.name] for column in sheet.columns]
            rows = [dict(row) for row in source.execute(sa.select(*known)).mappings()]
            if rows:
                tx.execute(sa.insert(sa.table(sheet.name, *(sa.column(one.name, one.type) for one in known))), rows)
    told.close()
    database.close()


def _known_at(revision: str, settings: Settings) -> dict[str, list[list[object]]]:
    """Every row of a house at the newest revision, in the columns that an older one knew."""
    columns, found = full_metadata().tables, rows_of(settings)
    known = {sheet.name: {column.name for column in sheet.columns} for sheet in sheets_at(revision)}
    return {
        name: [
            [value for column, value in zip(columns[name].columns, row, strict=True) if column.name in known[name]]
            for row in rows
        ]
        for name, rows in found.items()
        if name in known
    }


def test_a_house_that_is_not_empty_is_left_alone(played: Played, tmp_path: Path) -> None:
    file, rows = saved(played.settings, tmp_path / "a.zip"), rows_of(played.settings)
    with pytest.raises(Conflict, match="not empty"):
        restore(played.settings, file, utc_now)
    assert rows_of(played.settings) == rows


@pytest.mark.parametrize("to", KINDS)
def test_an_empty_house_of_any_revision_is_good_enough(played: Played, place: Place, tmp_path: Path, to: str) -> None:
    file, there = saved(played.settings, tmp_path / "a.zip"), place(to)
    there.home.mkdir(parents=True)
    database = open_database(there.home, there.database_url.get_secret_value())
    with database.write() as tx:
        upgrade(tx, "0001")
    database.close()
    (there.home / "work.db").write_bytes(b"the work of a former house")
    (there.home / "analytics").mkdir()
    restored(there, file)
    assert rows_of(there) == rows_of(played.settings)
    assert sorted(path.name for path in there.home.iterdir() if path.name in ("work.db", "analytics")) == []
    goes_on(played, there)


def test_a_house_in_which_somebody_is_at_work_is_left_alone(played: Played, place: Place, tmp_path: Path) -> None:
    file, there = saved(played.settings, tmp_path / "a.zip"), place(_kind(played.settings))
    with open_engine(there) as engine:
        with engine.checker.desk.db.write() as tx:
            tx.execute(full_metadata().tables["house_keys"].delete())
        with pytest.raises(AlreadyRunning):
            restore(there, file, utc_now)
    assert is_empty(there)


def test_a_backup_of_a_newer_version_is_refused(played: Played, place: Place, tmp_path: Path) -> None:
    forged, there = taken_apart(saved(played.settings, tmp_path / "a.zip")), place("sqlite")
    forged.manifest["revision"] = "9999"
    forged.write(tmp_path / "b.zip")
    with pytest.raises(NewerDatabase, match="9999"):
        restore(there, tmp_path / "b.zip", utc_now)
    assert not there.home.exists()


def test_where_there_is_nothing_there_is_nothing_to_back_up(place: Place, tmp_path: Path) -> None:
    for kind in KINDS:
        with pytest.raises(SettingsProblem, match="nothing to back up"):
            save(place(kind), tmp_path / "a.zip", utc_now())
    assert not (tmp_path / "a.zip").exists()


def test_a_file_that_cannot_be_written_is_a_sentence_and_the_old_one_stays(played: Played, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be written"):
        save(played.settings, tmp_path / "no" / "a.zip", utc_now())
    (tmp_path / "a.zip").mkdir()
    with pytest.raises(BadInput, match="cannot be written"):
        save(played.settings, tmp_path / "a.zip", utc_now())
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_backup_tells_the_revision_it_was_made_at(played: Played, tmp_path: Path) -> None:
    file = saved(played.settings, tmp_path / "a.zip")
    assert taken_apart(file).manifest["revision"] == head()
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
