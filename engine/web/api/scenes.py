"""Illustrated moments of one's sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from pydantic import BaseModel

from engine.web.api.ids import AskedSession, ClientId, SceneId, SessionRef
from engine.web.api.shapes import Scene, scene_of
from engine.web.problems import documented
from engine.web.shell import InShell, Me

if TYPE_CHECKING:
    from engine.web.shell import Shell

router = APIRouter(tags=["scenes"], prefix="/scenes")


class SceneList(BaseModel):
    """A session's pictures in order."""

    scenes: list[Scene]


class Moment(BaseModel):
    """A wish to see this moment."""

    session_id: SessionRef
    client_id: ClientId


@router.get("", responses=documented(401, 404, 422))
def scenes(session: AskedSession, shell: InShell, me: Me) -> SceneList:
    """The pictures of a session of yours."""
    rows = shell.engine.runtime.scenes.of_session(me.id, session)
    return SceneList(scenes=[scene_of(row, shell.links, me.id) for row in rows])


@router.get("/{scene_id}", responses=documented(401, 404))
def scene(scene_id: SceneId, shell: InShell, me: Me) -> Scene:
    """One picture of yours."""
    return _shown(scene_id, shell, me.id)


@router.post("", status_code=202, responses=documented(401, 404, 409, 422))
def draw(given: Moment, shell: InShell, me: Me) -> Scene:
    """Draw this moment. The picture is ready a little later; the same `client_id` draws it only once."""
    scene_id = shell.engine.runtime.scenes.draw_moment(me.id, given.session_id, given.client_id)
    return _shown(scene_id, shell, me.id)


@router.post("/{scene_id}/again", status_code=202, responses=documented(401, 404, 409))
def draw_again(scene_id: SceneId, shell: InShell, me: Me) -> Scene:
    """Try a picture that failed once more: the same moment in the same place. One that did not fail stays as it is."""
    shell.engine.runtime.scenes.draw_again(me.id, scene_id)
    return _shown(scene_id, shell, me.id)


def _shown(scene_id: str, shell: Shell, user_id: str) -> Scene:
    """One scene, with its place if it has one among those that stand."""
    scenes = shell.engine.runtime.scenes
    row = scenes.get(user_id, scene_id)
    placed = scenes.of_session(user_id, row.session_id) if row.session_id else []
    return scene_of(next((one for one in placed if one.id == row.id), row), shell.links, user_id)
