"""How much of a small dialogue of our own is found again, fed line by line, on both databases."""

from __future__ import annotations

from engine.db.database import Database
from engine.play import memory
from tests.play.causes import SIGHT, cause, say
from tests.play.memory.dialogue import QUESTIONS, SESSIONS

FLOOR = 0.9


def test_the_first_ten_hold_what_was_asked_for(db: Database) -> None:
    with db.write() as tx:
        at = 0
        for number, session in enumerate(SESSIONS, start=1):
            for speaker, text in session:
                at += 1
                take = "a" if speaker == "Mira" else None
                say(tx, at, text, cause(at, take, session=f"s{number}"), speaker, source_id=str(at))
        shares = []
        for question, wanted in QUESTIONS:
            found = {one.source_id for one in memory.search(tx, SIGHT, question, 10)}
            shares.append(sum(str(place) in found for place in wanted) / len(wanted))
            print(question, shares[-1])

    print(sum(shares)/len(shares))
    assert sum(shares) / len(shares) >= FLOOR
