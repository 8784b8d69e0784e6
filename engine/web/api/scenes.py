"""Illustrated moments of one's sessions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AfterValidator, BaseModel

from engine.web.api.ids import ClientId, SceneId, SessionRef, must_be_id
from engine.web.api.shapes import Scene, scene_of
from engine.web.problems import documented
from engine.web.shell import InShell, Me

router = APIRouter(tags=["scenes"], prefix="/scenes")


class SceneList(BaseModel):
    """A session's pictures in order."""

    scenes: list[Scene]


class Moment(BaseModel):
    """A wish to see this moment."""

    session_id: SessionRef
    client_id: ClientId


@router.get("", responses=documented(401, 404, 422))
def scenes(
    session: Annotated[str, Query(description="a session of yours"), AfterValidator(must_be_id("session"))],
    shell: InShell,
    me: Me,
) -> SceneList:
    """The pictures of a session of yours."""
    rows = shell.engine.runtime.scenes.of_session(me.id, session)
    return SceneList(scenes=[scene_of(row, shell.links, me.id) for row in rows])


@router.get("/{scene_id}", responses=documented(401, 404))
def scene(scene_id: SceneId, shell: InShell, me: Me) -> Scene:
    """One picture of yours."""
    return scene_of(shell.engine.runtime.scenes.get(me.id, scene_id), shell.links, me.id)


@router.post("", status_code=202, responses=documented(401, 404, 409, 422))
def draw(given: Moment, shell: InShell, me: Me) -> Scene:
    """Draw this moment. The picture is ready a little later; the same `client_id` draws it only once."""
    scene_id = shell.engine.runtime.scenes.draw_moment(me.id, given.session_id, given.client_id)
    return scene_of(shell.engine.runtime.scenes.get(me.id, scene_id), shell.links, me.id)
