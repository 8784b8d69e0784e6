"""Bringing a database to this version, under a lock, at start."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy.exc import DBAPIError

from engine.db.database import Database
from engine.errors import NewerDatabase, SettingsProblem

_LOCK = 8_400_117


def _config(connection: sa.Connection | None = None, metadata: sa.MetaData | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    config.attributes["metadata"] = metadata
    return config


def head() -> str:
    """The newest revision that this version knows."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def current(tx: sa.Connection) -> str | None:
    """The revision the database is at, or None when it is empty."""
    return MigrationContext.configure(tx).get_current_revision()


def migrate(db: Database) -> None:
    """Apply what is missing, in one transaction. Does nothing when the database is current.

    Raises NewerDatabase when it was written by a newer version, SettingsProblem when it is damaged.
    """
    with db.read() as tx:
        standing = current(tx)
    if standing == head():
        return
    if standing is not None and standing not in known():
        raise NewerDatabase(
            f"This database was written by a newer version of Coldopen (revision {standing}). "
            "Install that version again, or point COLDOPEN_HOME at another folder."
        )
    with db.write() as tx:
        one_at_a_time(tx)
        try:
            upgrade(tx, "head")
        except (CommandError, DBAPIError) as error:
            reason = str(error).splitlines()[0]
            raise SettingsProblem(f"The database could not be brought to this version: {reason}") from error


def one_at_a_time(tx: sa.Connection) -> None:
    """Let nobody else migrate until this transaction ends; on SQLite nobody can."""
    if tx.dialect.name == "postgresql":
        tx.execute(sa.text(f"select pg_advisory_xact_lock({_LOCK})"))


def upgrade(tx: sa.Connection, revision: str) -> None:
    """Bring a database forward to a revision in the running transaction. Raises what Alembic and the driver raise."""
    command.upgrade(_config(tx), revision)


def known() -> set[str]:
    """Every revision that this version knows."""
    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
