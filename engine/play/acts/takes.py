"""Other takes of a turn: one more, an older one, or the present one carried on."""

from __future__ import annotations

from engine.db.desk import Desk
from engine.errors import Conflict, NotFound
from engine.kernel.crash import crash
from engine.kernel.events import Event
from engine.play.acts.ground import due_of, mine, must_be_free, take_back_from, was_done, write_act
from engine.play.allowance import FREE, Allowance
from engine.play.conversation import store
from engine.play.conversation.nouns import SPOKEN, Take, check_client_id
from engine.play.standing import store as standing
from engine.play.turn import begin_take, known_of

Due = list[tuple[str, int]]
"""After-work to start: takes, each with the number of the try."""


def regenerate(
    desk: Desk, user_id: str, turn_id: str, slot: str, client_id: str, allowance: Allowance = FREE
) -> str | None:
    """Begin another take of a turn; later turns of its session are taken back. The new take's id.

    None when this `client_id` did it before. Raises NotFound, Conflict, StoodOn, Ended, BadInput or
    SpentForToday.
    """
    return _another(desk, user_id, turn_id, slot, client_id, "regenerate", allowance)


def continue_reply(
    desk: Desk, user_id: str, turn_id: str, slot: str, client_id: str, allowance: Allowance = FREE
) -> str | None:
    """Begin a take that carries the chosen reply on, word for word; later turns are taken back. The new take's id.

    None when this `client_id` did it before. Raises NotFound, Conflict (no reply yet), StoodOn, Ended, BadInput or
    SpentForToday.
    """
    return _another(desk, user_id, turn_id, slot, client_id, "continue", allowance)


def _another(
    desk: Desk, user_id: str, turn_id: str, slot: str, client_id: str, kind: str, allowance: Allowance
) -> str | None:
    check_client_id(client_id)
    with desk.db.write() as tx:
        turn, session = mine(tx, user_id, turn_id)
        if was_done(tx, turn.timeline_id, client_id, kind, turn.id):
            return None
        allowance.must_hold(tx, user_id, desk.now())
        must_be_free(tx, turn, session)
        chosen = _chosen(store.takes_of(tx, [turn.id]))
        if kind == "continue" and chosen is None:
            raise Conflict("There is no reply to continue yet. Try again instead.")
        detail = {"from_seq": turn.seq + 1, "turn": turn.id, "other": chosen.id if chosen else None}
        act_id = write_act(tx, desk, session, turn.at, kind, turn.id, client_id, detail)
        take_back_from(tx, desk, session, turn.seq + 1, act_id)
        goes_on = chosen if kind == "continue" else None
        new_take = begin_take(tx, desk, turn, slot, kind, act_id, goes_on)
        crash(f"{kind}.before-commit")
    crash(f"{kind}.after-commit")
    return new_take


def choose(desk: Desk, user_id: str, turn_id: str, take_id: str) -> Due:
    """Make another take of a turn the chosen one; later turns are taken back. Its after-work, if that is still due.

    Choosing the chosen one changes nothing. Raises NotFound, Conflict (a failed or speaking take), StoodOn or Ended.
    """
    with desk.db.write() as tx:
        turn, session = mine(tx, user_id, turn_id)
        found = store.takes_of(tx, [turn_id])
        take = next((one for one in found if one.id == take_id), None)
        if take is None:
            raise NotFound("This turn has no such take.")
        if take.state not in SPOKEN:
            raise Conflict("That take has no words to go on with. Choose another one, or try again.")
        if take.chosen and turn.stands:
            return []
        must_be_free(tx, turn, session)
        chosen = _chosen(found)
        detail = {"from_seq": turn.seq + 1, "turn": turn.id, "other": chosen.id if chosen else None}
        act_id = write_act(tx, desk, session, turn.at, "choose", take_id, None, detail)
        take_back_from(tx, desk, session, turn.seq + 1, act_id)
        standing.choose(tx, turn, take_id)
        standing.settle(tx, session.id)
        known = known_of(tx, session)
        desk.note(tx, Event("take_chosen", **known, take_id=take_id, properties={"number": take.number}))
        due = due_of(tx, desk, [turn.id])
        crash("choose.before-commit")
    crash("choose.after-commit")
    return due


def _chosen(found: list[Take]) -> Take | None:
    return next((one for one in found if one.chosen), None)
