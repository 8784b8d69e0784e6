"""A long evening at random: whatever is said, regenerated, chosen or stayed in, what stands is what it should be.

The model knows turns, takes, endings and what builds on what. The same choices must always give the same digest.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from engine.errors import Conflict, Ended, StoodOn
from engine.play.conversation.nouns import FINAL
from tests.play.conftest import SHORT, Stage
from tests.play.evening import BUDGETS, EVER, LINES, STOPS, Act, Session, Standing, Take, Turn, notice, speak
from tests.play.troupe import Gate, Player, broken

Result = TypeVar("Result")
ANY = st.integers(min_value=0, max_value=1_000)


class Evening(RuleBasedStateMachine):
    """One person's evening with one character."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.stage = stage
        for line in LINES:
            stage.actor.at(line, speak)
        stage.actor.notice = notice
        self.user = stage.engine.people.join("Ana").id
        self.sessions: list[Session] = []
        self.numbers = itertools.count(1)
        self.here = 0
        self.seen: dict[object, object] = {}
        self._start(SHORT)

    @rule(episode=st.sampled_from(sorted(BUDGETS)))
    def start(self, episode: str) -> None:
        """Start an episode, or go on with it."""
        self._start(episode)

    @rule(which=ANY, line=st.sampled_from(LINES), twice=st.booleans())
    def say(self, which: int, line: str, *, twice: bool) -> None:
        """Say a line, perhaps twice by a double click."""
        session, client_id = self._pick(which), self._key()
        expected = Ended if session.ended or len(session.shown) >= session.budget else None
        turn_id = self._expect(expected, lambda: session.player.send(line, client_id))
        if turn_id is None:
            return
        if twice:
            assert session.player.send(line, client_id) == turn_id
        session.player.quiet()
        self._spoken(session, turn_id)

    @rule(which=ANY)
    def say_and_stop(self, which: int) -> None:
        """Say a line and stop the reply in its middle."""
        session, gate = self._pick(which), Gate()
        if session.ended or len(session.shown) >= session.budget:
            return
        self.stage.actor.at(STOPS, gate)
        turn_id = session.player.send(STOPS)
        assert gate.reached.wait(60)
        assert self.stage.engine.play.stop(self.user, turn_id)
        gate.opened.set()
        session.player.quiet()
        assert session.player.turn(turn_id).state == "stopped"
        self._spoken(session, turn_id)

    @rule(which=ANY, line=st.sampled_from(LINES))
    def say_and_turn_back_at_once(self, which: int, line: str) -> None:
        """Turn back to before a line whose after-work is late: it comes when the line stands no more."""
        session, late = self._pick(which), threading.Event()
        if session.ended or len(session.shown) >= session.budget:
            return
        kept = session.player.view().turns[-1].turn.id
        self.stage.actor.notice = lambda reply: notice(reply if late.wait(10) else "")
        turn_id = session.player.send(line)
        while session.player.turn(turn_id).state not in FINAL:
            late.wait(0.005)
        self._spoken(session, turn_id)
        before = session.stands()
        self.stage.engine.play.rewind(self.user, session.player.session_id, kept, self._key())
        session.turns.pop()
        self._did(session, before, None)
        late.set()
        self.stage.actor.notice = notice
        session.player.quiet()

    @precondition(lambda self: any(one.turns for one in self.sessions))
    @rule(which=ANY, place=ANY, kind=st.sampled_from(("regenerate", "continue_reply")))
    def another_take(self, which: int, place: int, kind: str) -> None:
        """Ask for another take of some turn, or for its reply to go on."""
        session, turn = self._pick_turn(which, place)
        self.stage.actor.at(STOPS, speak)
        click, begin = self._key(), getattr(self.stage.engine.play, kind)
        refused = self._refusal(session, turn)
        expected = refused or (Conflict if kind == "continue_reply" and turn.chosen is None else None)
        if self._expect(expected, lambda: begin(self.user, turn.id, click) or True) is None:
            return
        begin(self.user, turn.id, click)
        session.player.quiet()
        before = session.stands()
        del session.turns[session.turns.index(turn) + 1 :]
        self._took(session, turn)
        self._did(session, before, turn)

    @precondition(lambda self: any(one.turns for one in self.sessions))
    @rule(which=ANY, place=ANY, take=ANY)
    def choose(self, which: int, place: int, take: int) -> None:
        """Leaf to some take of some turn."""
        session, turn = self._pick_turn(which, place, several=True)
        number = take % len(turn.takes)
        expected = None
        if not turn.takes[number].spoken:
            expected = Conflict
        elif number != turn.chosen:
            expected = self._refusal(session, turn)
        wanted = session.player.turn(turn.id).takes[number].id
        play = self.stage.engine.play
        done = self._expect(expected, lambda: play.choose(self.user, turn.id, wanted) or True)
        session.player.quiet()
        if done is not None and number != turn.chosen:
            before = session.stands()
            del session.turns[session.turns.index(turn) + 1 :]
            turn.chosen = number
            self._did(session, before, turn)

    @precondition(lambda self: any(one.turns for one in self.sessions))
    @rule(which=ANY, place=ANY, line=st.sampled_from(LINES))
    def edit(self, which: int, place: int, line: str) -> None:
        """Say some line differently, by a double click."""
        session, turn = self._pick_turn(which, place)
        click, play = self._key(), self.stage.engine.play
        said = self._expect(self._refusal(session, turn), lambda: play.edit(self.user, turn.id, click, line))
        if said is None:
            return
        assert play.edit(self.user, turn.id, click, line).turn.id == said.turn.id
        session.player.quiet()
        before = session.stands()
        del session.turns[session.turns.index(turn) :]
        self._spoken(session, said.turn.id)
        self._did(session, before, None)

    @rule(which=ANY, place=ANY)
    def rewind(self, which: int, place: int) -> None:
        """Turn back to some turn that is shown; 0 is the opening."""
        session, click = self._pick(which), self._key()
        place %= len(session.shown) + 1
        at = place - (len(session.shown) - len(session.turns))
        refused = self._refusal(session, session.turns[at]) if 0 <= at < len(session.turns) else Conflict
        kept, play = session.player.view().turns[place].turn.id, self.stage.engine.play
        turned = lambda: play.rewind(self.user, session.player.session_id, kept, click) or True  # noqa: E731
        if self._expect(refused, turned) is not None:
            play.rewind(self.user, session.player.session_id, kept, click)
            session.player.quiet()
            before = session.stands()
            del session.turns[at:]
            self._did(session, before, None)

    @rule(which=ANY)
    def undo(self, which: int) -> None:
        """Undo the last act of some session."""
        self.turn_over(self._pick(which, [one for one in self.sessions if one.done]), "undo")

    @rule(which=ANY)
    def redo(self, which: int) -> None:
        """Do the act again that some session undid last."""
        self.turn_over(self._pick(which, [one for one in self.sessions if one.undone]), "redo")

    def turn_over(self, session: Session, verb: str) -> None:
        """Undo, or do again."""
        click = self._key()
        acts, others = (session.done, session.undone) if verb == "undo" else (session.undone, session.done)
        refused: type[Conflict] | None = Conflict
        if acts:
            now, then = session.stands(), acts[-1].other
            touched = [turn for turn, _ in {*now} ^ {*then}] + ([acts[-1].turn] if acts[-1].turn else [])
            refused = next((no for no in (self._refusal(session, one) for one in touched) if no), None)
        turned = getattr(self.stage.engine.play, verb)
        if self._expect(refused, lambda: turned(self.user, session.player.session_id, click) or True) is None:
            return
        turned(self.user, session.player.session_id, click)
        session.player.quiet()
        act = acts.pop()
        now = session.stands()
        session.become(act.other)
        others.append(Act(now, act.turn))

    @rule(which=ANY, place=ANY)
    def fork(self, which: int, place: int) -> None:
        """Fork some session at a turn of its own, or at its opening."""
        session, click = self._pick(which), self._key()
        own = [one for one in session.player.view().turns if one.turn.session_id == session.player.session_id]
        if not own:
            return
        at = own[place % len(own)]
        allowed = at.turn.seq < session.budget and any(take.chosen for take in at.takes)
        play = self.stage.engine.play
        started = self._expect(None if allowed else Conflict, lambda: play.fork(self.user, at.turn.id, click))
        if started is None:
            return
        assert play.fork(self.user, at.turn.id, click).session_id == started.session_id
        player = Player(self.stage.engine, self.stage.clock, self.user, started.session_id)
        self.here = next(self.numbers)
        past = tuple((line, min(until, at.turn.at)) for line, until in session.sight)
        sight = ((self.here, EVER), *past)
        self.sessions.append(Session(player, session.episode, self.here, sight, session, at.turn.at))

    @precondition(lambda self: any(one.ended for one in self.sessions))
    @rule(which=ANY)
    def stay(self, which: int) -> None:
        """Stay a little in some session."""
        session = self._pick(which)
        expected = None if session.ended and not self._runs_elsewhere(session) else Conflict
        play = self.stage.engine.play
        if self._expect(expected, lambda: play.stay(self.user, session.player.session_id) or True):
            session.stays += 1

    @precondition(lambda self: any(one.turns for one in self.sessions))
    @rule(which=ANY, place=ANY)
    def stop_what_is_silent(self, which: int, place: int) -> None:
        """Stop a turn in which nobody speaks."""
        _, turn = self._pick_turn(which, place)
        assert not self.stage.engine.play.stop(self.user, turn.id)

    @rule(which=ANY)
    def draw(self, which: int) -> None:
        """Ask for a picture of this moment: it stands with the last reply."""
        session = self._pick(which)
        scenes, click = self.stage.engine.scenes, self._key()
        first = scenes.draw_moment(self.user, session.player.session_id, click)
        assert scenes.draw_moment(self.user, session.player.session_id, click) == first
        session.player.quiet()
        last = next((one for one in reversed(session.shown) if one.chosen is not None), self._opening(session))
        last.takes[last.chosen or 0].draws += 1

    @invariant()
    def every_promise_holds(self) -> None:
        """No invariant is broken."""
        assert broken(self.stage.engine) == {}

    @invariant()
    def what_stands_is_what_the_model_says(self) -> None:
        """Turns, takes, endings and budgets."""
        for session in self.sessions:
            view = session.player.view()
            told = [
                (one.turn.id, len(one.takes), next((take.number - 1 for take in one.takes if take.chosen), None))
                for one in view.turns[1:]
            ]
            assert told == [(turn.id, len(turn.takes), turn.chosen) for turn in session.shown]
            assert (view.session.is_active, view.budget) == (not session.ended, session.budget)
            assert [one.turn.seq for one in view.turns] == list(range(len(session.shown) + 1))

    @invariant()
    def the_same_choices_give_the_same_digest(self) -> None:
        """What stands depends on what was chosen alone, not on the way there."""
        key = tuple(
            (one.player.session_id, one.stays, self._opening(one).takes[0].draws, *self._told(one))
            for one in self.sessions
        )
        digests = [self.stage.engine.play.state_digest(one.player.session_id) for one in self.sessions]
        assert self.seen.setdefault(key, digests) == digests

    def _told(self, session: Session) -> list[tuple[str, int | None, int]]:
        """The session's own turns, with which take is chosen and how many pictures of it there are."""
        return [
            (turn.id, turn.chosen, 0 if turn.chosen is None else turn.takes[turn.chosen].draws)
            for turn in session.turns
        ]

    def _start(self, episode: str) -> None:
        mine = [one for one in self.sessions if one.timeline == self.here]
        running = next((one for one in mine if one.episode == episode and not one.ended), None)
        player = self.stage.enter(episode, user_id=self.user)
        if running is not None:
            assert player.session_id == running.player.session_id
            return
        assert player.session_id not in [one.player.session_id for one in self.sessions]
        beside = next((one for one in self.sessions if one.timeline == self.here), None)
        sight = beside.sight if beside else ((self.here, EVER),)
        self.sessions.append(Session(player, episode, self.here, sight))

    def _pick(self, which: int, rather: list[Session] | None = None) -> Session:
        """Some session; three times of four one of those, in which more can happen."""
        likely = rather if rather is not None else [one for one in self.sessions if not one.ended]
        among = likely if likely and which % 4 else self.sessions
        return among[which // 4 % len(among)]

    def _pick_turn(self, which: int, place: int, *, several: bool = False) -> tuple[Session, Turn]:
        """Some turn of some session; mostly one of `several` takes, where that is asked for."""
        played = [one for one in self.sessions if one.turns]
        rich = [one for one in played if any(len(turn.takes) > 1 for turn in one.turns)]
        session = self._pick(which, rich if several and rich else played)
        session = session if session.turns else played[0]
        mostly = [turn for turn in session.turns if len(turn.takes) > 1] if several and place % 4 else []
        among = mostly or session.turns
        return session, among[place // 4 % len(among)]

    def _opening(self, session: Session) -> Turn:
        """The opening that it shows: its own, or that of the session it was forked from."""
        return session.opening if session.parent is None else self._opening(session.parent)

    def _key(self) -> str:
        return f"click-{next(self.numbers)}"

    def _did(self, session: Session, before: Standing, turn: Turn | None) -> None:
        session.done.append(Act(before, turn))
        session.undone.clear()

    def _spoken(self, session: Session, turn_id: str) -> None:
        turn = Turn(turn_id, session.player.turn(turn_id).turn.at)
        session.turns.append(turn)
        session.undone.clear()
        self.here = session.timeline
        self._took(session, turn)

    def _took(self, session: Session, turn: Turn) -> None:
        """Whether the new take was spoken is the actor's to say; what follows from it is the model's."""
        spoken = session.player.turn(turn.id).takes[-1].state != "failed"
        at_budget = session.shown.index(turn) + 1 >= session.budget
        turn.add(Take(spoken, session.stays if spoken and at_budget else None))

    def _refusal(self, session: Session, turn: Turn) -> type[Conflict] | None:
        """Why a turn may not be changed, if it may not."""
        others = [one for one in self.sessions if one is not session and one.sees(session, turn)]
        if any(later.at > turn.at for one in others for later in one.turns):
            return StoodOn
        return Conflict if session.ended and self._runs_elsewhere(session) else None

    def _runs_elsewhere(self, session: Session) -> bool:
        beside = [one for one in self.sessions if one is not session and one.timeline == session.timeline]
        return any(one.episode == session.episode and not one.ended for one in beside)

    def _expect(self, refusal: type[Exception] | None, act: Callable[[], Result]) -> Result | None:
        """Do it; None where it was refused as expected."""
        if refusal is None:
            return act()
        with pytest.raises(refusal):
            act()
        return None


@pytest.mark.parametrize("module_house", ["sqlite"], indirect=True)
def test_an_act_that_follows_an_undo_can_be_undone_and_done_again(stage: Stage) -> None:
    evening = Evening(stage)
    evening.say(0, LINES[0], twice=False)
    evening.rewind(0, 0)
    evening.turn_over(evening.sessions[0], "undo")
    evening.edit(0, 0, LINES[1])
    for verb in ("undo", "redo", "undo", "redo"):
        evening.turn_over(evening.sessions[0], verb)
        evening.what_stands_is_what_the_model_says()
    assert not evening.sessions[0].undone


def _play_at_random(stage: Stage, evenings: int, steps: int) -> None:
    few = settings(
        max_examples=evenings,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    run_state_machine_as_test(lambda: Evening(stage), settings=few)  # pyright: ignore[reportArgumentType]  (any factory will do)


@pytest.mark.parametrize("module_house", ["sqlite"], indirect=True)
def test_a_long_evening_at_random_keeps_every_promise(stage: Stage) -> None:
    _play_at_random(stage, 8, 25)


@pytest.mark.full
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("module_house", ["sqlite"], indirect=True)
def test_many_evenings_at_random_keep_every_promise(stage: Stage) -> None:
    _play_at_random(stage, 60, 40)
