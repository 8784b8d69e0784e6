"""Durable work behind one small face: start once by key, close. DBOS does the work.

One generic workflow hands a job's key to the handler registered under its name, so nothing is registered by importing,
and a second engine in one process can follow the first. DBOS is a process-wide singleton: a second *open* one is
refused.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.errors import AlreadyRunning

if TYPE_CHECKING:
    import sqlalchemy as sa

Handler = Callable[[str], None]
StartJob = Callable[[str, str, int], None]
"""Start the job of a name with a key, as its so-manieth try; a no-op where this process does no durable work."""
APPLICATION = "coldopen"
VERSION = "1"
POLL = 0.2
"""Seconds between two looks of DBOS for messages between jobs, which we do not use; closing waits for one look."""


@dataclass(slots=True)
class _House:
    """What this process holds open: handlers of the open engine, and the workflow once it is known to DBOS."""

    handlers: dict[str, Handler] = field(default_factory=dict[str, Handler])
    workflow: Callable[[str, str], None] | None = None
    open: bool = False
    engine: sa.Engine | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    active: int = 0
    quiet: threading.Condition = field(default_factory=threading.Condition)


_house = _House()


def _workflow() -> Callable[[str, str], None]:
    """The one workflow, registered with DBOS the first time that it is needed."""
    if _house.workflow is None:
        from dbos import DBOS  # noqa: PLC0415  (two seconds; only where work is done)

        def job(name: str, key: str) -> None:
            with _house.quiet:
                _house.active += 1
            try:
                _house.handlers[name](key)
            finally:
                with _house.quiet:
                    _house.active -= 1
                    _house.quiet.notify_all()

        _house.workflow = DBOS.workflow(name="coldopen.job")(job)
    return _house.workflow


@dataclass(frozen=True, slots=True)
class Background:
    """The open face of durable work: named jobs, each started once by its key."""

    handlers: Mapping[str, Handler]

    def launch(self, url: str, slot: str, engine: sa.Engine | None) -> None:
        """Open durable work. `engine` is given for SQLite; PostgreSQL is reached by `url`.

        Raises AlreadyRunning when this process holds it open already.
        """
        from dbos import DBOS, DBOSConfig  # noqa: PLC0415

        with _house.lock:
            if _house.open:
                raise AlreadyRunning("This process has an engine open already; close it before opening another.")
            _house.open, _house.engine = True, engine
        _house.handlers = dict(self.handlers)
        _workflow()
        config = DBOSConfig(
            name=APPLICATION,
            system_database_url=url,
            application_version=VERSION,
            executor_id=slot,
            log_level="ERROR",
            notification_listener_polling_interval_sec=POLL,
        )
        if engine is not None:
            config["system_database_engine"] = engine
        try:
            DBOS(config=config)
            DBOS.launch()
        except BaseException:
            self.close(0)
            raise

    def start(self, name: str, key: str, attempt: int) -> None:
        """Start a job, unless this attempt of this key was started before, here or anywhere.

        Does nothing once it is closed: what is due stands in the rows, for the next start.
        """
        from dbos import DBOS, SetWorkflowID  # noqa: PLC0415

        if not _house.open:
            return
        with SetWorkflowID(f"{name}:{key}:{attempt}"):
            DBOS.start_workflow(_workflow(), name, key)

    def close(self, seconds: float) -> None:
        """Finish what runs, for at most so many seconds, and let go. What is not finished is done at the next start."""
        from dbos import DBOS  # noqa: PLC0415

        with _house.quiet:
            _house.quiet.wait_for(lambda: _house.active == 0, seconds)
        logging.getLogger("dbos").setLevel(logging.CRITICAL)  # it would tell of each job whose end it cannot write now
        DBOS.destroy()  # its own waiting sleeps in whole seconds, also when nothing runs
        with _house.lock:
            if _house.engine is not None:  # DBOS lets go of its own engines only
                _house.engine.dispose()
                _house.engine = None
            _house.open = False
            _house.handlers = {}
