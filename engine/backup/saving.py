"""Backing up: one moment of all rows, then the pictures that those rows name, while people play on."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal

from sqlalchemy.exc import DBAPIError

from engine.backup import archive, store
from engine.backup.manifest import Manifest
from engine.backup.shape import sheets_at
from engine.backup.values import to_line
from engine.db.database import MAIN_FILE, Database, open_database
from engine.db.migrate import current, known
from engine.errors import NewerDatabase, NotFound, SettingsProblem
from engine.providers.storage.folder import FolderStorage

if TYPE_CHECKING:
    import sqlalchemy as sa

    from engine.backup.archive import Writer
    from engine.backup.shape import Sheet
    from engine.settings import Settings

Step = Literal["saved", "checked", "restored"]
Tell = Callable[[Step, str, int], None]
"""Told now and then and at the end of each part: what was done, to which table (or `pictures`), and how many so far."""
PICTURES = "pictures"
EVERY = 20_000


def save(settings: Settings, file: Path, now: datetime, tell: Tell = lambda _step, _what, _count: None) -> Manifest:
    """Write everything that is kept into FILE, in one transaction that only reads. What the file says of itself.

    Pictures are copied after that transaction: their files never change, and one that was erased meanwhile, or was
    damaged before, is counted as lost. FILE is there whole or as it was before. The key that signs links and cookies
    is in it, so that both still work after a restore.

    Raises SettingsProblem (there is nothing, it cannot be reached, or it breaks off) or BadInput (FILE cannot be
    written).
    """
    storage = FolderStorage(settings.home.resolve() / "media")
    database = _open(settings)
    try:
        with archive.write(file, now) as writer, tempfile.TemporaryFile("w+", encoding="utf-8") as wanted:
            with database.read() as tx:
                revision = _revision(tx)
                for sheet in sheets_at(revision):
                    columns = tuple(column.name for column in sheet.columns)
                    writer.table(sheet.name, columns, _lines(tx, sheet, tell))
                _note_pictures(tx, wanted)
            return writer.close(revision, _copy(writer, storage, wanted, tell))
    except DBAPIError as error:
        raise SettingsProblem(f"The database broke off, and nothing was written: {reason(error)}.") from error
    finally:
        database.close()


def _open(settings: Settings) -> Database:
    """The database as it stands: it is neither made nor brought forward here. Raises SettingsProblem."""
    url, home = settings.database_url.get_secret_value(), settings.home.resolve()
    if not url and not (home / MAIN_FILE).is_file():
        raise SettingsProblem(f"There is nothing to back up in {home}. Point COLDOPEN_HOME at the home that you mean.")
    return open_database(home, url)


def _revision(tx: sa.Connection) -> str:
    revision = current(tx)
    if revision is None:
        raise SettingsProblem("There is nothing to back up in this database: Coldopen has never used it.")
    if revision not in known():
        raise NewerDatabase(
            f"This database was written by a newer version of Coldopen (revision {revision}). Back it up with that one."
        )
    return revision


def _lines(tx: sa.Connection, sheet: Sheet, tell: Tell) -> Iterator[bytes]:
    count = 0
    for count, row in enumerate(store.rows(tx, sheet), 1):
        yield to_line(sheet.columns, row)
        if count % EVERY == 0:
            tell("saved", sheet.name, count)
    tell("saved", sheet.name, count)


def _note_pictures(tx: sa.Connection, wanted: IO[str]) -> None:
    """Keep what the snapshot wants to be copied in a file, so that many pictures take no memory."""
    wanted.writelines(json.dumps(one) + "\n" for one in store.pictures(tx))
    wanted.seek(0)


def _copy(writer: Writer, storage: FolderStorage, wanted: IO[str], tell: Tell) -> int:
    """Copy the pictures: how many are lost."""
    lost = 0
    for line in wanted:
        path, sha256 = json.loads(line)
        data = _intact(storage, path, sha256)
        if data is None:
            lost += 1
            continue
        writer.picture(path, data)
        if writer.files % EVERY == 0:
            tell("saved", PICTURES, writer.files)
    tell("saved", PICTURES, writer.files)
    return lost


def _intact(storage: FolderStorage, path: str, sha256: str) -> bytes | None:
    try:
        data = storage.get(path)
    except NotFound:
        return None
    return data if hashlib.sha256(data).hexdigest() == sha256 else None


def reason(error: DBAPIError) -> str:
    """What the driver says, in one line."""
    return str(error.orig).strip().splitlines()[0].rstrip(".")
