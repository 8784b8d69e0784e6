"""SQL of forgetting: rows lose their words and postings on every timeline of a person with a character. Final.

The emptied row stays where it was: what it replaced does not come back, and the same line brings it back no more
(`memory.md`, section 5).
"""

from __future__ import annotations

import calendar
import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from engine.errors import NotFound
from engine.kernel.stems import STOP_WORDS, stem, stems, words
from engine.play.memory.keeping import Draft
from engine.play.memory.nouns import FORGOTTEN, LINE
from engine.play.memory.tables import memory_events, memory_stats, memory_terms

_M = memory_events.c
SAYS_IT = 0.75
"""A line that holds this share of a memory's content stems says what the memory says."""
_NAME = re.compile(r"(?<![.!?…*“\"\w])(?<![.!?…*“\"] )[^\W\d_a-zß-öø-ÿ][\w’'-]+")
_CALENDAR = frozenset(name.lower() for names in (calendar.day_name, calendar.month_name) for name in names)


@dataclass(frozen=True, slots=True)
class Gone:
    """What was forgotten: the ids of the memory's rows and its lines, their words, and the turns that it came from."""

    ids: tuple[str, ...]
    texts: tuple[str, ...]
    turn_ids: tuple[str, ...]


def forget(tx: sa.Connection, user_id: str, character_id: str, memory_id: str) -> Gone:
    """Empty a memory, all that repeats it, and the lines that say it, on all timelines. Raises NotFound.

    A line says it when it holds most of its words, or a name of it that no other memory has.
    """
    mine = sa.and_(_M.user_id == user_id, _M.character_id == character_id, _M.type != FORGOTTEN)
    whole = _group(tx, mine, memory_id)
    turn_ids = tuple(dict.fromkeys(row["turn_id"] for row in whole if row["turn_id"]))
    said = tx.execute(_ROWS.where(mine, _M.type == LINE)).mappings().all()
    others = tx.execute(_ROWS.where(mine, _M.type != LINE, _M.id.not_in([row["id"] for row in whole]))).mappings()
    speakers = {word for row in said for word in words(row["subject"])}
    names = _names(whole) - speakers - {name for row in others for name in _names([row])}
    lines = [row for row in said if _tells(row, whole, speakers) or names & _names([row])]
    for row in (*whole, *lines):
        _empty(tx, row)
    rows = (*whole, *lines)
    return Gone(tuple(row["id"] for row in rows), tuple(row["summary"] for row in rows), turn_ids)


def hushed(tx: sa.Connection, turn_ids: Collection[str]) -> set[str]:
    """The messages of these turns that said what was forgotten, by id: no later prompt shows their words."""
    query = sa.select(_M.source_id).where(_M.turn_id.in_(turn_ids), _M.type == FORGOTTEN, _M.source_id.is_not(None))
    return set(tx.scalars(query).all())


def salted(row_id: str, digest: str) -> str:
    """The hash that an emptied row keeps of its words: whoever has the words can know them again, and nobody else."""
    return hashlib.sha256(f"{row_id} {digest}".encode()).hexdigest()


def was_forgotten(tx: sa.Connection, turn_id: str | None, notes: Sequence[Draft]) -> set[str]:
    """The hashes of the notes of a turn that a person had forgotten: the same words, or the same attribute."""
    if turn_id is None:
        return set()
    query = sa.select(_M.id, _M.hash, _M.attribute).where(_M.turn_id == turn_id, _M.type == FORGOTTEN)
    emptied = tx.execute(query).all()
    return {
        note.hash
        for note in notes
        for row in emptied
        if row.hash == salted(row.id, note.hash) or (row.attribute and row.attribute == note.attribute)
    }


_ROWS = sa.select(
    _M.id,
    _M.timeline_id,
    _M.seq,
    _M.type,
    _M.summary,
    _M.hash,
    _M.length,
    _M.standing,
    _M.turn_id,
    _M.repeats,
    _M.subject,
)


def _group(tx: sa.Connection, mine: sa.ColumnElement[bool], memory_id: str) -> list[sa.RowMapping]:
    """The memory and all rows that repeat it, standing or not."""
    row = tx.execute(_ROWS.where(mine, _M.id == memory_id, _M.type != LINE)).mappings().first()
    if row is None:
        raise NotFound("There is no such memory.")
    root = row["repeats"] or row["id"]
    return list(tx.execute(_ROWS.where(mine, sa.or_(_M.id == root, _M.repeats == root))).mappings())


def _tells(line: sa.RowMapping, whole: Collection[sa.RowMapping], speakers: Collection[str]) -> bool:
    """Whether a line is where a memory comes from, or says the same elsewhere."""
    said = set(stems(line["summary"]))
    nobody = {stem(name) for name in speakers}
    for memory in whole:
        wanted = set(stems(memory["summary"])) - set(stems(memory["subject"])) - nobody
        shared = len(said & wanted)
        enough = SAYS_IT * len(wanted) if line["turn_id"] != memory["turn_id"] else 1
        if wanted and shared >= enough:
            return True
    return False


def _names(rows: Collection[sa.RowMapping]) -> set[str]:
    """The names in memories or lines: words with a capital that begin no sentence there, and mean no day or month."""
    found = (word for row in rows for name in _NAME.findall(row["summary"]) for word in words(name))
    return {word for word in found if word not in _CALENDAR and word not in STOP_WORDS}


def _empty(tx: sa.Connection, row: sa.RowMapping) -> None:
    """Take the words out of a row, its postings away, and its terms out of the counts."""
    place = sa.and_(memory_terms.c.timeline_id == row["timeline_id"], memory_terms.c.seq == row["seq"])
    tx.execute(memory_terms.delete().where(place))
    blank = {"type": FORGOTTEN, "summary": "", "subject": "", "importance_score": 0.0, "event_at": None}
    blank |= {"hash": salted(row["id"], row["hash"]), "length": 0, "embedding": None, "embedded_by": None}
    blank |= {} if row["type"] == LINE else {"source_id": None}  # a line keeps its message's id: it is not shown again
    tx.execute(memory_events.update().where(_M.id == row["id"]).values(**blank))
    fewer = row["length"] if row["standing"] else 0
    counts = {"total_length": memory_stats.c.total_length - fewer, "emptied": memory_stats.c.emptied + 1}
    tx.execute(memory_stats.update().where(memory_stats.c.timeline_id == row["timeline_id"]).values(**counts))
