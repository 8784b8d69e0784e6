"""Presence in a home: which processes are alive on its embedded database, and which of them does its durable work.

The operating system's file locks tell, so a process that was killed is gone at once and nothing has to age.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from engine.errors import SettingsProblem

FOLDER = "present"
WORK = "engine.lock"


@dataclass(frozen=True, slots=True)
class Presence:
    """This process's mark in a home, held until it leaves, and its hold on the home's durable work."""

    folder: Path
    mark: FileLock
    work: FileLock

    @property
    def works(self) -> bool:
        """Whether this process is the one that does the durable work."""
        return self.work.is_locked

    def take_work(self) -> bool:
        """Become the one that does the durable work. False when another process is."""
        return self.works or _held(self.work)

    def alone(self) -> bool:
        """Whether no other process has this home open."""
        mine = Path(self.mark.lock_file)
        return all(path == mine or _is_free(path) for path in self.folder.glob("*.lock"))

    def leave(self) -> None:
        """Let go of the mark and of the durable work."""
        self.work.release()
        self.mark.release()


def enter(home: Path) -> Presence:
    """Mark this process as alive in a home that can be written. Raises SettingsProblem where files cannot be locked."""
    folder = home / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        locks = (FileLock(folder / f"{number}.lock", thread_local=False) for number in itertools.count())
        mark = next(lock for lock in locks if _held(lock))
    except OSError as error:
        raise SettingsProblem(
            f"Files in {home} cannot be locked ({error.strerror}). Point COLDOPEN_HOME at a folder on a local disk."
        ) from error
    return Presence(folder, mark, FileLock(home / WORK, thread_local=False))


def _held(lock: FileLock) -> bool:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    return True


def _is_free(path: Path) -> bool:
    lock = FileLock(path, thread_local=False)
    free = _held(lock)
    lock.release()
    return free
