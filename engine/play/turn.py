"""A turn's own transactions: accept the line, claim the right to speak, record the take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.db.desk import Desk
from engine.errors import Conflict, Ended, NotFound, SameIdOtherText
from engine.kernel.crash import crash
from engine.kernel.events import Event
from engine.kernel.ids import seed_from
from engine.kernel.text import player_line
from engine.members import store as people
from engine.moderation.crisis import crisis_card_needed
from engine.play.allowance import FREE, Allowance
from engine.play.budget import budget_of
from engine.play.conversation import store
from engine.play.conversation.lineage import store as lineage
from engine.play.conversation.nouns import SPOKEN, PlaySession, Take, Turn, check_client_id
from engine.play.conversation.takes import store as takes
from engine.play.conversation.takes.store import Kept, Spoken
from engine.play.conversation.timelines import store as timelines
from engine.play.effects import Cause
from engine.play.engagement import store as engagement
from engine.play.hooks import store as hooks
from engine.play.memory import store as memory
from engine.play.standing import store as standing
from engine.story.shelf import store as shelf

LEASE = timedelta(seconds=10)
"""A speaking take whose lease is older than this has lost its speaker."""
WITHDRAWN = "This episode was withdrawn and cannot be continued."
WAIT, GONE = "wait", "gone"


@dataclass(frozen=True, slots=True)
class Accepted:
    """A player's line that is kept: its turn, and whether this call brought it."""

    turn: Turn
    is_new: bool


def accept(
    desk: Desk,
    care_folder: Path,
    user_id: str,
    session_id: str,
    client_id: str,
    text: str,
    allowance: Allowance = FREE,
) -> Accepted:
    """Keep a player's line. The same `client_id` again gives the same turn.

    Raises BadInput, NotFound, SameIdOtherText, Ended, SpentForToday or Conflict; nothing is changed then.
    """
    said = player_line(text)
    check_client_id(client_id)
    with desk.db.write() as tx:
        session = store.my_session(tx, session_id, user_id, lock=True)
        before = said_before(tx, session_id, client_id, said)
        if before is not None:
            return before
        allowance.must_hold(tx, user_id, desk.now())
        last_seq = _must_be_open(tx, session)
        shown = "crisis" if crisis_card_needed(said, care_folder) else None
        turn = write_line(tx, desk, session, last_seq + 1, client_id, said, shown)
        crash("accept.before-commit")
    crash("accept.after-commit")
    return Accepted(turn, is_new=True)


def said_before(tx: sa.Connection, session_id: str, client_id: str, said: str) -> Accepted | None:
    """The turn that this id brought before, or None. Raises SameIdOtherText where it had other words."""
    before = store.turn_by_client_id(tx, session_id, client_id)
    if before is None:
        return None
    line = store.line_of(tx, before.id)
    if line is None or line.content != said:
        raise SameIdOtherText("That turn id was used already, with other words. Send a new id.")
    return Accepted(before, is_new=False)


def must_not_speak(tx: sa.Connection, session_id: str) -> None:
    """Raises Conflict while a reply of the session is not final."""
    if store.unfinished(tx, session_id):
        raise Conflict("The character is still speaking. Wait for the reply, or stop it first.")


def must_not_be_withdrawn(tx: sa.Connection, session: PlaySession) -> None:
    """Raises Ended where the session's release was taken away."""
    if shelf.is_withdrawn(tx, session.release_id):
        raise Ended(WITHDRAWN)


def known_of(tx: sa.Connection, session: PlaySession) -> dict[str, str]:
    """What every event of a session carries."""
    return {
        "user_id": session.user_id,
        "character_id": session.character_id,
        "session_id": session.id,
        "template_id": session.template_id,
        "release_id": session.release_id,
        "timeline_id": session.timeline_id,
        "audience": timelines.get(tx, session.timeline_id)["audience"],
    }


def _must_be_open(tx: sa.Connection, session: PlaySession) -> int:
    """The seq of the session's last standing turn. Raises Ended."""
    must_not_be_withdrawn(tx, session)
    if not session.is_active:
        raise Ended("This episode has ended. Start it again, or go on to the next one.")
    last_seq = lineage.last_seq(tx, session)
    if last_seq >= budget_of(tx, session):
        raise Ended("This episode has reached its last turn; its ending is being written.")
    return last_seq


def write_line(
    tx: sa.Connection, desk: Desk, session: PlaySession, seq: int, client_id: str, said: str, care: str | None
) -> Turn:
    """A player's line as the session's turn number `seq`, its next one, with all that is counted by it."""
    now, message_id = desk.now(), desk.new_id()
    at = timelines.next_at(tx, session.timeline_id)
    ids = (desk.new_id(), session.id, session.timeline_id, session.user_id)
    turn = Turn(*ids, seq, at, client_id, care, None, now)
    store.add_turn(tx, turn)
    line = {"id": message_id, "role": "user", "content": said, "seq": 2 * seq, "created_at": now}
    store.add_message(tx, turn, line)
    cause = Cause(session.user_id, session.character_id, session.timeline_id, session.id, at, turn.id)
    name = people.name_of(tx, session.user_id)
    memory.add_line(
        tx, new_id=desk.new_id, cause=cause, text=said, said_at=now, speaker=name, source_id=message_id, now=now
    )
    store.touch(tx, session.id, now, 1)
    if session.engagement_id is not None:
        engagement.played(tx, session.engagement_id, now, messages=1, on=session.timeline_id)
    known = known_of(tx, session)
    desk.note(tx, Event("line_sent", **known, properties={"turn": seq, "characters": len(said)}))
    if care:
        desk.note(tx, Event("care_shown", **known, properties={"kind": care}))
    return turn


def claim(desk: Desk, turn_id: str, slot: str) -> str:
    """The id of a new speaking take, if this turn is next; WAIT if an earlier one is not final yet; else GONE.

    A turn whose session ended before it was answered gets a failed take that says so.
    """
    try:
        with desk.db.write() as tx:
            turn = store.turn(tx, turn_id)
            session = store.my_session(tx, turn.session_id, turn.user_id, lock=True)
            waiting = store.unfinished(tx, turn.session_id)
            mine = next((one for one in waiting if one.id == turn_id), None)
            if mine is None or mine.speaking:
                return GONE
            if waiting[0].id != turn_id:
                return WAIT
            take_id = begin_take(tx, desk, turn, slot, "reply")
            if not session.is_active:
                _finish(tx, desk, session, take_id, "reply", slot, Spoken("failed", "", error=WITHDRAWN))
                return GONE
            crash("claim.before-commit")
    except IntegrityError:  # another process claimed it between our look and our write
        return WAIT
    except NotFound:  # whoever said it was erased
        return GONE
    crash("claim.after-commit")
    return take_id


def begin_take(
    tx: sa.Connection,
    desk: Desk,
    turn: Turn,
    slot: str,
    kind: str,
    act_id: str | None = None,
    goes_on: Take | None = None,
) -> str:
    """Insert the turn's next take in state speaking, leased to a slot. One that `goes_on` begins with the old words.

    A `reply` is a turn's first take: nobody else asks for one.
    """
    number = 1 if kind == "reply" else takes.count(tx, turn.id) + 1
    take_id, now = desk.new_id(), desk.now()
    seed = goes_on.seed if goes_on else seed_from(turn.client_id, turn.at, number)
    take = {"id": take_id, "number": number, "kind": kind, "state": "speaking", "act_id": act_id}
    lease = {"slot": slot, "lease_at": now, "seed": seed, "created_at": now}
    takes.add(tx, turn, take | lease | {"text": goes_on.text if goes_on else ""})
    return take_id


def save_progress(desk: Desk, take_id: str, slot: str, text: str, kept: Kept | None) -> bool:
    """Save a speaking take's text so far and its exact prompt, and renew its lease. True when it is wanted to stop."""
    with desk.db.write() as tx:
        row = takes.save_progress(tx, take_id, slot, text, desk.now())
        if row is None:
            return False
        if kept is not None:
            session = store.session(tx, row["session_id"])
            takes.keep_prompt(tx, take_id, session.user_id, session.release_id, kept, None)
    if text:
        crash("pulse.after-save")
    return bool(row["stop_wanted"])


def record(desk: Desk, take_id: str, slot: str, spoken: Spoken, kept: Kept | None, *, own_after: bool) -> bool:
    """Give a take its final state and everything that comes with it, in one transaction.

    Does nothing and returns False where the take is no longer speaking for this slot: somebody else finished it, or
    whoever it was spoken to was erased. `own_after` says that this process starts the after-work itself.
    """
    with desk.db.write() as tx:
        found = _held(tx, take_id)
        if found is None:
            return False
        take, turn, session = found
        if not _finish(tx, desk, session, take_id, take.kind, slot, spoken, own_after=own_after):
            return False
        if kept is not None:
            billed = spoken.usage.tokens_in or None
            takes.keep_prompt(tx, take_id, session.user_id, session.release_id, kept, billed)
        if spoken.state in SPOKEN:
            _write_reply(tx, desk, session, turn, take_id, spoken)
            if take.kind != "reply" or not standing.choose_first(tx, session, turn, take_id, desk.now()):
                standing.choose(tx, turn, take_id)
                store.touch(tx, session.id, desk.now(), 0)
                standing.settle(tx, session.id)
            _use_hooks(tx, desk, session, turn, take_id, kept.used_hooks if kept else ())
        crash("record.before-commit")
    crash("record.after-commit")
    return True


def _held(tx: sa.Connection, take_id: str) -> tuple[Take, Turn, PlaySession] | None:
    """A take with its turn and its session, which is held; None where they were erased."""
    try:
        return store.take_in_session(tx, take_id, lock=True)
    except NotFound:
        return None


def _finish(
    tx: sa.Connection,
    desk: Desk,
    session: PlaySession,
    take_id: str,
    kind: str,
    slot: str,
    spoken: Spoken,
    *,
    own_after: bool = False,
) -> bool:
    """The take's final state with its event. False where it is no longer speaking for this slot."""
    spoke = spoken.state in SPOKEN
    if not takes.finish(tx, take_id, slot, spoken, spoke=spoke, own=own_after, now=desk.now()):
        return False
    _note_take(tx, desk, session, take_id, kind, spoken)
    return True


def _write_reply(tx: sa.Connection, desk: Desk, session: PlaySession, turn: Turn, take_id: str, spoken: Spoken) -> None:
    """The reply as a message and as a raw line of memory; choosing then decides whether it stands."""
    now, message_id = desk.now(), desk.new_id()
    figures = {"model": spoken.model, "tokens": spoken.usage.tokens_out}
    figures |= {"latency": spoken.latency_ms, "cost": spoken.usage.cost}
    line = {"id": message_id, "take_id": take_id, "role": "assistant", "content": spoken.text, "standing": False}
    store.add_message(tx, turn, line | {"seq": 2 * turn.seq + 1, "metadata": figures, "created_at": now})
    name = shelf.get(tx, session.release_id).payload.persona.name
    memory.add_line(
        tx,
        new_id=desk.new_id,
        cause=_cause(session, turn, take_id),
        text=spoken.text,
        said_at=now,
        speaker=name,
        source_id=message_id,
        now=now,
    )


def _cause(session: PlaySession, turn: Turn, take_id: str) -> Cause:
    return Cause(session.user_id, session.character_id, session.timeline_id, session.id, turn.at, turn.id, take_id)


def _use_hooks(
    tx: sa.Connection, desk: Desk, session: PlaySession, turn: Turn, take_id: str, used: tuple[str, ...]
) -> None:
    cause, now = _cause(session, turn, take_id), desk.now()
    kinds = hooks.use(tx, new_id=desk.new_id, cause=cause, hook_ids=used, now=now, standing=turn.stands)
    for kind in kinds:
        desk.note(tx, Event("hook_used", **known_of(tx, session), take_id=take_id, properties={"kind": kind}))


def _note_take(tx: sa.Connection, desk: Desk, session: PlaySession, take_id: str, kind: str, spoken: Spoken) -> None:
    figures: dict[str, str | int | float | bool | None] = {
        "state": spoken.state,
        "kind": kind,
        "model": spoken.model,
        "first_token_ms": spoken.first_token_ms,
        "latency_ms": spoken.latency_ms,
        "tokens_in": spoken.usage.tokens_in,
        "tokens_out": spoken.usage.tokens_out,
        "tokens_cached": spoken.usage.tokens_cached,
        "cost": spoken.usage.cost,
    }
    known = {name: value for name, value in figures.items() if value is not None}
    desk.note(tx, Event("take_recorded", **known_of(tx, session), take_id=take_id, properties=known))
