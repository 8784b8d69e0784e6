"""A session as it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from engine.casting import is_offline
from engine.web.api.shapes import CareCard, CharacterName, EpisodeCard, Scene, card_of, care_of, character_of, scene_of

if TYPE_CHECKING:
    from engine.play.conversation.nouns import PlaySession
    from engine.play.feedback.nouns import Given
    from engine.play.view import SessionView, TurnView, Undoable
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
    inherited: bool = Field(description="whether it belongs to the telling that this one was forked from")


class UndoShown(BaseModel):
    """What an undo or a redo would do."""

    kind: str = Field(description="regenerate, choose, continue, edit or rewind")
    comes_back: int = Field(description="turns that would stand again")
    goes: int = Field(description="turns that would be taken back")


class Telling(BaseModel):
    """Another telling of the same episode, on a timeline of its own."""

    session_id: str
    is_this: bool
    is_fork: bool
    lines: int = Field(description="messages that it shows")
    last_at: datetime


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
    offline_actor: bool = Field(description="whether no real model spoke last, or would speak now")
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
    undo: UndoShown | None = Field(description="what an undo would bring back, if there is something to undo")
    redo: UndoShown | None = Field(description="what could be done again")
    tellings: list[Telling] = Field(description="this episode's tellings, last played first; empty where there is one")
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
        offline_actor=_is_offline(view, shell),
        frame=view.episode.episode_frame,
        portrait=shell.links.link(user_id, anchor.storage_path, view.release.id) if anchor else None,
        starter_lines=list(view.episode.starter_lines),
        is_active=view.session.is_active,
        ending=_ending(view, words),
        budget=view.budget,
        played=view.played,
        started_at=view.session.started_at,
        last_at=view.session.last_at,
        turns=[_turn(one, words, given, view.session.id) for one in view.turns],
        scenes=[scene_of(one, shell.links, user_id) for one in view.scenes],
        undo=_undo(view.undo),
        redo=_undo(view.redo),
        tellings=[_telling(one, view.session.id) for one in view.tellings],
        next_episode=card_of(following.release, following.episode) if following else None,
    )


def _is_offline(view: SessionView, shell: Shell) -> bool:
    """Whether no real model spoke last; before the first reply, whether none would."""
    models = (take.model for turn in reversed(view.turns) for take in turn.takes if take.chosen and take.model)
    spoke = next(models, None)
    return is_offline(spoke) if spoke else shell.engine.doctor.acts_offline(view.release.payload.persona.acted_by)


def _ending(view: SessionView, words: Words) -> EndingShown | None:
    if view.ending is None:
        return None
    sentence = words.say(_ENDINGS.get(view.ending.kind, "play.ended_resolved"))
    return EndingShown(kind=view.ending.kind, text=view.ending.text, sentence=sentence)


def _undo(one: Undoable | None) -> UndoShown | None:
    return UndoShown(kind=one.kind, comes_back=one.comes_back, goes=one.goes) if one else None


def _telling(one: PlaySession, here: str) -> Telling:
    told = {"is_this": one.id == here, "is_fork": one.forked_from is not None}
    return Telling(session_id=one.id, **told, lines=one.message_count, last_at=one.last_at)


def _turn(one: TurnView, words: Words, given: Mapping[str, Given], here: str) -> TurnShown:
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
        inherited=one.turn.session_id != here,
    )


def _opinion(given: Given | None) -> OpinionShown | None:
    return OpinionShown(thumb=given.thumb, note=given.note) if given else None
