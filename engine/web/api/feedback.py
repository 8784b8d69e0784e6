"""Feedback: a thumb and a note on a reply of one's own."""

from __future__ import annotations

import hashlib
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from engine.play.feedback.nouns import MOST_TAGS, NOTE_LIMIT, given
from engine.web.api.ids import TakeId
from engine.web.problems import TooFast, documented
from engine.web.shell import InShell, Me

router = APIRouter(tags=["chat"], prefix="/chat/takes")


class Opinion(BaseModel):
    """What you think of a reply."""

    thumb: Literal["up", "down"] | None = Field(
        default=None, description="null with an empty note takes your feedback away"
    )
    note: str = Field(default="", description=f"up to {NOTE_LIMIT:,} characters, for those who wrote the episode")
    tags: list[str] = Field(default=[], description=f"up to {MOST_TAGS} short words")


class OpinionStanding(Opinion):
    """Your feedback as it stands now."""

    take_id: str


@router.put("/{take_id}/feedback", responses=documented(401, 404, 413, 422, 429))
def give(take_id: TakeId, told: Opinion, shell: InShell, me: Me) -> OpinionStanding:
    """Say what you think of a reply in a session of yours, with a thumb, a note or both; saying it again changes it."""
    wanted = given(told.thumb, told.note, told.tags)
    words = hashlib.sha256(repr(wanted).encode()).hexdigest()
    try:
        shell.pace.count(f"{me.id} feedback", f"{take_id} {words}")
    except TooFast as error:
        raise TooFast("That was fast. Wait a moment, then say what you think again.", error.retry_after) from error
    shell.engine.runtime.feedback.give(me.id, take_id, wanted.thumb, wanted.note, wanted.tags)
    tags = [] if wanted.is_nothing else list(wanted.tags)
    return OpinionStanding(take_id=take_id, thumb=wanted.thumb, note=wanted.note, tags=tags)
