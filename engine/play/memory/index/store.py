"""SQL of the index: rows and their words, counts of what stands, and what stands after a verdict.

Statements are built once. Where a timeline sees its parents they run once for each of the lines of its sight.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine.play.effects import EVERYTHING, Cause, Sight, Verdict
from engine.play.memory.links import Link
from engine.play.memory.nouns import Recalled
from engine.play.memory.scoring import Brief, Counts, Place, State
from engine.play.memory.tables import memory_events, memory_stats, memory_terms

_M, _T, _S = memory_events.c, memory_terms.c, memory_stats.c
_IS_LINE = _M.type == sa.literal_column("'line'")
_IS_NOTE = sa.and_(_M.type != sa.literal_column("'line'"), _M.type != sa.literal_column("'forgotten'"))
_SEEN = _M.at <= sa.bindparam("seen")
_IN_SIGHT = sa.and_(_M.timeline_id == sa.bindparam("timeline"), _SEEN)
_ROW: tuple[sa.ColumnElement[Any], ...] = (
    _M.id,
    _M.type,
    _M.summary,
    _M.subject,
    _M.said_at,
    _M.importance_score,
    sa.literal_column("0.0", sa.Float),
    _M.source_id,
    _M.session_id,
    _M.at,
    _M.turn_id,
    _M.event_at,
)
Order = Literal["rank", "importance", "newest"]


def _counted(insert: Any) -> Any:  # noqa: ANN401  (the two dialects' inserts share no type)
    length = sa.bindparam("length", type_=sa.Integer)
    fresh = insert(memory_stats).values(
        timeline_id=sa.bindparam("timeline"), n=1, total_length=length, last_seq=1, speakers=""
    )
    more = {"n": _S.n + 1, "total_length": _S.total_length + length, "last_seq": _S.last_seq + 1}
    return fresh.on_conflict_do_update(index_elements=["timeline_id"], set_=more).returning(_S.last_seq, _S.speakers)


_COUNT_ONE = {"sqlite": _counted(sqlite.insert), "postgresql": _counted(postgresql.insert)}
_INSERT_ROW = memory_events.insert()
_INSERT_TERMS = memory_terms.insert()
_SPEAKERS = memory_stats.update().where(_S.timeline_id == sa.bindparam("timeline")).values(speakers=sa.bindparam("who"))
_CORRECT = (
    memory_stats.update()
    .where(_S.timeline_id == sa.bindparam("timeline"))
    .values(n=_S.n + sa.bindparam("rows"), total_length=_S.total_length + sa.bindparam("terms"))
)


def _beside(*, later: bool) -> sa.ScalarSelect[int]:
    """The seq of the standing line before or after a line in its session."""
    other = memory_events.alias()
    here, there = sa.tuple_(_M.at, _M.seq), sa.tuple_(other.c.at, other.c.seq)
    place = [other.c.at, other.c.seq]
    return (
        sa.select(other.c.seq)
        .where(
            _IS_LINE,
            other.c.timeline_id == _M.timeline_id,
            other.c.session_id == _M.session_id,
            other.c.type == sa.literal_column("'line'"),
            other.c.standing,
            there > here if later else there < here,
            other.c.at <= sa.bindparam("seen"),
        )
        .order_by(*(place if later else [column.desc() for column in place]))
        .limit(sa.literal_column("1"))
        .correlate(memory_events)
        .scalar_subquery()
    )


_BRIEF = sa.select(
    _M.seq,
    _M.id,
    _M.subject,
    _M.importance_score,
    _beside(later=False).label("before"),
    _beside(later=True).label("after"),
).where(_M.timeline_id == sa.bindparam("timeline"), _M.seq.in_(sa.bindparam("seqs", expanding=True)))
_COUNTS = sa.select(_S.n, _S.total_length, _S.speakers, _S.last_seq, _S.emptied).where(
    _S.timeline_id == sa.bindparam("timeline")
)
_BEYOND = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(_M.length), 0)).where(
    _M.timeline_id == sa.bindparam("timeline"),
    _M.at > sa.bindparam("seen"),
    _M.standing,
    _M.length >= sa.literal_column("0"),
)
_LINKS = sa.select(_M.id, _M.supersedes, _M.repeats, _M.standing).where(
    _IN_SIGHT, sa.or_(_M.supersedes.is_not(None), _M.repeats.is_not(None))
)
_KNOWN = _M.type != sa.literal_column("'forgotten'")
_BY_ID = sa.select(*_ROW).where(_M.id.in_(sa.bindparam("ids", expanding=True)), _M.standing, _KNOWN)
_ORDERS: Mapping[Order, Sequence[sa.ColumnElement[Any]]] = {
    "rank": (_M.rank_key.desc(), _M.seq.desc()),
    "importance": (_M.importance_score.desc(), _M.at.desc(), _M.seq.desc()),
    "newest": (_M.at.desc(), _M.seq.desc()),
}
_NOTES = {
    order: sa.select(*_ROW, _M.rank_key)
    .where(_IN_SIGHT, _IS_NOTE, _M.standing)
    .order_by(*by)
    .limit(sa.bindparam("most"))
    for order, by in _ORDERS.items()
}
_LINES = sa.select(*_ROW).where(_IN_SIGHT, _IS_LINE, _M.standing).order_by(_M.seq.desc()).limit(sa.bindparam("most"))
_OF_TAKE = sa.select(_M.type, _M.hash).where(_M.take_id == sa.bindparam("take"))
_OF_ACT = sa.select(_M.type, _M.hash).where(
    _M.timeline_id == sa.bindparam("timeline"), _M.act_id == sa.bindparam("act")
)
_OF_ATTRIBUTE = (
    sa.select(*_ROW)
    .where(_IN_SIGHT, _IS_NOTE, _M.attribute == sa.bindparam("attribute"), _M.standing)
    .order_by(_M.at, _M.seq)
)
_IN_TURN = sa.and_(_M.turn_id == sa.bindparam("turn"), _M.act_id.is_(None))
_CHANGED = (_M.timeline_id, _M.length)
_HIDE = (
    memory_events.update()
    .where(_IN_TURN, _M.take_id != sa.bindparam("take"), _M.standing)
    .values(standing=False)
    .returning(*_CHANGED)
)
_SHOW = (
    memory_events.update()
    .where(_IN_TURN, _M.take_id == sa.bindparam("take"), ~_M.standing)
    .values(standing=True)
    .returning(*_CHANGED)
)
_MARK_OWN = (
    memory_events.update()
    .where(_IN_TURN, _M.take_id.is_(None), _M.standing != sa.bindparam("stands"))
    .values(standing=sa.bindparam("stands"))
    .returning(*_CHANGED)
)


def add(tx: sa.Connection, row: dict[str, Any], terms: Sequence[str]) -> None:
    """Write a standing row with its postings, and count it; the timeline's next seq is its place."""
    timeline = row["timeline_id"]
    counted = tx.execute(_COUNT_ONE[tx.dialect.name], {"timeline": timeline, "length": len(terms)}).one()
    tx.execute(_INSERT_ROW, row | {"seq": counted.last_seq, "length": len(terms), "standing": True})
    place = {"timeline_id": timeline, "seq": counted.last_seq, "length": len(terms)}
    postings = [place | {"term": term, "tf": tf} for term, tf in Counter(terms).items()]
    if postings:
        tx.execute(_INSERT_TERMS, postings)
    known = counted.speakers.split("\n") if counted.speakers else []
    if row["type"] == "line" and row["subject"] and row["subject"] not in known:
        tx.execute(_SPEAKERS, {"timeline": timeline, "who": "\n".join((*known, row["subject"]))})


def counts(tx: sa.Connection, sight: Sight) -> Counts:
    """What the sight sees standing, counted: each timeline's count less what lies beyond the fork."""
    rows = terms = 0
    speakers: dict[str, None] = {}
    states: list[State] = []
    for timeline, seen in sight.lines:
        whole = tx.execute(_COUNTS, {"timeline": timeline}).first()
        states.append(State(whole.last_seq, whole.emptied) if whole else State(0, 0))
        if whole is None:
            continue
        beyond = tx.execute(_BEYOND, {"timeline": timeline, "seen": seen}).one() if seen < EVERYTHING else (0, 0)
        rows, terms = rows + whole.n - beyond[0], terms + whole.total_length - int(beyond[1])
        speakers |= dict.fromkeys(whole.speakers.split("\n") if whole.speakers else ())
    return Counts(rows, terms, tuple(speakers), tuple(states))


def brief(tx: sa.Connection, sight: Sight, places: Iterable[Place]) -> list[Brief]:
    """What scoring must know of the rows at these places."""
    wanted: dict[int, list[int]] = {}
    for depth, seq in places:
        wanted.setdefault(depth, []).append(seq)
    found: list[Brief] = []
    for depth, seqs in wanted.items():
        timeline, seen = sight.lines[depth]
        rows = tx.execute(_BRIEF, {"timeline": timeline, "seen": seen, "seqs": seqs}).all()
        found += [Brief((depth, row[0]), row[1], row[2], row[3], row[4], row[5]) for row in rows]
    return found


def links(tx: sa.Connection, sight: Sight) -> list[Link]:
    """Every seen row that repeats or supersedes another, standing or not."""
    return [Link(*row) for rows in _in_each(tx, _LINKS, sight) for row in rows]


def by_ids(tx: sa.Connection, ids: Iterable[str]) -> dict[str, Recalled]:
    """The standing ones of these rows, by id."""
    wanted = list(dict.fromkeys(ids))
    return {row[0]: Recalled(*row) for row in tx.execute(_BY_ID, {"ids": wanted}).all()} if wanted else {}


def one(tx: sa.Connection, row_id: str) -> sa.RowMapping:
    """All columns of a row. Raises sqlalchemy's NoResultFound where there is none."""
    return tx.execute(sa.select(memory_events).where(_M.id == row_id)).mappings().one()


def is_seen(tx: sa.Connection, sight: Sight, row_id: str) -> bool:
    """Whether a timeline sees a row."""
    return tx.scalar(sa.select(_M.id).where(_M.id == row_id, sight.clause(memory_events))) is not None


def notes(tx: sa.Connection, sight: Sight, order: Order, most: int) -> list[Recalled]:
    """Standing memories other than raw lines: by importance and recency, by importance, or newest first."""
    found = [row for rows in _in_each(tx, _NOTES[order], sight, most=most) for row in rows]
    if len(sight.lines) > 1 and order != "newest":  # a child's rows are newer than its parents' as they come
        found.sort(key=lambda row: row.rank_key if order == "rank" else row.importance_score, reverse=True)
    return [Recalled(*row[:-1]) for row in found[:most]]


def lines(tx: sa.Connection, sight: Sight, most: int) -> list[Recalled]:
    """Standing raw lines, newest first."""
    found = [Recalled(*row) for rows in _in_each(tx, _LINES, sight, most=most) for row in rows]
    return found[:most]


def of_cause(tx: sa.Connection, cause: Cause) -> set[tuple[str, str]]:
    """(type, hash) of what a take or an act has brought already."""
    if cause.take_id is not None:
        known = tx.execute(_OF_TAKE, {"take": cause.take_id})
    else:
        known = tx.execute(_OF_ACT, {"timeline": cause.timeline_id, "act": cause.act_id})
    return {(row.type, row.hash) for row in known.all()}


def of_attribute(tx: sa.Connection, sight: Sight, attribute: str) -> list[Recalled]:
    """Standing memories about an attribute of anybody, oldest first."""
    found = _in_each(tx, _OF_ATTRIBUTE, sight, attribute=attribute)
    return [Recalled(*row) for rows in reversed(found) for row in rows]


def mark(tx: sa.Connection, verdict: Verdict) -> None:
    """Make the rows of a turn stand or not, and correct the counts by what changed.

    What must not stand is marked first, so that unique rules among standing rows hold on the way.
    """
    take = (verdict.take_id if verdict.turn_stands else None) or ""
    hidden = tx.execute(_HIDE, {"turn": verdict.turn_id, "take": take}).all()
    shown = tx.execute(_SHOW, {"turn": verdict.turn_id, "take": take}).all()
    own = tx.execute(_MARK_OWN, {"turn": verdict.turn_id, "stands": verdict.turn_stands}).all()
    change: dict[str, list[int]] = {}
    for sign, rows in ((-1, hidden), (1, shown), (1 if verdict.turn_stands else -1, own)):
        for timeline, length in rows:
            here = change.setdefault(timeline, [0, 0])
            here[0] += sign
            here[1] += sign * length
    for timeline, (rows, terms) in change.items():
        tx.execute(_CORRECT, {"timeline": timeline, "rows": rows, "terms": terms})


def _in_each(tx: sa.Connection, statement: sa.Executable, sight: Sight, **more: object) -> list[Sequence[Any]]:
    """The statement's rows for each timeline of the sight, own first."""
    return [tx.execute(statement, {"timeline": timeline, "seen": seen} | more).all() for timeline, seen in sight.lines]
