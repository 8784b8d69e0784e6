"""SQL of timelines, sessions, turns, takes and messages: hot statements are built once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from engine.errors import NotFound
from engine.play.conversation.nouns import CONTEXT_MESSAGES, STAGE_COUNT_CAP, Message, PlaySession, Take, Turn
from engine.play.conversation.tables import messages, sessions, takes, timelines, turns
from engine.play.effects import Sight, seen_by


def _columns(table: sa.Table, noun: type) -> list[sa.Column[Any]]:
    return [table.c[field.name] for field in fields(noun)]


SESSION = sa.select(*_columns(sessions, PlaySession))
TURN = sa.select(*_columns(turns, Turn))
TAKE = sa.select(*_columns(takes, Take))
MESSAGE = sa.select(*_columns(messages, Message))
_STANDS = turns.c.taken_back_by.is_(None)

_SESSION = SESSION.where(sessions.c.id == sa.bindparam("id"))
_MY_SESSION = _SESSION.where(sessions.c.user_id == sa.bindparam("user_id"))
_MY_SESSION_HELD = _MY_SESSION.with_for_update()
_TURN = TURN.where(turns.c.id == sa.bindparam("id"))
_MY_TURN = _TURN.where(turns.c.user_id == sa.bindparam("user_id"))
_TURN_OF_CLIENT = TURN.where(turns.c.session_id == sa.bindparam("id"), turns.c.client_id == sa.bindparam("client_id"))
_TAKE = TAKE.where(takes.c.id == sa.bindparam("id"))
_TAKES_OF = TAKE.where(takes.c.turn_id.in_(sa.bindparam("turns", expanding=True))).order_by(
    takes.c.turn_id, takes.c.number
)
_IN_SESSION = (
    sa.select(*_columns(takes, Take), *_columns(turns, Turn), *_columns(sessions, PlaySession))
    .join_from(takes, turns, turns.c.id == takes.c.turn_id)
    .join(sessions, sessions.c.id == turns.c.session_id)
    .where(takes.c.id == sa.bindparam("id"))
)
_IN_SESSION_HELD = _IN_SESSION.with_for_update(of=sessions)
_OF_TAKE, _OF_TURN = len(fields(Take)), len(fields(Take)) + len(fields(Turn))
"""Where the columns of a turn, and those of a session, begin in such a row."""
_LINE_OF = MESSAGE.where(messages.c.turn_id == sa.bindparam("turn"), messages.c.role == "user")
_ADD_SESSION, _ADD_TURN, _ADD_MESSAGE = sessions.insert(), turns.insert(), messages.insert()
_TURN_FIELDS = tuple(field.name for field in fields(Turn))
_TOUCH = (
    sessions.update()
    .where(sessions.c.id == sa.bindparam("session"))
    .values(
        last_at=sa.bindparam("now"), message_count=sessions.c.message_count + sa.bindparam("more", type_=sa.Integer)
    )
)
_LAST_SEQ = sa.select(sa.func.max(turns.c.seq)).where(turns.c.session_id == sa.bindparam("id"), _STANDS)
_RECENT = (
    MESSAGE.where(
        messages.c.session_id == sa.bindparam("id"), messages.c.standing, messages.c.seq <= sa.bindparam("until")
    )
    .order_by(messages.c.seq.desc())
    .limit(CONTEXT_MESSAGES)
)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A standing turn that has no final take yet."""

    id: str
    seq: int
    speaking: bool


_SPEAKING = sa.exists().where(takes.c.turn_id == turns.c.id, takes.c.state == "speaking")
_HAS_TAKE = sa.exists().where(takes.c.turn_id == turns.c.id)
_LAST_TURNS = (
    sa.select(turns.c.id, turns.c.seq, _SPEAKING.label("speaking"), _HAS_TAKE.label("has_take"))
    .where(turns.c.session_id == sa.bindparam("id"), _STANDS, turns.c.seq > 0)
    .order_by(turns.c.seq.desc())
    .limit(60)
)


def unfinished(tx: sa.Connection, session_id: str) -> list[Unfinished]:
    """The session's standing turns without a final take, first to last: only the last turns can be among them."""
    rows = [row for row in tx.execute(_LAST_TURNS, {"id": session_id}) if row.speaking or not row.has_take]
    return [Unfinished(row.id, row.seq, bool(row.speaking)) for row in reversed(rows)]


def active_session(tx: sa.Connection, timeline_id: str, template_id: str) -> str | None:
    """The session of an episode on a timeline that goes on, or will when its reply is spoken; or None.

    An ended one whose last turn is being regenerated counts: it may go on with the new reply.
    """
    spoken_in = sa.exists().where(takes.c.session_id == sessions.c.id, takes.c.state == "speaking")
    here = sa.and_(sessions.c.timeline_id == timeline_id, sessions.c.template_id == template_id)
    query = sa.select(sessions.c.id).where(here, sa.or_(sessions.c.is_active, spoken_in))
    return tx.scalar(query.order_by(sessions.c.is_active.desc()).limit(1))


def my_session(tx: sa.Connection, session_id: str, user_id: str, *, lock: bool = False) -> PlaySession:
    """A session of this user's. Raises NotFound, the same for another's as for none."""
    row = tx.execute(_MY_SESSION_HELD if lock else _MY_SESSION, {"id": session_id, "user_id": user_id}).first()
    if row is None:
        raise NotFound("There is no such session.")
    return PlaySession(*row)


def sessions_of(tx: sa.Connection, user_id: str, limit: int) -> list[PlaySession]:
    """A user's sessions, last played first."""
    query = SESSION.where(sessions.c.user_id == user_id).order_by(sessions.c.last_at.desc()).limit(limit)
    return [PlaySession(*row) for row in tx.execute(query)]


def my_turn(tx: sa.Connection, turn_id: str, user_id: str) -> Turn:
    """A turn of this user's. Raises NotFound."""
    row = tx.execute(_MY_TURN, {"id": turn_id, "user_id": user_id}).first()
    if row is None:
        raise NotFound("There is no such turn.")
    return Turn(*row)


def turn_by_client_id(tx: sa.Connection, session_id: str, client_id: str) -> Turn | None:
    """The turn that this idempotency key made, or None."""
    row = tx.execute(_TURN_OF_CLIENT, {"id": session_id, "client_id": client_id}).first()
    return Turn(*row) if row else None


def last_seq(tx: sa.Connection, session_id: str) -> int | None:
    """The seq of the session's own last standing turn; None where it has none yet, as a fresh fork."""
    return tx.scalar(_LAST_SEQ, {"id": session_id})


def line_of(tx: sa.Connection, turn_id: str) -> Message | None:
    """The player's line of a turn; None for an opening."""
    row = tx.execute(_LINE_OF, {"turn": turn_id}).first()
    return Message(*row) if row else None


def recent(tx: sa.Connection, session_id: str, until: int) -> list[Message]:
    """The session's own last twenty standing messages up to a message seq, oldest first."""
    return [Message(*row) for row in tx.execute(_RECENT, {"id": session_id, "until": until})][::-1]


def message(tx: sa.Connection, message_id: str, user_id: str | None) -> Message:
    """A message by id; of this user's when one is named. Raises NotFound."""
    query = MESSAGE.where(messages.c.id == message_id)
    row = tx.execute(query if user_id is None else query.where(messages.c.user_id == user_id)).first()
    if row is None:
        raise NotFound("There is no such message.")
    return Message(*row)


def player_lines(tx: sa.Connection, seen: Sight) -> int:
    """How many standing player lines a timeline sees, counted no further than the last stage needs."""
    return int(tx.scalar(_count_lines(len(seen.lines)), seen.places) or 0)


@cache
def _count_lines(lines: int) -> sa.Select[int]:
    """The statement for a sight of so many lines."""
    mine = sa.and_(messages.c.role == "user", messages.c.standing, seen_by(messages, lines))
    said = sa.select(sa.literal_column("1")).where(mine).limit(STAGE_COUNT_CAP).subquery()
    return sa.select(sa.func.count()).select_from(said)


def takes_of(tx: sa.Connection, turn_ids: Sequence[str]) -> list[Take]:
    """The takes of some turns, by turn and number."""
    return [Take(*row) for row in tx.execute(_TAKES_OF, {"turns": list(turn_ids)})]


def take(tx: sa.Connection, take_id: str) -> Take:
    """A take by id. Raises NotFound."""
    row = tx.execute(_TAKE, {"id": take_id}).first()
    if row is None:
        raise NotFound("There is no such take.")
    return Take(*row)


def take_in_session(tx: sa.Connection, take_id: str, *, lock: bool = False) -> tuple[Take, Turn, PlaySession]:
    """A take by id with its turn and its session, which `lock` holds. Raises NotFound."""
    row = tx.execute(_IN_SESSION_HELD if lock else _IN_SESSION, {"id": take_id}).first()
    if row is None:
        raise NotFound("There is no such take.")
    return Take(*row[:_OF_TAKE]), Turn(*row[_OF_TAKE:_OF_TURN]), PlaySession(*row[_OF_TURN:])


def turn(tx: sa.Connection, turn_id: str) -> Turn:
    """A turn by id, whoever's. Raises NotFound."""
    row = tx.execute(_TURN, {"id": turn_id}).first()
    if row is None:
        raise NotFound("There is no such turn.")
    return Turn(*row)


def session(tx: sa.Connection, session_id: str) -> PlaySession:
    """A session by id, whoever's. Raises NotFound."""
    row = tx.execute(_SESSION, {"id": session_id}).first()
    if row is None:
        raise NotFound("There is no such session.")
    return PlaySession(*row)


def seen_later_elsewhere(tx: sa.Connection, mine: Turn) -> bool:
    """Whether a later accepted, standing turn (not an opening) of another session sees this one."""
    here = sa.and_(turns.c.timeline_id == mine.timeline_id, turns.c.session_id != mine.session_id, turns.c.at > mine.at)
    forks = _forks_that_see(tx, mine)
    query = sa.select(turns.c.id).where(_STANDS, turns.c.seq > 0, sa.or_(here, turns.c.timeline_id.in_(forks))).limit(1)
    return tx.scalar(query) is not None


def _forks_that_see(tx: sa.Connection, mine: Turn) -> list[str]:
    """Timelines forked at or after a turn, and all that were forked from those."""
    here, later = timelines.c.parent_id == mine.timeline_id, timelines.c.forked_at >= mine.at
    found: list[str] = []
    wanted = list(tx.scalars(sa.select(timelines.c.id).where(here, later)))
    while wanted:
        found += wanted
        wanted = list(tx.scalars(sa.select(timelines.c.id).where(timelines.c.parent_id.in_(wanted))))
    return found


def touch(tx: sa.Connection, session_id: str, now: datetime, more_messages: int) -> None:
    """The session was just played; so many more messages stand."""
    tx.execute(_TOUCH, {"session": session_id, "now": now, "more": more_messages})


def standing_messages_of(tx: sa.Connection, engagement_id: str) -> int:
    """How many standing messages an engagement's sessions hold together, each counted once."""
    own = sa.select(sa.func.count()).where(messages.c.session_id == sessions.c.id, messages.c.standing)
    forked = sessions.c.forked_from.is_not(None)
    counted = sa.case((forked, own.correlate(sessions).scalar_subquery()), else_=sessions.c.message_count)
    return int(tx.scalar(sa.select(sa.func.sum(counted)).where(sessions.c.engagement_id == engagement_id)) or 0)


def add_session(tx: sa.Connection, values: dict[str, Any]) -> None:
    """Write a new session."""
    tx.execute(_ADD_SESSION, values)


def add_turn(tx: sa.Connection, turn: Turn) -> None:
    """Write a new turn."""
    tx.execute(_ADD_TURN, {name: getattr(turn, name) for name in _TURN_FIELDS})


def add_message(tx: sa.Connection, turn: Turn, values: dict[str, Any]) -> None:
    """Write a message of a turn; `values` has at least id, role, content, seq and created_at."""
    mine = {"session_id": turn.session_id, "timeline_id": turn.timeline_id, "user_id": turn.user_id, "at": turn.at}
    tx.execute(_ADD_MESSAGE, mine | {"turn_id": turn.id, "metadata": {}} | values)


def running_of_release(tx: sa.Connection, release_id: str) -> list[PlaySession]:
    """The running sessions of a release, held until the transaction ends."""
    running = SESSION.where(sessions.c.release_id == release_id, sessions.c.is_active)
    return [PlaySession(*row) for row in tx.execute(running.order_by(sessions.c.id).with_for_update())]
