"""How a character looks: the anchor that the release on offer pins."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from engine.errors import NotFound
from engine.story.release import Release
from engine.web.api.shapes import CharacterName, character_of
from engine.web.problems import documented
from engine.web.shell import InEngine, InShell, Me, Team
from engine.wiring import Engine

router = APIRouter(tags=["avatars"])


class Avatar(BaseModel):
    """A reference picture of a character."""

    id: str
    picture: str = Field(description="a link for you alone, good for a day")
    is_primary: bool = Field(description="whether new pictures are drawn from it")


class AvatarList(BaseModel):
    """How a character looks."""

    character: CharacterName
    avatars: list[Avatar]


@router.get("/avatars/{character}", responses=documented(401, 404))
def avatars(character: str, engine: InEngine, shell: InShell, me: Me, team: Team) -> AvatarList:
    """The pictures of a character on offer, by id or slug: the one that its release pins; for the team, all of them."""
    release = _on_offer(engine, character)
    anchor = release.payload.anchor
    shown = [
        Avatar(
            id=one.asset_id,
            picture=shell.links.link(me.id, one.storage_path, release.id),
            is_primary=anchor is not None and one.asset_id == anchor.asset_id,
        )
        for one in engine.avatars.of_character(release.character_id)
        if team or (anchor is not None and one.asset_id == anchor.asset_id)
    ]
    return AvatarList(character=character_of(release), avatars=shown)


def _on_offer(engine: Engine, character: str) -> Release:
    for one in engine.runtime.episodes.all():
        if character in (one.release.character_id, one.release.payload.persona.slug):
            return one.release
    raise NotFound("There is no such character on offer.")
