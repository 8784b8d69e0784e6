"""The turn budget of a session: its template's, and a third more for each time that a person stayed a little."""

from __future__ import annotations

import sqlalchemy as sa

from engine.play.conversation.nouns import PlaySession
from engine.play.conversation.timelines import store as timelines
from engine.story.shelf import store as shelf


def extended(base: int, stays: int) -> int:
    """The budget in player lines after so many extensions."""
    return base + stays * -(-base // 3)


def budget_of(tx: sa.Connection, session: PlaySession) -> int:
    """How many player lines the session may have now."""
    episode = shelf.get(tx, session.release_id).payload.episode(session.template_id)
    return extended(episode.turn_budget, timelines.stays(tx, session.id))
