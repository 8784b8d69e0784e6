"""Shapes that several answers share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, Field

if TYPE_CHECKING:
    from engine.play.scenes.nouns import SceneRow
    from engine.story.episode import EpisodeTemplate
    from engine.story.release import Release
    from engine.web.media import Links
    from engine.words import Words

_CARDS = {"crisis": ("care.crisis_title", "care.crisis_body")}


class CharacterName(BaseModel):
    """A character, as far as it must be named."""

    id: str
    slug: str
    name: str


class EpisodeCard(BaseModel):
    """An episode on offer."""

    id: str
    slug: str
    title: str
    character: CharacterName
    type: str = Field(description="entry, core, expansion or special")
    order: int = Field(description="its place among the character's episodes")


class CareCard(BaseModel):
    """A help card, to be shown before the reply."""

    title: str
    body: str


class Scene(BaseModel):
    """An illustrated moment, from the wish to the picture."""

    id: str
    session_id: str | None
    turn_id: str | None = Field(description="the turn whose moment it shows")
    trigger: str = Field(description="what asked for it")
    state: Literal["due", "drawing", "ready", "failed"]
    caption: str
    sequence: int = Field(description="its place among the session's pictures, from 1; 0 for one of a discarded moment")
    mode: str | None = Field(description="kontext: drawn from the character's anchor; t2i: drawn from words")
    picture: str | None = Field(description="a link for you alone, good for a day; none until the picture is ready")
    problem: str | None = Field(description="why there will be no picture")
    may_be_tried_again: bool = Field(description="whether it failed for a reason that may have passed")


def character_of(release: Release) -> CharacterName:
    """The character of a release."""
    persona = release.payload.persona
    return CharacterName(id=release.character_id, slug=persona.slug, name=persona.name)


def card_of(release: Release, episode: EpisodeTemplate) -> EpisodeCard:
    """An episode of a release, as a card."""
    return EpisodeCard(
        id=episode.id,
        slug=episode.slug,
        title=episode.title,
        character=character_of(release),
        type=episode.episode_type,
        order=episode.order,
    )


def care_of(words: Words, care: str | None) -> CareCard | None:
    """The help card of a kind, or None."""
    if care not in _CARDS:
        return None
    title, body = _CARDS[care]
    return CareCard(title=words.say(title), body=words.say(body))


def scene_of(row: SceneRow, links: Links, user_id: str) -> Scene:
    """A picture with its link, if it is ready."""
    path = row.storage_path if row.state == "ready" else None
    return Scene(
        id=row.id,
        session_id=row.session_id,
        turn_id=row.turn_id,
        trigger=row.trigger_type,
        state=row.state,
        caption=row.caption,
        sequence=row.position,
        mode=row.mode,
        picture=links.link(user_id, path, row.release_id) if path else None,
        problem=row.problem,
        may_be_tried_again=row.may_be_tried_again,
    )
