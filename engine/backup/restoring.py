"""Restoring: a backup that was verified whole goes into an empty house, in one transaction."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from engine.backup import archive, store
from engine.backup.manifest import Manifest
from engine.backup.saving import EVERY, PICTURES, Tell, reason
from engine.backup.shape import sheets_at, tables_at
from engine.backup.verifying import Parts
from engine.db.database import MAIN_FILE, WORK_FILE, Database, open_database
from engine.db.migrate import current, known, one_at_a_time, upgrade
from engine.db.presence import enter
from engine.errors import AlreadyRunning, BadInput, Conflict, NewerDatabase, NotFound, ProviderDown, SettingsProblem
from engine.providers.storage.folder import FolderStorage

if TYPE_CHECKING:
    import sqlalchemy as sa

    from engine.kernel.clock import Clock
    from engine.settings import Settings

MADE_ANEW = (WORK_FILE, f"{WORK_FILE}-wal", f"{WORK_FILE}-shm")
"""The list of work in progress of whoever had this home before; it speaks of other rows than those that come."""
FIGURES = "analytics"


def restore(settings: Settings, file: Path, clock: Clock, tell: Tell = lambda _step, _what, _count: None) -> Manifest:
    """Bring a backup into an empty home or database, of either kind. What the file says of itself.

    The whole file is verified first. Rows and pictures come in one transaction, rows of an older revision at theirs,
    and are brought forward in it: killed before its end, it leaves an empty database and maybe pictures, and can be
    repeated there. Durable work that the rows ask for is done by whoever opens the house.

    Raises BadInput (no backup, damaged, or its rows do not fit together), NewerDatabase, Conflict (the house is not
    empty), AlreadyRunning (somebody is at work in it) or SettingsProblem. Nothing is changed then.
    """
    with archive.read(file) as backup:
        if backup.manifest.revision not in known():
            raise NewerDatabase(
                f"{file} was written by a newer version of Coldopen (revision {backup.manifest.revision}). "
                "Restore it with that version."
            )
        house = _House(settings, settings.home.resolve(), settings.database_url.get_secret_value(), clock)
        house.look()
        house.must_have_room(backup.manifest, file)
        parts = Parts(backup, sheets_at(backup.manifest.revision), tell)
        parts.verify()
        with house.held() as database:
            _load(house, database, parts)
        return backup.manifest


@dataclass(frozen=True, slots=True)
class _House:
    """Where a backup is restored: a home, and the address of its database (empty = SQLite in the home)."""

    settings: Settings
    home: Path
    url: str
    clock: Clock

    def look(self) -> None:
        """See that it is empty before the whole file is read; where there is none yet, none is made."""
        if not self.url and not (self.home / MAIN_FILE).is_file():
            return
        database = open_database(self.home, self.url)
        try:
            with database.read() as tx:
                self.must_be_empty(tx, current(tx))
        finally:
            database.close()

    def must_be_empty(self, tx: sa.Connection, revision: str | None) -> None:
        """Raises Conflict, AlreadyRunning or NewerDatabase where it is not."""
        where = "The database of COLDOPEN_DATABASE_URL" if self.url else f"{self.home}"
        if revision is None:
            return
        if revision not in known():
            raise NewerDatabase(f"{where} belongs to a newer version of Coldopen (revision {revision}).")
        if store.filled(tx, [table.name for table in tables_at(revision)]) is not None:
            raise Conflict(f"{where} is not empty. Restore into an empty one: another COLDOPEN_HOME or a new database.")
        if self.url and store.someone_is_here(tx, self.clock()):
            raise AlreadyRunning(f"{where} is in use, or was a moment ago. Stop that Coldopen before restoring.")

    def must_have_room(self, manifest: Manifest, file: Path) -> None:
        """Raises BadInput where the home's disk is too small for what the file says that it holds."""
        rows = 0 if self.url else sum(part.bytes for part in manifest.tables.values())
        wanted = manifest.pictures.bytes + rows
        free = shutil.disk_usage(next(each for each in (self.home, *self.home.parents) if each.exists())).free
        if wanted > free:
            raise BadInput(f"{file} unpacks to {wanted:,} bytes, and only {free:,} are free at {self.home}.")

    @contextlib.contextmanager
    def held(self) -> Generator[Database]:
        """Its database, opened; on SQLite nobody else is in the home meanwhile. Raises SettingsProblem."""
        with contextlib.ExitStack() as stack:
            try:
                self.home.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise SettingsProblem(f"The folder {self.home} cannot be made ({error.strerror}).") from error
            if not self.url:
                presence = enter(self.home)
                stack.callback(presence.leave)
                if not (presence.take_work() and presence.alone()):
                    raise AlreadyRunning(f"Another Coldopen is running on {self.home}. Stop it before restoring.")
            database = open_database(self.home, self.url)
            stack.callback(database.close)
            yield database

    def forget_former(self) -> None:
        """Clear away what is made anew, so that nothing speaks of rows that were here once."""
        for name in MADE_ANEW:
            (self.home / name).unlink(missing_ok=True)
        shutil.rmtree(self.home / FIGURES, ignore_errors=True)


def _load(house: _House, database: Database, parts: Parts) -> None:
    """Rows, then pictures, then the commit: a row that stands has its file."""
    file = parts.backup.file
    try:
        with database.write() as tx, contextlib.ExitStack() as undo:
            _make_ready(house, tx, parts.backup.manifest.revision)
            for sheet in parts.sheets:
                store.insert(tx, sheet, parts.rows(sheet, "restored"))
            _put_pictures(parts, FolderStorage(house.home / "media"), undo)
            house.forget_former()
            upgrade(tx, "head")
            undo.pop_all()  # what comes now is the commit, and whether it came through may stay unknown
    except (IntegrityError, DataError) as error:
        raise BadInput(f"The rows of {file} do not fit together, and nothing was changed: {reason(error)}.") from error
    except DBAPIError as error:
        raise SettingsProblem(f"The database broke off, and nothing was changed: {reason(error)}.") from error
    except ProviderDown as error:
        raise SettingsProblem(f"The pictures of {file} could not be stored ({error.detail}).") from error
    except NotFound as error:
        raise archive.damaged(file, "the path of a picture") from error


def _make_ready(house: _House, tx: sa.Connection, revision: str) -> None:
    """Empty tables of that revision, which nobody else can touch until the end."""
    one_at_a_time(tx)
    found = current(tx)
    if found in known():
        store.hold(tx, [table.name for table in tables_at(found or "")])
    house.must_be_empty(tx, found)
    if found == revision:
        return
    if found is not None:
        store.drop(tx, tables_at(found))
    upgrade(tx, revision)


def _put_pictures(parts: Parts, storage: FolderStorage, undo: contextlib.ExitStack) -> None:
    """Store the pictures; those that are there already stay."""
    count = 0
    for row in parts.assets():
        path, data = row["storage_path"], parts.picture(row)
        if data is None:
            continue
        if not (storage.exists(path) and storage.get(path) == data):
            undo.callback(storage.delete, path)
            storage.put(path, data)
        count += 1
        if count % EVERY == 0:
            parts.tell("restored", PICTURES, count)
    parts.tell("restored", PICTURES, count)
