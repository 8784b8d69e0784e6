"""The lobby: every character on offer, and how far you have come with each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from engine.kernel.text import one_line
from engine.members.people import Person
from engine.web.problems import NotIntroduced
from engine.web.shell import InShell, person

if TYPE_CHECKING:
    from engine.play.lobby.nouns import Progress
    from engine.story.episode import EpisodeTemplate
    from engine.story.release import Payload, Release
    from engine.web.shell import Shell

router = APIRouter(tags=["episodes"])
_TEASER = 140


class MyState(BaseModel):
    """How far you have come in an episode; the numbers count your lines."""

    state: Literal["none", "active", "ended"]
    session_id: str | None = Field(default=None, description="the running session, else the last one")
    played: int = 0
    budget: int = Field(description="lines of yours that there is room for")
    last_at: datetime | None = None
    ending: str | None = Field(default=None, description="positive, neutral, negative, surprise, budget or withdrawn")
    can_continue: bool = Field(default=False, description="whether starting it goes on with a running session")


class LobbyEpisode(BaseModel):
    """An episode as one chooses it."""

    id: str
    slug: str
    title: str
    type: str = Field(description="entry, core, expansion or special")
    order: int = Field(description="its place among the character's episodes")
    frame: str = Field(description="the stage direction")
    mine: MyState


class LobbyCharacter(BaseModel):
    """A character on offer, with its episodes in order."""

    id: str
    slug: str
    name: str
    world: str
    teaser: str = Field(description="one line that makes curious")
    picture: str | None = Field(description="a link for you alone, good for a day; none before you have said a name")
    episodes: list[LobbyEpisode]


class Lobby(BaseModel):
    """What can be played here, and by whom it is acted and drawn."""

    name: str | None = Field(description="what you are called; none before you have said a name")
    actor: str = Field(description="who acts")
    camera: str = Field(description="who draws")
    offline_actor: bool = Field(description="whether no real model acts")
    characters: list[LobbyCharacter]


def whoever(request: Request) -> Person | None:
    """Who asks, or None before a name was said."""
    try:
        return person(request)
    except NotIntroduced:
        return None


@router.get("/lobby")
def lobby(shell: InShell, me: Annotated[Person | None, Depends(whoever)]) -> Lobby:
    """Every character on offer with its episodes; with a cookie also your own state and the pictures. Public."""
    engine = shell.engine
    mine = engine.runtime.play.progress(me.id) if me else {}
    offered: dict[str, tuple[Release, list[EpisodeTemplate]]] = {}
    for one in engine.runtime.episodes.all():
        offered.setdefault(one.release.id, (one.release, []))[1].append(one.episode)
    return Lobby(
        name=me.name if me else None,
        actor=engine.doctor.actor,
        camera=engine.doctor.camera,
        offline_actor=engine.doctor.acts_offline(),
        characters=[_character(*one, mine, _picture(shell, one[0], me)) for one in offered.values()],
    )


def _picture(shell: Shell, release: Release, me: Person | None) -> str | None:
    anchor = release.payload.anchor
    return shell.links.link(me.id, anchor.storage_path, release.id) if me and anchor else None


def _character(
    release: Release, episodes: list[EpisodeTemplate], mine: Mapping[str, Progress], picture: str | None
) -> LobbyCharacter:
    payload = release.payload
    return LobbyCharacter(
        id=release.character_id,
        slug=payload.persona.slug,
        name=payload.persona.name,
        world=payload.setting.name,
        teaser=_teaser(payload, episodes[0]),
        picture=picture,
        episodes=[_episode(one, mine.get(one.id)) for one in episodes],
    )


def _teaser(payload: Payload, first: EpisodeTemplate) -> str:
    """The question that the first episode lives in, else the world's description: words for the player, no label."""
    return one_line(first.dramatic_question or payload.setting.description or payload.setting.name, _TEASER)


def _episode(episode: EpisodeTemplate, state: Progress | None) -> LobbyEpisode:
    return LobbyEpisode(
        id=episode.id,
        slug=episode.slug,
        title=episode.title,
        type=episode.episode_type,
        order=episode.order,
        frame=episode.episode_frame,
        mine=_mine(state, episode.turn_budget),
    )


def _mine(state: Progress | None, turn_budget: int) -> MyState:
    if state is None:
        return MyState(state="none", budget=turn_budget)
    return MyState(
        state="active" if state.is_active else "ended",
        session_id=state.session_id,
        played=state.played,
        budget=state.budget,
        last_at=state.last_at,
        ending=state.ending,
        can_continue=state.is_active,
    )
