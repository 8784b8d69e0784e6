"""What can be played."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from engine.web.api.shapes import EpisodeCard, card_of
from engine.web.problems import documented
from engine.web.shell import InEngine

router = APIRouter(tags=["episodes"])


class EpisodeList(BaseModel):
    """Every episode on offer, by character and order."""

    episodes: list[EpisodeCard]


class EpisodeBefore(EpisodeCard):
    """An episode as one sees it before it begins."""

    frame: str = Field(description="the stage direction")
    opening_line: str = Field(description="the character's first words")
    starter_lines: list[str] = Field(description="lines that one might begin with")
    turns: int = Field(description="how many lines of yours the episode has room for")


@router.get("/episodes")
def episodes(engine: InEngine) -> EpisodeList:
    """Every episode on offer. Public."""
    return EpisodeList(episodes=[card_of(one.release, one.episode) for one in engine.runtime.episodes.all()])


@router.get("/episodes/{ref:path}", responses=documented(404))
def episode(ref: str, engine: InEngine) -> EpisodeBefore:
    """One episode by id, slug or `character/slug`. Public."""
    found = engine.runtime.episodes.find(ref)
    return EpisodeBefore(
        **card_of(found.release, found.episode).model_dump(),
        frame=found.episode.episode_frame,
        opening_line=found.episode.opening_line,
        starter_lines=list(found.episode.starter_lines),
        turns=found.episode.turn_budget,
    )
