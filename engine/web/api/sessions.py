"""Sessions: starting, resuming, looking, staying a little, turning back, undoing."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from engine.play.conversation.nouns import PlaySession
from engine.web.api.ids import ClientId, SessionId, TurnRef
from engine.web.api.session_view import SessionShown, session_shown
from engine.web.api.shapes import EpisodeCard, card_of
from engine.web.problems import documented
from engine.web.shell import InEngine, InShell, Me

router = APIRouter(tags=["chat"], prefix="/chat/sessions")


class Start(BaseModel):
    """Which episode to play."""

    episode: str = Field(description="its id, its slug, or `character/slug`", examples=["teo-varga/forty-seconds"])


class Once(BaseModel):
    """A wish that is fulfilled once for each `client_id`."""

    client_id: ClientId


class TurnBack(Once):
    """The turn that shall be the last one."""

    turn_id: TurnRef


class SessionListed(BaseModel):
    """A session, as far as a list shows it."""

    id: str
    character_id: str
    episode_id: str
    episode: EpisodeCard | None = Field(description="the episode, while it is still on offer")
    is_active: bool
    message_count: int
    started_at: datetime
    last_at: datetime


class SessionList(BaseModel):
    """Your sessions, last played first."""

    sessions: list[SessionListed]


@router.post(
    "",
    status_code=201,
    responses={200: {"model": SessionShown, "description": "it was running already"}, **documented(401, 404, 422)},
)
def start(given: Start, response: Response, shell: InShell, me: Me) -> SessionShown:
    """Start an episode, or go on with it where it is running already."""
    started = shell.engine.runtime.play.start(me.id, given.episode, audience="tester" if me.is_team else "player")
    response.status_code = 201 if started.is_new else 200
    response.headers["Location"] = f"/api/v1/chat/sessions/{started.session_id}"
    return session_shown(shell.engine.runtime.play.session(me.id, started.session_id), shell, me.id)


@router.get("", responses=documented(401))
def sessions(engine: InEngine, me: Me, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> SessionList:
    """Your sessions, last played first."""
    offered = {one.episode.id: card_of(one.release, one.episode) for one in engine.runtime.episodes.all()}
    mine = engine.runtime.play.sessions(me.id, limit)
    return SessionList(sessions=[_listed(one, offered.get(one.template_id)) for one in mine])


@router.get("/{session_id}", responses=documented(401, 404))
def session(session_id: SessionId, shell: InShell, me: Me) -> SessionShown:
    """A session as it stands."""
    return session_shown(shell.engine.runtime.play.session(me.id, session_id), shell, me.id)


@router.post("/{session_id}/stay", responses=documented(401, 404, 409))
def stay(session_id: SessionId, shell: InShell, me: Me) -> SessionShown:
    """Go on a little after the last turn: a third more of them."""
    shell.engine.runtime.play.stay(me.id, session_id)
    return session_shown(shell.engine.runtime.play.session(me.id, session_id), shell, me.id)


@router.post("/{session_id}/rewind", responses=documented(401, 404, 409, 422))
def rewind(session_id: SessionId, given: TurnBack, shell: InShell, me: Me) -> SessionShown:
    """Turn back to a turn, which becomes the last one; what came after it is kept, and an undo brings it back."""
    shell.engine.runtime.play.rewind(me.id, session_id, given.turn_id, given.client_id)
    return session_shown(shell.engine.runtime.play.session(me.id, session_id), shell, me.id)


@router.post("/{session_id}/undo", responses=documented(401, 404, 409, 422))
def undo(session_id: SessionId, given: Once, shell: InShell, me: Me) -> SessionShown:
    """Undo the last regenerate, choose, continue, edit or rewind."""
    shell.engine.runtime.play.undo(me.id, session_id, given.client_id)
    return session_shown(shell.engine.runtime.play.session(me.id, session_id), shell, me.id)


@router.post("/{session_id}/redo", responses=documented(401, 404, 409, 422))
def redo(session_id: SessionId, given: Once, shell: InShell, me: Me) -> SessionShown:
    """Do again what was undone last, as long as nothing was said or done since."""
    shell.engine.runtime.play.redo(me.id, session_id, given.client_id)
    return session_shown(shell.engine.runtime.play.session(me.id, session_id), shell, me.id)


def _listed(one: PlaySession, card: EpisodeCard | None) -> SessionListed:
    return SessionListed(
        id=one.id,
        character_id=one.character_id,
        episode_id=one.template_id,
        episode=card,
        is_active=one.is_active,
        message_count=one.message_count,
        started_at=one.started_at,
        last_at=one.last_at,
    )
