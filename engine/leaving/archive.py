"""The archive that a person takes along: a zip to read and to look at, and every row as JSON."""

from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from engine.leaving import store
from engine.leaving.telling import picture_name, plain, remembered, script
from engine.play import memory, view
from engine.play.conversation import compose
from engine.play.conversation.timelines import store as timelines

if TYPE_CHECKING:
    import sqlalchemy as sa

    from engine.leaving.store import Timeline
    from engine.leaving.telling import Reader
    from engine.play.memory import Recalled

_PAGE = 200
_READ_ME = "read-me.txt"


@dataclass(frozen=True, slots=True)
class Archive:
    """A person's archive in the making. One row, one line or one picture is in memory at a time."""

    zip: zipfile.ZipFile
    at: datetime
    person_id: str
    reader: Reader

    def told(self, tx: sa.Connection) -> None:
        """Everything that is text: what the archive is, each play-through, each character's memories, and all rows."""
        self._text(_READ_ME, [self.reader.words.say("leaving.read_me", name=self.reader.name)])
        for number, session_id in enumerate(store.session_ids(tx, self.person_id), 1):
            shown = view.of_session(tx, session_id, self.person_id)
            name = f"sessions/{number:03}-{shown.started_at:%Y-%m-%d}-{plain(shown.episode.slug)}.txt"
            self._text(name, script(shown, self.reader))
        for number, timeline in enumerate(store.timelines_of(tx, self.person_id), 1):
            self._memories(tx, number, timeline)
        for table in store.personal():
            self._rows(table.name, store.rows(tx, table, self.person_id))

    def picture(self, image_id: str, data: bytes) -> None:
        """A picture; it is packed already."""
        self._part(picture_name(image_id), [data], zipfile.ZIP_STORED)

    def _memories(self, tx: sa.Connection, number: int, timeline: Timeline) -> None:
        first = list(_some(tx, timeline.id, 0))
        if not first:
            return
        told = remembered(timeline.character, _all(tx, timeline.id), self.reader)
        kind = "" if timeline.kind == "main" else f"-{timeline.kind}"
        self._text(f"memories/{number:03}-{plain(timeline.character)}{kind}.txt", told)

    def _rows(self, table: str, rows: Iterator[dict[str, Any]]) -> None:
        first = next(rows, None)
        if first is None:
            return
        self._part(f"data/{table}.json", _as_json(first, rows), zipfile.ZIP_DEFLATED)

    def _text(self, name: str, lines: Iterable[str]) -> None:
        self._part(name, (f"{line}\n".encode() for line in lines), zipfile.ZIP_DEFLATED)

    def _part(self, name: str, pieces: Iterable[bytes], method: int) -> None:
        info = zipfile.ZipInfo(name, self.at.timetuple()[:6])
        info.compress_type, info.external_attr = method, 0o600 << 16
        with self.zip.open(info, "w", force_zip64=True) as part:
            for piece in pieces:
                part.write(piece)


def write(file: IO[bytes]) -> zipfile.ZipFile:
    """A zip to be written into an open file, which need not be one that can be gone back in."""
    return zipfile.ZipFile(file, "w")


def _all(tx: sa.Connection, timeline_id: str) -> Iterator[Recalled]:
    offset = 0
    while page := list(_some(tx, timeline_id, offset)):
        yield from page
        offset += _PAGE


def _some(tx: sa.Connection, timeline_id: str, offset: int) -> tuple[Recalled, ...]:
    return memory.about(tx, timelines.sight(tx, timeline_id), limit=_PAGE, offset=offset)


def _as_json(first: dict[str, Any], rest: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """Rows as a list in JSON, one row a line."""
    yield b"[\n" + _row(first)
    for row in rest:
        yield b",\n" + _row(row)
    yield b"\n]\n"


def _row(row: dict[str, Any]) -> bytes:
    told = row | {"sections": _prompt(row["sections"])} if isinstance(row.get("sections"), bytes) else row
    return json.dumps(told, ensure_ascii=False, default=_plain).encode()


def _prompt(kept: bytes) -> dict[str, Any]:
    """A stored prompt as a person may read it: what stands in it of them, without the words that writers wrote."""
    told = asdict(compose.unpack(kept))
    for section in told["sections"]:
        if section["stable"]:
            section["text"] = None
    return told


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(type(value).__name__)
