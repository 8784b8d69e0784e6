"""SQL of lineage: a session's own rows, then those of the sessions that it was forked from, up to each fork."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from engine.play.conversation import store
from engine.play.conversation.nouns import CONTEXT_MESSAGES, Message, PlaySession, Take, Turn
from engine.play.conversation.tables import messages, sessions, takes, timelines, turns
from engine.play.effects import EVERYTHING

Spans = tuple[tuple[str, int], ...]
"""The sessions that one shows, its own first, each with the highest `at` that is seen of it."""

MOST_TELLINGS = 50
_PARENT = (
    sa.select(sessions.c.forked_from, timelines.c.forked_at)
    .join(timelines, timelines.c.id == sessions.c.timeline_id)
    .where(sessions.c.id == sa.bindparam("id"))
)
_STANDS = turns.c.taken_back_by.is_(None)


def spans(tx: sa.Connection, session: PlaySession) -> Spans:
    """What a session shows. One that was never forked shows itself, and nothing is asked for that."""
    found = [(session.id, EVERYTHING)]
    if session.forked_from is None:
        return tuple(found)
    here, seen = session.id, EVERYTHING
    while (row := tx.execute(_PARENT, {"id": here}).first()) is not None and row.forked_from is not None:
        here, seen = row.forked_from, min(seen, row.forked_at)
        found.append((here, seen))
    return tuple(found)


def ids(tx: sa.Connection, session: PlaySession) -> list[str]:
    """The session, and those that it was forked from."""
    return [one for one, _ in spans(tx, session)]


def within(spans: Spans, session_id: sa.Column[Any], at: sa.Column[Any]) -> sa.ColumnElement[bool]:
    """The rows of these sessions that are seen."""
    return sa.or_(*(sa.and_(session_id == one, at <= seen) for one, seen in spans))


def recent(tx: sa.Connection, session: PlaySession, until: int) -> list[Message]:
    """The last twenty standing messages that a session shows up to a message seq, oldest first."""
    own = store.recent(tx, session.id, until)
    if session.forked_from is None or len(own) >= CONTEXT_MESSAGES:
        return own
    seen = within(spans(tx, session), messages.c.session_id, messages.c.at)
    shown = store.MESSAGE.where(seen, messages.c.standing, messages.c.seq <= until)
    rows = tx.execute(shown.order_by(messages.c.seq.desc()).limit(CONTEXT_MESSAGES))
    return [Message(*row) for row in rows][::-1]


def transcript(tx: sa.Connection, session: PlaySession) -> list[Message]:
    """All standing messages that a session shows, in order."""
    seen = within(spans(tx, session), messages.c.session_id, messages.c.at)
    return [
        Message(*row) for row in tx.execute(store.MESSAGE.where(seen, messages.c.standing).order_by(messages.c.seq))
    ]


def standing_turns(tx: sa.Connection, session: PlaySession) -> list[Turn]:
    """The standing turns that a session shows, in order."""
    seen = within(spans(tx, session), turns.c.session_id, turns.c.at)
    return [Turn(*row) for row in tx.execute(store.TURN.where(seen, _STANDS).order_by(turns.c.seq))]


def takes_shown(tx: sa.Connection, session: PlaySession) -> list[Take]:
    """The takes of the standing turns that a session shows, by turn and number."""
    seen = within(spans(tx, session), turns.c.session_id, turns.c.at)
    query = store.TAKE.join(turns, turns.c.id == takes.c.turn_id).where(seen, _STANDS)
    return [Take(*row) for row in tx.execute(query.order_by(turns.c.seq, takes.c.number))]


def last_seq(tx: sa.Connection, session: PlaySession) -> int:
    """The seq of the last standing turn that a session shows."""
    own = store.last_seq(tx, session.id)
    if own is not None or session.forked_from is None:
        return own or 0
    seen = within(spans(tx, session), turns.c.session_id, turns.c.at)
    return tx.scalar(sa.select(sa.func.max(turns.c.seq)).where(seen, _STANDS)) or 0


def last_spoken(tx: sa.Connection, session: PlaySession) -> tuple[str, str]:
    """The turn and the take of the last standing reply that a session shows; its opening at least."""
    seen = within(spans(tx, session), messages.c.session_id, messages.c.at)
    said = sa.and_(seen, messages.c.standing, messages.c.role == "assistant")
    query = sa.select(messages.c.turn_id, messages.c.take_id).where(said).order_by(messages.c.seq.desc()).limit(1)
    row = tx.execute(query).one()
    return row.turn_id, row.take_id


def forks_of(tx: sa.Connection, session_id: str) -> list[PlaySession]:
    """The sessions that were forked from one, or from one of its forks."""
    found: list[PlaySession] = []
    wanted = [session_id]
    while wanted:
        rows = tx.execute(store.SESSION.where(sessions.c.forked_from.in_(wanted)))
        children = [PlaySession(*row) for row in rows]
        found += children
        wanted = [one.id for one in children]
    return found


def tellings(tx: sa.Connection, session: PlaySession) -> list[PlaySession]:
    """The person's sessions of the same episode on story timelines, last played first; none where there is only one."""
    told = timelines.c.id == sessions.c.timeline_id
    same = sa.and_(sessions.c.user_id == session.user_id, sessions.c.template_id == session.template_id)
    query = store.SESSION.join(timelines, told).where(same, timelines.c.kind != "fresh")
    found = [PlaySession(*row) for row in tx.execute(query.order_by(sessions.c.last_at.desc()).limit(MOST_TELLINGS))]
    return found if len(found) > 1 else []


def recount(tx: sa.Connection, session: PlaySession) -> None:
    """Make the count of a session, and of those forked from it, equal to the standing messages that each shows."""
    for one in (session, *forks_of(tx, session.id)):
        seen = within(spans(tx, one), messages.c.session_id, messages.c.at)
        count = sa.select(sa.func.count()).where(seen, messages.c.standing).scalar_subquery()
        tx.execute(sessions.update().where(sessions.c.id == one.id).values(message_count=count))
