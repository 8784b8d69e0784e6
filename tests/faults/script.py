"""What a child of the kill grid plays: one person, lines, other takes, other tellings, a picture. All ids are fixed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from engine.errors import Conflict
from engine.play.conversation.nouns import SPOKEN
from engine.play.conversation.tables import acts
from engine.play.view import SessionView
from engine.wiring import Engine
from tests import tiny
from tests.faults.forks import Tell

PERSON = "Ana"
LINES = (
    ("line-0", "I'm Ana and I'm allergic to peanuts."),
    ("line-1", "*I step closer.* My exam is tomorrow. Who took the ledger?"),
)
OTHERWISE = ("edit-0", "I'm Ana, and I live in Lisbon with a dog.")
AGAIN, GO_ON, PICTURE = "again-0", "go-on-0", "picture-0"
BACK, FORK, REDO_EDIT, UNDO_LEAF = "back-0", "fork-0", "redo-0", "undo-leaf-0"
UNDO_BACK, UNDO_EDIT, UNDO_AGAIN = "undo-0", "undo-1", "undo-2"
LAST = ("line-last", "Tell me about the key.")
PATIENCE = 20.0
Shape = list[list[str | None]]
"""A session's standing turns, each with its chosen take."""


@dataclass(frozen=True, slots=True)
class Player:
    """A person at an open engine; everything that the engine acknowledges is told at once."""

    engine: Engine
    tell: Tell
    person_id: str
    session_id: str

    def say(self, client_id: str, text: str) -> str:
        """Say a line and hear the reply to its end: the turn's id."""
        turn = self.engine.play.say(self.person_id, self.session_id, client_id, text).turn
        self.tell({"kind": "line", "client": client_id, "turn": turn.id, "text": text})
        self.hear(turn.id)
        return turn.id

    def edit(self, turn_id: str, client_id: str, text: str) -> str:
        """Say a line differently and hear the reply: the new turn's id."""
        turn = self.engine.play.edit(self.person_id, turn_id, client_id, text).turn
        self.tell({"kind": "line", "client": client_id, "turn": turn.id, "text": text})
        self.tell({"kind": "act", "client": client_id})
        self.hear(turn.id)
        return turn.id

    def hear(self, turn_id: str) -> None:
        """Follow a reply, saving what was said at each frame as the pulse does each second."""
        for frame in self.engine.play.follow(self.person_id, turn_id):
            told = {"turn": turn_id, "take": frame.take_id, "text": frame.text, "state": frame.state}
            if frame.final:
                self.tell({"kind": "reply"} | told)
            elif frame.text:
                self.engine.play.speakers.pulse()
                self.tell({"kind": "saved"} | told)

    def regenerate(self, turn_id: str, client_id: str) -> None:
        """Hear another take of a turn."""
        self.engine.play.regenerate(self.person_id, turn_id, client_id)
        self.tell({"kind": "act", "client": client_id, "turn": turn_id})
        self.hear(turn_id)

    def go_on(self, turn_id: str, client_id: str) -> None:
        """Hear the chosen take of a turn carried on."""
        self.engine.play.continue_reply(self.person_id, turn_id, client_id)
        self.tell({"kind": "act", "client": client_id, "turn": turn_id})
        self.hear(turn_id)

    def leaf_to_another(self, turn_id: str) -> bool:
        """Choose a take that has words and is not the chosen one. False where there is none."""
        takes = next((one.takes for one in self.view().turns if one.turn.id == turn_id), ())
        other = next((one.id for one in takes if not one.chosen and one.state in SPOKEN), None)
        if other is not None:
            self.engine.play.choose(self.person_id, turn_id, other)
            self.tell({"kind": "chosen", "turn": turn_id, "take": other})
        return other is not None

    def turn_back(self, turn_id: str, client_id: str) -> None:
        """Turn back to a turn."""
        self.engine.play.rewind(self.person_id, self.session_id, turn_id, client_id)
        self.tell({"kind": "act", "client": client_id})

    def turn_over(self, verb: Callable[[str, str, str], None], client_id: str) -> None:
        """Undo, or do again."""
        verb(self.person_id, self.session_id, client_id)
        self.tell({"kind": "act", "client": client_id})

    def fork(self, turn_id: str, client_id: str) -> None:
        """Begin another telling from a turn."""
        session_id = self.engine.play.fork(self.person_id, turn_id, client_id).session_id
        self.tell({"kind": "forked", "client": client_id, "session": session_id})

    def draw(self, client_id: str) -> None:
        """Ask for a picture of this moment."""
        scene_id = self.engine.scenes.draw_moment(self.person_id, self.session_id, client_id)
        self.tell({"kind": "picture", "scene": scene_id})

    def rest(self) -> None:
        """Wait until nothing is left to do."""
        self.engine.work.drain(PATIENCE)
        self.tell({"kind": "rested", "left": self.engine.work.left()})

    def view(self) -> SessionView:
        """The session as it stands."""
        return self.engine.play.session(self.person_id, self.session_id)

    def look(self) -> Shape:
        """What stands now, told with how much was done until now: it stands as long as nothing more is done."""
        shape: Shape = [
            [one.turn.id, next((take.id for take in one.takes if take.chosen), None)] for one in self.view().turns
        ]
        with self.engine.play.desk.db.read() as tx:
            done = [tx.scalar(sa.text(f"select count(*) from {table}")) for table in ("acts", "turns", "messages")]
        self.tell({"kind": "shows", "session": self.session_id, "shape": shape, "done": done})
        return shape

    def did(self, client_id: str) -> bool:
        """Whether an act of this key stands already, as when the script is played again."""
        with self.engine.play.desk.db.read() as tx:
            found = sa.select(sa.func.count()).select_from(acts).where(acts.c.client_id == client_id)
            return bool(tx.scalar(found))

    def expect(self, shape: Shape, after: str, *, anew: bool) -> None:
        """Tell where something else stands than what should. Nothing is known of it where it is not done `anew`."""
        shown = self.look()
        if anew and shown != shape:
            self.tell({"kind": "wrong", "says": f"after {after} {shown} stands in place of {shape}"})


def sit_down(engine: Engine, tell: Tell) -> Player:
    """Start the episode, or go on with its first telling."""
    person = engine.people.named(PERSON)
    session_id = engine.play.start(person.id, tiny.FIRST).session_id
    while (told := engine.play.session(person.id, session_id).session.forked_from) is not None:
        session_id = told
    tell({"kind": "started", "person": person.id, "session": session_id})
    return Player(engine, tell, person.id, session_id)


def play(engine: Engine, tell: Tell) -> None:
    """The whole script. Played again after a kill, it sends the same ids, as a browser that heard no answer would."""
    player = sit_down(engine, tell)
    player.rest()
    first = player.say(*LINES[0])
    player.rest()
    player.say(*LINES[1])
    try:
        _turn_back(player, first)
        _hear_other_takes(player, first)
    except Conflict as told:  # e.g. an interrupted reply is still being taken care of
        tell({"kind": "conflict", "says": str(told)})
    player.draw(PICTURE)
    player.rest()
    player.look()


def _turn_back(player: Player, first: str) -> None:
    """Back to the opening, undone, a line said differently, undone, done again, another telling of it; and undone."""
    play, opening, anew = player.engine.play, player.view().turns[0].turn.id, not player.did(BACK)
    before = player.look()
    player.turn_back(opening, BACK)
    player.turn_over(play.undo, UNDO_BACK)
    player.expect(before, "undo", anew=anew)
    fresh = player.edit(first, *OTHERWISE)
    after = player.look()
    player.turn_over(play.undo, UNDO_EDIT)
    player.expect(before, "undo of an edit", anew=anew)
    player.turn_over(play.redo, REDO_EDIT)
    player.expect(after, "redo of an edit", anew=anew)
    player.fork(fresh, FORK)
    player.turn_over(play.undo, UNDO_AGAIN)
    player.expect(before, "another undo of an edit", anew=anew)


def _hear_other_takes(player: Player, first: str) -> None:
    """Two more takes of the first turn, of which one carries on what was said; then a leaf to another, undone."""
    player.regenerate(first, AGAIN)
    player.look()
    player.go_on(first, GO_ON)
    player.rest()
    anew, before = not player.did(UNDO_LEAF), player.look()
    if player.leaf_to_another(first):
        player.turn_over(player.engine.play.undo, UNDO_LEAF)
        player.expect(before, "undo of a leaf", anew=anew)
