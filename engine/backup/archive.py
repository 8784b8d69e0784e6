"""The file of a backup: a zip with a part for each table, a part for each picture, and the manifest.

It is written whole or not at all. It is read as something that anybody may have made: no name in it is ever used as a
path, no more is unpacked than it says, and what it says must be plausible for its size.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import zipfile
import zlib
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from engine.backup.manifest import FORMAT, MANIFEST, Manifest, PicturesPart, TablePart, picture_part, table_part
from engine.errors import BadInput
from engine.kernel.disk import written_whole

MOST_OF_A_LINE = 64 * 1024 * 1024
MOST_OF_A_PICTURE = 64 * 1024 * 1024
_MOST_OF_A_MANIFEST = 1024 * 1024
_DENSEST = 1_100
"""So many times its own size a file can unpack to at most, unless its parts lie over one another."""
_PIECE = 256 * 1024
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, TypeError, RuntimeError, NotImplementedError)


@dataclass(slots=True)
class Writer:
    """A backup in the making."""

    archive: zipfile.ZipFile
    at: datetime
    tables: dict[str, TablePart] = field(default_factory=dict[str, TablePart])
    files: int = 0
    bytes: int = 0

    def table(self, name: str, columns: tuple[str, ...], lines: Iterable[bytes]) -> None:
        """Write a table's lines as they come. Raises BadInput for one that could not be read again."""
        digest, rows, size = hashlib.sha256(), 0, 0
        with self.archive.open(self._info(table_part(name), zipfile.ZIP_DEFLATED), "w", force_zip64=True) as part:
            for line in lines:
                if len(line) > MOST_OF_A_LINE:
                    raise BadInput(f"A row of the table {name} is too large for a backup ({len(line):,} bytes).")
                part.write(line)
                digest.update(line)
                rows, size = rows + 1, size + len(line)
        self.tables[name] = TablePart(columns=columns, rows=rows, bytes=size, sha256=digest.hexdigest())

    def picture(self, storage_path: str, data: bytes) -> None:
        """Write a picture's file; it is packed already. Raises BadInput for one that could not be read again."""
        if len(data) > MOST_OF_A_PICTURE:
            raise BadInput(f"The picture {storage_path} is too large for a backup ({len(data):,} bytes).")
        self.archive.writestr(self._info(picture_part(storage_path), zipfile.ZIP_STORED), data)
        self.files, self.bytes = self.files + 1, self.bytes + len(data)

    def close(self, revision: str, lost: int) -> Manifest:
        """Write the manifest."""
        pictures = PicturesPart(files=self.files, bytes=self.bytes, lost=lost)
        told = Manifest(format=FORMAT, revision=revision, created_at=self.at, tables=self.tables, pictures=pictures)
        text = told.model_dump_json(indent=1)
        self.archive.writestr(self._info(MANIFEST, zipfile.ZIP_DEFLATED), text)
        return told

    def _info(self, name: str, method: int) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, self.at.timetuple()[:6])
        info.compress_type, info.external_attr = method, 0o600 << 16
        return info


@contextlib.contextmanager
def write(file: Path, at: datetime) -> Generator[Writer]:
    """A backup to be written; FILE is there, whole and on the disk, when the block ends, or as it was before.

    Only whoever wrote it can read it. Raises BadInput when it cannot be written.
    """
    with written_whole(file) as raw, zipfile.ZipFile(raw, "w") as archive:
        yield Writer(archive, at)


@dataclass(frozen=True, slots=True)
class Reader:
    """An open backup. Every verb raises BadInput for a file that is damaged or no backup."""

    file: Path
    archive: zipfile.ZipFile
    manifest: Manifest

    def lines(self, name: str) -> Iterator[bytes]:
        """A table's lines, one in memory at a time; refused at the end if they are not what the manifest says."""
        told, digest, count = self.manifest.tables[name], hashlib.sha256(), 0
        with self._named(table_part(name)):
            if self.archive.getinfo(table_part(name)).file_size != told.bytes:
                raise ValueError("another size")
        with self._named(table_part(name)), self.archive.open(table_part(name)) as raw:
            part = io.BufferedReader(raw, _PIECE)  # pyright: ignore[reportArgumentType]  (a stream like any other)
            while line := part.readline(MOST_OF_A_LINE + 1):
                if not line.endswith(b"\n"):
                    raise ValueError("a line without an end")
                digest.update(line)
                count += 1
                yield line
            if (count, digest.hexdigest()) != (told.rows, told.sha256):
                raise ValueError("other rows")

    def has_picture(self, storage_path: str) -> bool:
        """Whether a picture's file is in it."""
        return picture_part(storage_path) in self.archive.NameToInfo

    def picture(self, storage_path: str, size: int, sha256: str) -> bytes:
        """A picture's file, of the size and hash that its row says."""
        name = picture_part(storage_path)
        with self._named(name):
            if self.archive.getinfo(name).file_size != size or size > MOST_OF_A_PICTURE:
                raise ValueError("another size")
            data = self.archive.read(name)
            if hashlib.sha256(data).hexdigest() != sha256:
                raise ValueError("another hash")
            return data

    @contextlib.contextmanager
    def _named(self, part: str) -> Generator[None]:
        try:
            yield
        except (*_BROKEN, KeyError) as error:
            raise damaged(self.file, f"its part {part}") from error


@contextlib.contextmanager
def read(file: Path) -> Generator[Reader]:
    """Open a backup and read its manifest. Raises BadInput for a file that is none, or of a newer format."""
    with contextlib.ExitStack() as stack:
        try:
            archive = stack.enter_context(zipfile.ZipFile(file))
            _must_be_plausible(archive, file)
            told = Manifest.model_validate_json(_manifest(archive))
        except FileNotFoundError as error:
            raise BadInput(f"There is no file {file}.") from error
        except PermissionError as error:
            raise BadInput(f"{file} cannot be read ({error.strerror}). Name a file that you may read.") from error
        except ValidationError as error:
            raise damaged(file, "its manifest") from error
        except (*_BROKEN, KeyError) as error:
            raise damaged(file, "the file as a whole") from error
        if told.format != FORMAT:
            raise BadInput(f"{file} was written by another version of Coldopen (format {told.format}); use that one.")
        if len(archive.filelist) != 1 + len(told.tables) + told.pictures.files:
            raise damaged(file, "the number of its parts")
        yield Reader(file, archive, told)


def damaged(file: Path, where: str) -> BadInput:
    """What to say of a file that cannot be restored."""
    return BadInput(f"{file} is no backup of Coldopen, or it is damaged: {where} is not as it was written.")


def _must_be_plausible(archive: zipfile.ZipFile, file: Path) -> None:
    """Raises ValueError for a file that unpacks to more than it can hold, or that we cannot have written."""
    if len(archive.filelist) != len(archive.NameToInfo):
        raise ValueError("a part is there twice")
    if any(info.compress_type not in _METHODS or info.flag_bits & _ENCRYPTED for info in archive.filelist):
        raise ValueError("it is packed in another way")
    if sum(info.file_size for info in archive.filelist) > _DENSEST * file.stat().st_size:
        raise ValueError("it unpacks to more than it can hold")


def _manifest(archive: zipfile.ZipFile) -> bytes:
    if archive.getinfo(MANIFEST).file_size > _MOST_OF_A_MANIFEST:
        raise ValueError("a manifest of that size")
    return archive.read(MANIFEST)
