"""What a child of the kill grid plays: one person, two lines, another take, a choice, a picture. All ids are fixed."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import Conflict
from engine.wiring import Engine
from tests import tiny
from tests.faults.forks import Tell

PERSON = "Ana"
LINES = (
    ("line-0", "I'm Ana and I'm allergic to peanuts."),
    ("line-1", "*I step closer.* My exam is tomorrow. Who took the ledger?"),
)
AGAIN = "again-0"
PICTURE = "picture-0"
LAST = ("line-last", "Tell me about the key.")
PATIENCE = 20.0


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
        self.tell({"kind": "regenerated", "turn": turn_id})
        self.hear(turn_id)

    def leaf_to_another(self, turn_id: str) -> None:
        """Choose a take that has words and is not the chosen one."""
        turns = self.engine.play.session(self.person_id, self.session_id).turns
        takes = next((one.takes for one in turns if one.turn.id == turn_id), ())
        other = next((one.id for one in takes if not one.chosen and one.state in ("complete", "partial")), None)
        if other is not None:
            self.engine.play.choose(self.person_id, turn_id, other)
            self.tell({"kind": "chosen", "turn": turn_id, "take": other})

    def draw(self, client_id: str) -> None:
        """Ask for a picture of this moment."""
        scene_id = self.engine.scenes.draw_moment(self.person_id, self.session_id, client_id)
        self.tell({"kind": "picture", "scene": scene_id})

    def rest(self) -> None:
        """Wait until nothing is left to do."""
        self.engine.work.drain(PATIENCE)
        self.tell({"kind": "rested", "left": self.engine.work.left()})


def sit_down(engine: Engine, tell: Tell) -> Player:
    """Start the episode, or go on with it."""
    person = engine.people.named(PERSON)
    session_id = engine.play.start(person.id, tiny.FIRST).session_id
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
        player.regenerate(first, AGAIN)
        player.rest()
        player.leaf_to_another(first)
    except Conflict as told:  # e.g. an interrupted reply is still being taken care of
        tell({"kind": "conflict", "says": str(told)})
    player.draw(PICTURE)
    player.rest()
