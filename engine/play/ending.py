"""Ending: an effect of a take. A resolution that came about, or the budget."""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, ValidationError

from engine.db.desk import Desk
from engine.kernel.text import clean
from engine.play.conversation.endings import store as endings
from engine.play.conversation.endings.store import Ending
from engine.play.conversation.lineage import store as lineage
from engine.play.conversation.nouns import PlaySession, Turn
from engine.play.effects import Cause

CLOSING_SHARE = 0.8
"""From this share of the budget on, an episode may resolve."""


class EndingNote(BaseModel):
    """How an episode resolved, as a model or the rules judged it."""

    model_config = ConfigDict(extra="ignore")

    kind: Literal["positive", "neutral", "negative", "surprise"]
    text: str = ""


def ending_from(data: object) -> EndingNote | None:
    """An ending from a model's answer, or None for anything else."""
    try:
        return EndingNote.model_validate(data) if data else None
    except ValidationError:
        return None


def closing_from(budget: int) -> int:
    """The first turn in which an episode may resolve."""
    return round(budget * CLOSING_SHARE)


def judge(
    tx: sa.Connection, desk: Desk, cause: Cause, session: PlaySession, turn: Turn, budget: int, note: EndingNote | None
) -> str | None:
    """Write the session's ending if this turn brought one: its kind, or None.

    Dropped when a later line was accepted meanwhile, or when the session has ended already.
    """
    at_budget = turn.seq >= budget
    wanted = note if note is not None and turn.seq >= closing_from(budget) else None
    if (wanted is None and not at_budget) or lineage.last_seq(tx, session) > turn.seq or not session.is_active:
        return None
    kind, text = (wanted.kind, clean(wanted.text)[:600]) if wanted else ("budget", "")
    endings.add(tx, desk.new_id(), cause, Ending(kind, text), desk.now())
    return kind
