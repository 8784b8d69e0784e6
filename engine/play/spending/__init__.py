"""Spending: what models used and cost, by model; what a question after a turn used is kept as an event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.kernel.events import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import sqlalchemy as sa

    from engine.db.desk import Desk
    from engine.providers.llm import Answer


PICTURE = "picture"
"""The task of a picture that belongs to nobody's story, as one that a camera was tried with."""


@dataclass(frozen=True, slots=True)
class Spend:
    """What one model used: calls, tokens, US dollars as far as they are known, and how many calls have no price.

    `pictures` says how many of the calls drew one.
    """

    model: str
    calls: int
    tokens_in: int
    tokens_out: int
    tokens_cached: int
    cost: float
    unpriced: int
    pictures: int = 0


def note_answer(
    desk: Desk, task: str, told: Answer, known: Callable[[sa.Connection], Mapping[str, str | None]]
) -> None:
    """Keep what a structured answer used, whatever becomes of it; what costs nothing, as offline, leaves no trace.

    `known` tells what the event carries beside that.
    """
    used = told.usage
    if used.cost == 0:
        return
    figures = {"task": task, "model": told.model, "tokens_in": used.tokens_in, "tokens_out": used.tokens_out}
    figures |= {"tokens_cached": used.tokens_cached} | ({} if used.cost is None else {"cost": used.cost})
    with desk.db.write() as tx:
        desk.note(tx, Event("question_answered", **known(tx), properties=figures))
