"""Turns: saying a line, or differently; stopping or continuing the reply; other takes; other tellings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from engine.web.api.ids import ClientId, SessionId, TakeRef, TurnId
from engine.web.api.session_view import SessionShown, session_shown
from engine.web.api.shapes import CareCard, care_of
from engine.web.problems import documented
from engine.web.shell import InEngine, InShell, Me

if TYPE_CHECKING:
    from engine.play.turn import Accepted
    from engine.web.shell import Shell

router = APIRouter(tags=["chat"], prefix="/chat")


class SentLine(BaseModel):
    """What you say."""

    client_id: ClientId
    text: str = Field(description="up to 4,000 characters", examples=["Good evening."])


class Again(BaseModel):
    """A wish that is fulfilled once for each `client_id`."""

    client_id: ClientId


class Choice(BaseModel):
    """The take that shall stand."""

    take_id: TakeRef


class AcceptedLine(BaseModel):
    """Your line is kept; the reply is on its way."""

    turn_id: str
    is_new: bool = Field(description="false when this client_id brought the line before")
    follow: str = Field(description="where the reply can be followed")
    care: CareCard | None = Field(description="show this before the reply")


class Following(BaseModel):
    """Where the reply can be followed."""

    turn_id: str
    follow: str


class Stopping(BaseModel):
    """Whether there was a reply to stop."""

    turn_id: str
    was_speaking: bool


@router.post("/sessions/{session_id}/lines", status_code=202, responses=documented(401, 404, 409, 413, 422, 429))
def say(session_id: SessionId, given: SentLine, shell: InShell, me: Me) -> AcceptedLine:
    """Say a line. It is kept once this answers, and the reply comes whether or not anybody follows it."""
    shell.pace.count(me.id, f"{session_id} {given.client_id}")
    return _accepted(shell, shell.engine.runtime.play.say(me.id, session_id, given.client_id, given.text))


@router.post("/turns/{turn_id}/stop", responses=documented(401, 404))
def stop(turn_id: TurnId, engine: InEngine, me: Me) -> Stopping:
    """Stop a reply that is being spoken; what was said is kept."""
    return Stopping(turn_id=turn_id, was_speaking=engine.runtime.play.stop(me.id, turn_id))


@router.post("/turns/{turn_id}/regenerate", status_code=202, responses=documented(401, 404, 409, 422, 429))
def regenerate(turn_id: TurnId, given: Again, shell: InShell, me: Me) -> Following:
    """Ask for another take of a turn; later turns of the session are taken back."""
    shell.pace.count(me.id, f"{turn_id} {given.client_id}")
    shell.engine.runtime.play.regenerate(me.id, turn_id, given.client_id)
    return Following(turn_id=turn_id, follow=_follow(turn_id))


@router.post("/turns/{turn_id}/continue", status_code=202, responses=documented(401, 404, 409, 422, 429))
def continue_reply(turn_id: TurnId, given: Again, shell: InShell, me: Me) -> Following:
    """Let the character go on where its reply ended: a further take that begins with it. Later turns are taken back."""
    shell.pace.count(me.id, f"{turn_id} {given.client_id}")
    shell.engine.runtime.play.continue_reply(me.id, turn_id, given.client_id)
    return Following(turn_id=turn_id, follow=_follow(turn_id))


@router.post("/turns/{turn_id}/edit", status_code=202, responses=documented(401, 404, 409, 413, 422, 429))
def edit(turn_id: TurnId, given: SentLine, shell: InShell, me: Me) -> AcceptedLine:
    """Say a line of yours differently. Its turn and all later ones are taken back, and the new line is answered."""
    shell.pace.count(me.id, f"{turn_id} {given.client_id}")
    return _accepted(shell, shell.engine.runtime.play.edit(me.id, turn_id, given.client_id, given.text))


@router.post("/turns/{turn_id}/fork", status_code=201, responses=documented(401, 404, 409, 422))
def fork(turn_id: TurnId, given: Again, response: Response, shell: InShell, me: Me) -> SessionShown:
    """Begin another telling at a turn: a session of its own that sees everything up to it. This one stays as it is."""
    play = shell.engine.runtime.play
    started = play.fork(me.id, turn_id, given.client_id)
    response.headers["Location"] = f"/api/v1/chat/sessions/{started.session_id}"
    return session_shown(play.session(me.id, started.session_id), shell, me.id)


@router.post("/turns/{turn_id}/choose", responses=documented(401, 404, 409, 422))
def choose(turn_id: TurnId, given: Choice, engine: InEngine, me: Me) -> Following:
    """Leaf to another take of a turn; later turns of the session are taken back."""
    engine.runtime.play.choose(me.id, turn_id, given.take_id)
    return Following(turn_id=turn_id, follow=_follow(turn_id))


def _accepted(shell: Shell, accepted: Accepted) -> AcceptedLine:
    turn = accepted.turn
    care = care_of(shell.engine.runtime.words, turn.care)
    return AcceptedLine(turn_id=turn.id, is_new=accepted.is_new, follow=_follow(turn.id), care=care)


def _follow(turn_id: str) -> str:
    return f"/api/v1/chat/turns/{turn_id}/follow"
