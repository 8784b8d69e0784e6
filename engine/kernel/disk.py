"""Making what was written survive a power cut."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Generator
from pathlib import Path
from typing import IO

from engine.errors import BadInput

_PART, _AGE = ".part", 3_600.0


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder survive a power cut, where the system can sync folders."""
    if os.name != "posix":
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:  # nothing was ever stored there
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def written_whole(file: Path) -> Generator[IO[bytes]]:
    """A file to be written; it is there, whole and on the disk, when the block ends, or as it was before.

    Only whoever wrote it can read it. Raises BadInput when it cannot be written.
    """
    part = file.with_name(f".{file.name}.{secrets.token_hex(8)}{_PART}")
    try:
        _clear(file)
        handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            with open(handle, "wb") as raw:  # noqa: PTH123  (a descriptor, so that nobody else can read it for a moment)
                yield raw
                raw.flush()
                os.fsync(raw.fileno())
            part.replace(file)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        sync_folder(file.parent)
    except OSError as error:
        raise BadInput(f"{file} cannot be written ({error.strerror}). Nothing was changed.") from error


def _clear(file: Path) -> None:
    """Remove what was left beside a file by whoever was killed writing it; somebody alive writes all the time."""
    for path in file.parent.iterdir():
        named = path.name.startswith(f".{file.name}.") and path.name.endswith(_PART)
        if named and time.time() - path.lstat().st_mtime > _AGE:
            path.unlink(missing_ok=True)
