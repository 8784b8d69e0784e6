"""Play: the public verbs of the runtime. Every one checks that what is named belongs to the person who asks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import NotFound
from engine.play import acts, opening, turn, view
from engine.play.allowance import FREE, Allowance
from engine.play.conversation import compose, store
from engine.play.conversation.nouns import Audience, Message, PlaySession
from engine.play.conversation.takes import store as takes
from engine.play.digest import store as digest
from engine.play.follow import Follower, Frame
from engine.play.lobby import store as lobby
from engine.play.lobby.nouns import Progress
from engine.play.scenes import store as scenes
from engine.play.turn import Accepted
from engine.play.view import PlayerOf, SessionView

if TYPE_CHECKING:
    from engine.background import StartJob
    from engine.db.desk import Desk
    from engine.play.opening import Started
    from engine.play.speaker import Speakers
    from engine.providers.llm import Prompt

MOST_SESSIONS = 500
Begin = Callable[["Desk", str, str, str, str, Allowance], str | None]
"""Begins a further take, at a desk, for a user, of a turn, in a slot, by a client id, within an allowance.

None if it was begun before.
"""


@dataclass(frozen=True, slots=True)
class KeptPrompt:
    """The exact prompt of a reply, with what it offered and what it cost."""

    message: Message
    prompt: Prompt
    hash: str
    tokens_estimated: int
    tokens_billed: int | None
    memory_ids: tuple[str, ...]
    hook_ids: tuple[str, ...]
    after_pending: bool


@dataclass(frozen=True, slots=True)
class Play:
    """The stage of one engine."""

    desk: Desk
    speakers: Speakers
    care_folder: Path
    start_job: StartJob
    allowance: Allowance = FREE
    _follower: Follower = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_follower", Follower(self.desk, self.speakers))

    def start(
        self, user_id: str, episode: str, *, audience: Audience = "player", timeline_id: str | None = None
    ) -> Started:
        """Start an episode by id, slug or `character/slug`, or go on with its active session. Raises NotFound."""
        started = opening.start(self.desk, user_id, episode, audience, timeline_id=timeline_id)
        return self._with_picture(started)

    def rehearse(self, user_id: str, release_id: str, template_id: str) -> Started:
        """Play any release on a fresh timeline that touches no engagement. Raises NotFound or Conflict."""
        return self._with_picture(opening.rehearse(self.desk, user_id, release_id, template_id))

    def say(self, user_id: str, session_id: str, client_id: str, text: str) -> Accepted:
        """Keep a player's line and let the character answer; the reply is followed with `follow`.

        Raises BadInput, NotFound, SameIdOtherText, Ended or SpentForToday.
        """
        accepted = turn.accept(self.desk, self.care_folder, user_id, session_id, client_id, text, self.allowance)
        if accepted.is_new:
            self.speakers.answer(accepted.turn.id)
        return accepted

    def follow(self, user_id: str, turn_id: str) -> Iterator[Frame]:
        """Frames of a reply until it is final. Raises NotFound."""
        return self._follower.follow(user_id, turn_id)

    def follow_async(self, user_id: str, turn_id: str) -> AsyncIterator[Frame]:
        """The same for an event loop."""
        return self._follower.follow_async(user_id, turn_id)

    def look(self, user_id: str, turn_id: str) -> Frame:
        """A turn as it is now. Raises NotFound."""
        return self._follower.look(user_id, turn_id)

    def stop(self, user_id: str, turn_id: str) -> bool:
        """Stop a reply that is being spoken; what was said is kept. False when nothing was speaking."""
        wanted = acts.want_stop(self.desk, user_id, turn_id)
        if wanted:
            self.speakers.stop(turn_id)
        return wanted

    def regenerate(self, user_id: str, turn_id: str, client_id: str) -> None:
        """Speak another take of a turn; later turns are taken back. Raises NotFound, Conflict, StoodOn or BadInput."""
        self._speak_again(acts.regenerate, user_id, turn_id, client_id)

    def continue_reply(self, user_id: str, turn_id: str, client_id: str) -> None:
        """Carry the chosen reply of a turn on in a further take, which begins with it word for word.

        Later turns are taken back. Raises NotFound, Conflict, StoodOn, Ended or BadInput.
        """
        self._speak_again(acts.continue_reply, user_id, turn_id, client_id)

    def choose(self, user_id: str, turn_id: str, take_id: str) -> None:
        """Leaf to another take of a turn; later turns are taken back. Raises NotFound, Conflict or StoodOn."""
        self._start_after(acts.choose(self.desk, user_id, turn_id, take_id))

    def edit(self, user_id: str, turn_id: str, client_id: str, text: str) -> Accepted:
        """Say a line differently: the turn and all after it are taken back, and the character answers the new line.

        Raises BadInput, NotFound, SameIdOtherText, Conflict, StoodOn or Ended.
        """
        accepted = acts.edit(self.desk, self.care_folder, user_id, turn_id, client_id, text, self.allowance)
        if accepted.is_new:
            self.speakers.answer(accepted.turn.id)
        return accepted

    def rewind(self, user_id: str, session_id: str, turn_id: str, client_id: str) -> None:
        """Turn back to a turn, which becomes the session's last; turn 0 is the opening.

        Raises NotFound, Conflict, StoodOn, Ended or BadInput.
        """
        acts.rewind(self.desk, user_id, session_id, turn_id, client_id)

    def undo(self, user_id: str, session_id: str, client_id: str) -> None:
        """Undo the session's last regenerate, choose, continue, edit or rewind; what it took back stands again.

        Raises NotFound, Conflict, StoodOn, Ended or BadInput.
        """
        self._start_after(acts.undo(self.desk, user_id, session_id, client_id))

    def redo(self, user_id: str, session_id: str, client_id: str) -> None:
        """Do again what was undone last, as long as nothing was said or done since.

        Raises NotFound, Conflict, StoodOn, Ended or BadInput.
        """
        self._start_after(acts.redo(self.desk, user_id, session_id, client_id))

    def fork(self, user_id: str, turn_id: str, client_id: str) -> Started:
        """Another telling from a turn on: a session of its own, on a timeline that sees everything up to that turn.

        Raises NotFound, Conflict, Ended or BadInput.
        """
        return acts.fork(self.desk, user_id, turn_id, client_id)

    def stay(self, user_id: str, session_id: str) -> None:
        """Go on a little after the turn budget closed the session. Raises NotFound, Conflict or Ended."""
        acts.stay(self.desk, user_id, session_id)

    def session(self, user_id: str, session_id: str) -> SessionView:
        """A session as it stands. Raises NotFound."""
        with self.desk.db.read() as tx:
            return view.of_session(tx, session_id, user_id)

    def which(self, user_id: str, session_id: str) -> PlaySession:
        """A session alone: whose character it is, and on which timeline. Raises NotFound."""
        with self.desk.db.read() as tx:
            return store.my_session(tx, session_id, user_id)

    def sessions(self, user_id: str, limit: int = 50) -> list[PlaySession]:
        """A person's sessions, last played first."""
        with self.desk.db.read() as tx:
            return store.sessions_of(tx, user_id, min(limit, MOST_SESSIONS))

    def progress(self, user_id: str) -> Mapping[str, Progress]:
        """How far a person has come in each episode that they have played, by the episode's id."""
        with self.desk.db.read() as tx:
            return lobby.progress(tx, user_id)

    def transcript(self, session_id: str) -> SessionView:
        """Any person's session as it stands, for the team's eyes. Raises NotFound."""
        with self.desk.db.read() as tx:
            return view.of_session(tx, session_id, store.session(tx, session_id).user_id)

    def player_of(self, session_id: str) -> PlayerOf:
        """Whose session it is, for the team's eyes. Raises NotFound."""
        with self.desk.db.read() as tx:
            return view.player_of(tx, session_id)

    def is_settled(self, user_id: str, session_id: str) -> bool:
        """Whether nothing of a session is being spoken, remembered or drawn. Raises NotFound."""
        with self.desk.db.read() as tx:
            store.my_session(tx, session_id, user_id)
            return takes.count_unfinished(tx, session_id) + scenes.count_unfinished(tx, session_id) == 0

    def prompt(self, message_id: str, user_id: str | None = None) -> KeptPrompt:
        """The exact prompt behind a reply; of this user's when one is named. Raises NotFound."""
        with self.desk.db.read() as tx:
            message = store.message(tx, message_id, user_id)
            row = takes.prompt_row(tx, message.take_id) if message.take_id else None
        if row is None:
            raise NotFound("That message was not spoken from a prompt: it is an opening or a player's line.")
        return KeptPrompt(
            message,
            compose.unpack(row["sections"]),
            row["hash"],
            row["tokens_estimated"],
            row["tokens_billed"],
            tuple(row["memory_ids"]),
            tuple(row["hook_ids"]),
            row["after_pending"],
        )

    def state_digest(self, session_id: str) -> str:
        """A hash of everything that stands as a session shows it, without ids, clock times, cost and hidden takes.

        The same choices give the same digest; compare while nothing is due. Raises NotFound.
        """
        with self.desk.db.read() as tx:
            return digest.digest_of(digest.told(tx, store.session(tx, session_id)))

    def _speak_again(self, begin: Begin, user_id: str, turn_id: str, client_id: str) -> None:
        with self.speakers.about_to_speak(turn_id):
            take_id = begin(self.desk, user_id, turn_id, self.speakers.slot, client_id, self.allowance)
            if take_id is not None:
                self.speakers.speak(turn_id, take_id)

    def _start_after(self, due: list[tuple[str, int]]) -> None:
        for take_id, attempt in due:
            self.start_job("after", take_id, attempt)

    def _with_picture(self, started: Started) -> Started:
        if started.scene_id is not None:
            self.start_job("draw", started.scene_id, 0)
        return started
