"""A session as a screen shows it, read in one transaction."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.members import store as members
from engine.play.budget import extended
from engine.play.conversation import store
from engine.play.conversation.endings import store as endings
from engine.play.conversation.endings.store import Ending
from engine.play.conversation.lineage import store as lineage
from engine.play.conversation.nouns import Act, Audience, Message, PlaySession, Take, Turn
from engine.play.conversation.timelines import store as timelines
from engine.play.scenes import store as scenes
from engine.play.scenes.nouns import SceneRow
from engine.play.standing import store as standing
from engine.story.episode import EpisodeTemplate
from engine.story.release import Release
from engine.story.shelf import store as shelf


@dataclass(frozen=True, slots=True)
class TurnView:
    """One exchange as it stands: the player's line, the chosen reply, and all takes by number."""

    turn: Turn
    state: str
    line: Message | None
    reply: Message | None
    takes: tuple[Take, ...]


@dataclass(frozen=True, slots=True)
class Undoable:
    """What an undo or redo would do: the act's kind, and how many turns would come back and go."""

    kind: str
    comes_back: int
    goes: int


@dataclass(frozen=True, slots=True)
class SessionView:
    """A play-through as it stands. `tellings` are the episode's sessions on all timelines, where there are several."""

    session: PlaySession
    release: Release
    episode: EpisodeTemplate
    ending: Ending | None
    budget: int
    turns: tuple[TurnView, ...]
    scenes: tuple[SceneRow, ...]
    undo: Undoable | None
    redo: Undoable | None
    tellings: tuple[PlaySession, ...]

    @property
    def played(self) -> int:
        """Standing turns, the opening not counted."""
        return sum(1 for one in self.turns if one.turn.seq > 0)

    @property
    def started_at(self) -> datetime:
        """When the session began."""
        return self.session.started_at


@dataclass(frozen=True, slots=True)
class PlayerOf:
    """Whose session it is, and for whom the play was."""

    user_id: str
    name: str
    audience: Audience


def player_of(tx: sa.Connection, session_id: str) -> PlayerOf:
    """Whose session it is. Raises NotFound."""
    session = store.session(tx, session_id)
    audience = timelines.get(tx, session.timeline_id)["audience"]
    return PlayerOf(session.user_id, members.name_of(tx, session.user_id), audience)


def of_session(tx: sa.Connection, session_id: str, user_id: str) -> SessionView:
    """The whole session. Raises NotFound."""
    session = store.my_session(tx, session_id, user_id)
    release = shelf.get(tx, session.release_id)
    episode = release.payload.episode(session.template_id)
    turns = lineage.standing_turns(tx, session)
    lines: dict[str, dict[str, Message]] = defaultdict(dict)
    for message in lineage.transcript(tx, session):
        lines[message.turn_id][message.role] = message
    takes: dict[str, list[Take]] = defaultdict(list)
    for take in lineage.takes_shown(tx, session):
        takes[take.turn_id].append(take)
    views = tuple(_turn_view(turn, lines[turn.id], tuple(takes[turn.id])) for turn in turns)
    budget = extended(episode.turn_budget, timelines.stays(tx, session_id))
    shown = tuple(scenes.of_sessions(tx, lineage.spans(tx, session)))
    undo = _undoable(tx, timelines.last_in_force(tx, session_id), turns)
    redo = _undoable(tx, timelines.redoable(tx, session_id), turns)
    tellings = tuple(lineage.tellings(tx, session))
    ending = endings.get(tx, session_id)
    return SessionView(session, release, episode, ending, budget, views, shown, undo, redo, tellings)


def _undoable(tx: sa.Connection, act: Act | None, turns: list[Turn]) -> Undoable | None:
    if act is None:
        return None
    goes = sum(1 for one in turns if one.session_id == act.session_id and one.seq >= act.detail["from_seq"])
    return Undoable(act.kind, len(standing.taken_back_by(tx, act.id)), goes)


def _turn_view(turn: Turn, lines: dict[str, Message], takes: tuple[Take, ...]) -> TurnView:
    """A turn's state is its chosen take's, else its newest's, else accepted."""
    chosen = next((one for one in takes if one.chosen), None)
    shown = chosen or (takes[-1] if takes else None)
    speaking = any(one.state == "speaking" for one in takes)
    state = "speaking" if speaking else shown.state if shown else "accepted"
    return TurnView(turn, state, lines.get("user"), lines.get("assistant"), takes)
