"""A session as it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from engine.web.api.shapes import CareCard, CharacterName, EpisodeCard, Scene, card_of, care_of, character_of, scene_of

if TYPE_CHECKING:
    from engine.play.feedback.nouns import Given
    from engine.play.view import SessionView, TurnView
    from engine.web.shell import Shell
    from engine.words import Words

_ENDINGS = {"budget": "play.ended_budget", "withdrawn": "play.ended_withdrawn"}


class Line(BaseModel):
    """What you said."""

    message_id: str
    text: str


class OpinionShown(BaseModel):
    """What you think of a reply."""

    thumb: str | None = Field(description="up, down or none")
    note: str


class Reply(BaseModel):
    """What the character said, in the take that was chosen."""

    message_id: str
    take_id: str
    number: int = Field(description="which take of the turn this is, from 1")
    text: str
    feedback: OpinionShown | None = Field(default=None, description="what you said of this take")


class TakeState(BaseModel):
    """One of a turn's alternative replies."""

    id: str
    number: int
    state: str = Field(description="speaking, complete, partial, stopped or failed")
    chosen: bool


class TurnShown(BaseModel):
    """One exchange. Turn 0 is the opening: no line of yours, one take."""

    id: str
    seq: int
    state: str = Field(description="accepted, speaking, complete, partial, stopped or failed")
    care: CareCard | None
    line: Line | None
    reply: Reply | None
    takes: list[TakeState]


class EndingShown(BaseModel):
    """How the session ended."""

    kind: str = Field(description="positive, neutral, negative, surprise, budget or withdrawn")
    text: str = Field(description="what then has happened")
    sentence: str = Field(description="the same for a screen")


class SessionShown(BaseModel):
    """A play-through as it stands."""

    id: str
    character: CharacterName
    episode: EpisodeCard
    release: int | None = Field(description="number of the release that it is pinned to; none for a rehearsal's cut")
    notice: str = Field(description="says that the character is acted by an AI; show it before anything else")
    offline_actor: bool = Field(description="whether no real model acts")
    frame: str = Field(description="the stage direction")
    portrait: str | None = Field(description="the character's anchor: a link for you alone, good for a day")
    starter_lines: list[str] = Field(description="first lines that the writer offers you")
    is_active: bool
    ending: EndingShown | None
    budget: int = Field(description="lines of yours that the session has room for")
    played: int = Field(description="lines of yours that stand")
    started_at: datetime
    last_at: datetime
    turns: list[TurnShown]
    scenes: list[Scene]
    next_episode: EpisodeCard | None = Field(description="what the character offers after this one")


def session_shown(view: SessionView, shell: Shell, user_id: str) -> SessionShown:
    """The whole session, with links to its pictures."""
    words, later = shell.engine.runtime.words, shell.engine.runtime.episodes
    given = shell.engine.runtime.feedback.of_session(user_id, view.session.id)
    following = later.after(view.release.character_id, view.episode.order)
    anchor = view.release.payload.anchor
    return SessionShown(
        id=view.session.id,
        character=character_of(view.release),
        episode=card_of(view.release, view.episode),
        release=view.release.number,
        notice=words.say("play.ai_notice", name=view.release.payload.persona.name),
        offline_actor=shell.engine.doctor.acts_offline,
        frame=view.episode.episode_frame,
        portrait=shell.links.link(user_id, anchor.storage_path, view.release.id) if anchor else None,
        starter_lines=list(view.episode.starter_lines),
        is_active=view.session.is_active,
        ending=_ending(view, words),
        budget=view.budget,
        played=view.played,
        started_at=view.session.started_at,
        last_at=view.session.last_at,
        turns=[_turn(one, words, given) for one in view.turns],
        scenes=[scene_of(one, shell.links, user_id) for one in view.scenes],
        next_episode=card_of(following.release, following.episode) if following else None,
    )


def _ending(view: SessionView, words: Words) -> EndingShown | None:
    if view.ending is None:
        return None
    sentence = words.say(_ENDINGS.get(view.ending.kind, "play.ended_resolved"))
    return EndingShown(kind=view.ending.kind, text=view.ending.text, sentence=sentence)


def _turn(one: TurnView, words: Words, given: Mapping[str, Given]) -> TurnShown:
    chosen = next((take for take in one.takes if take.chosen), None)
    line = Line(message_id=one.line.id, text=one.line.content) if one.line else None
    reply = None
    if one.reply is not None and chosen is not None:
        reply = Reply(
            message_id=one.reply.id,
            take_id=chosen.id,
            number=chosen.number,
            text=one.reply.content,
            feedback=_opinion(given.get(chosen.id)),
        )
    return TurnShown(
        id=one.turn.id,
        seq=one.turn.seq,
        state=one.state,
        care=care_of(words, one.turn.care),
        line=line,
        reply=reply,
        takes=[TakeState(id=each.id, number=each.number, state=each.state, chosen=each.chosen) for each in one.takes],
    )


def _opinion(given: Given | None) -> OpinionShown | None:
    return OpinionShown(thumb=given.thumb, note=given.note) if given else None
