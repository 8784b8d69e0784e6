"""Pictures in a folder: written whole or not at all, and never outside it."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from engine.errors import NotFound, ProviderDown
from engine.kernel.disk import sync_folder

_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,149}")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_PART = ".part"
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_PATH_LIMIT = 600
_NONE = "There is no such picture."


@dataclass(frozen=True, slots=True)
class FolderStorage:
    """Files under `root`, named by relative POSIX paths such as `scenes/user/session/id.webp`.

    A path that is absolute, climbs out, hides (a leading dot), holds anything but ASCII letters, digits, `._-`, or
    passes through a symbolic link is refused as NotFound, for reading and for writing alike.
    """

    root: Path

    def put(self, path: str, data: bytes) -> None:
        """Store `data` under `path`, synced to the disk before it can be seen. Raises NotFound or ProviderDown."""
        place = self._place(path)
        try:
            _make_folders(self.root, place.parent)
            _write(place, data)
        except OSError as error:
            raise ProviderDown("The picture could not be stored.", detail=str(error)) from error

    def get(self, path: str) -> bytes:
        """The bytes under `path`. Raises NotFound."""
        place = self._place(path)
        try:
            handle = os.open(place, os.O_RDONLY | _NOFOLLOW)
            with open(handle, "rb") as file:  # noqa: PTH123  (a descriptor, so that no link can slip in between)
                return file.read()
        except OSError as error:
            raise NotFound(_NONE) from error

    def exists(self, path: str) -> bool:
        """Whether a file is stored under `path`; False also for a path that is refused."""
        try:
            return self._place(path).is_file()
        except NotFound:
            return False

    def delete(self, path: str) -> None:
        """Remove what is stored under `path`; nothing happens when there is nothing. Raises NotFound, ProviderDown."""
        place = self._place(path)
        try:
            place.unlink(missing_ok=True)
            sync_folder(place.parent)
        except OSError as error:
            raise ProviderDown("The picture could not be removed.", detail=str(error)) from error

    def clear(self, folder: str) -> int:
        """Remove a folder with everything in it, as `scenes/user`: how many files there were. Raises ProviderDown."""
        try:
            place = self._place(folder)
        except NotFound:  # nothing is ever stored there
            return 0
        files = sum(1 for each in place.rglob("*") if each.is_file())
        try:
            shutil.rmtree(place)
            sync_folder(place.parent)
        except FileNotFoundError:
            return 0
        except OSError as error:
            raise ProviderDown("The pictures could not be removed.", detail=str(error)) from error
        return files

    def written_at(self, path: str) -> datetime:
        """When `path` was written, in UTC. Raises NotFound."""
        try:
            return datetime.fromtimestamp(self._place(path).stat().st_mtime, UTC)
        except OSError as error:
            raise NotFound(_NONE) from error

    def walk(self) -> Iterator[str]:
        """Every stored path in order; links, and files still being written, are left out."""
        for folder, folders, files in os.walk(self.root, followlinks=False):
            folders.sort()
            for name in sorted(files):
                place = Path(folder, name)
                if _allowed(name) and not place.is_symlink():
                    yield place.relative_to(self.root).as_posix()

    def tidy(self, older_than: datetime) -> int:
        """Remove files whose writer died before `older_than`, and folders empty since then; how many files there were.

        An empty folder that is as old is nobody's who is about to write into it.
        """
        gone = 0
        for place in list(self.root.rglob(f".*{_PART}")):
            if place.is_file() and _is_older(place, older_than):
                place.unlink(missing_ok=True)
                gone += 1
        for folder, _, _ in os.walk(self.root, topdown=False, followlinks=False):
            place = Path(folder)
            if place != self.root and _is_older(place, older_than):
                with contextlib.suppress(OSError):  # it is not empty
                    place.rmdir()
        return gone

    def _place(self, path: str) -> Path:
        """The absolute place of a path that may be used. Raises NotFound."""
        segments = path.split("/")
        if len(path) > _PATH_LIMIT or not all(map(_allowed, segments)):
            raise NotFound(_NONE)
        place = self.root
        for segment in segments:
            place /= segment
            if place.is_symlink():
                raise NotFound(_NONE)
        return place


def _is_older(place: Path, than: datetime) -> bool:
    try:
        return place.lstat().st_mtime < than.timestamp()
    except FileNotFoundError:
        return False


def _allowed(segment: str) -> bool:
    return bool(_SEGMENT.fullmatch(segment)) and not segment.endswith(".") and not _DEVICE.fullmatch(segment)


def _make_folders(root: Path, folder: Path) -> None:
    missing = [
        each for each in (folder, *folder.parents) if not each.exists() and (each == root or root in each.parents)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    for each in reversed(missing):
        sync_folder(each.parent)


def _write(place: Path, data: bytes) -> None:
    part = place.with_name(f".{secrets.token_hex(8)}{_PART}")
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(place)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    sync_folder(place.parent)
