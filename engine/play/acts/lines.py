"""One's own lines: saying one differently, and turning back to an earlier turn."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from engine.db.desk import Desk
from engine.errors import Conflict, NotFound
from engine.kernel.crash import crash
from engine.kernel.events import Event
from engine.kernel.text import player_line
from engine.moderation.crisis import crisis_card_needed
from engine.play.acts.ground import (
    OTHER_USE,
    mine,
    must_be_free,
    must_be_quiet,
    must_not_be_stood_on,
    my_session,
    take_back_from,
    was_done,
    write_act,
)
from engine.play.allowance import FREE, Allowance
from engine.play.conversation import store
from engine.play.conversation.lineage import store as lineage
from engine.play.conversation.nouns import PlaySession, Turn, check_client_id
from engine.play.conversation.timelines import store as timelines
from engine.play.turn import Accepted, known_of, said_before, write_line


def edit(
    desk: Desk,
    care_folder: Path,
    user_id: str,
    turn_id: str,
    client_id: str,
    text: str,
    allowance: Allowance = FREE,
) -> Accepted:
    """Say a line differently: a new turn in the place of the old one, which is taken back with all that came after it.

    The same `client_id` again gives the same turn. Raises BadInput, NotFound, SameIdOtherText, Conflict, StoodOn,
    Ended or SpentForToday; nothing is changed then.
    """
    said = player_line(text)
    check_client_id(client_id)
    with desk.db.write() as tx:
        turn, session = mine(tx, user_id, turn_id)
        before = said_before(tx, session.id, client_id, said)
        if before is not None:
            return before
        if timelines.act_by_client_id(tx, turn.timeline_id, client_id) is not None:
            raise Conflict(OTHER_USE)
        allowance.must_hold(tx, user_id, desk.now())
        must_be_free(tx, turn, session)
        act_id = write_act(tx, desk, session, turn.at, "edit", turn.id, client_id, {"from_seq": turn.seq})
        take_back_from(tx, desk, session, turn.seq, act_id)
        care = "crisis" if crisis_card_needed(said, care_folder) else None
        fresh = write_line(tx, desk, store.session(tx, session.id), turn.seq, client_id, said, care)
        desk.note(tx, Event("line_edited", **known_of(tx, session), properties={"turn": fresh.seq}))
        crash("edit.before-commit")
    crash("edit.after-commit")
    return Accepted(fresh, is_new=True)


def rewind(desk: Desk, user_id: str, session_id: str, turn_id: str, client_id: str) -> None:
    """Turn back to a turn that a session shows: it becomes the last one. Turn 0 is the opening.

    The same `client_id` again does nothing. Raises NotFound, Conflict, StoodOn, Ended or BadInput.
    """
    check_client_id(client_id)
    with desk.db.write() as tx:
        session = my_session(tx, user_id, session_id)
        if was_done(tx, session.timeline_id, client_id, "rewind", turn_id):
            return
        must_be_quiet(tx, session)
        turn, following = _last_kept(tx, session, turn_id)
        must_not_be_stood_on(tx, following)
        detail = {"from_seq": following.seq}
        act_id = write_act(tx, desk, session, turn.at, "rewind", turn_id, client_id, detail)
        take_back_from(tx, desk, session, following.seq, act_id)
        crash("rewind.before-commit")
    crash("rewind.after-commit")


def _last_kept(tx: sa.Connection, session: PlaySession, turn_id: str) -> tuple[Turn, Turn]:
    """The turn to turn back to, and the one after it. Raises NotFound or Conflict."""
    shown = lineage.standing_turns(tx, session)
    place = next((place for place, one in enumerate(shown) if one.id == turn_id), None)
    if place is None:
        raise NotFound("This session shows no such turn.")
    if place + 1 == len(shown):
        raise Conflict("That is the last turn already; nothing comes after it.")
    if shown[place + 1].session_id != session.id:
        raise Conflict("That turn belongs to the telling that this one was forked from. Fork from it instead.")
    return shown[place], shown[place + 1]
