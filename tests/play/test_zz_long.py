"""A long evening at random: whatever is said, regenerated, chosen or stayed in, what stands is what it should be.

The model knows turns, takes, endings and what builds on what. The same choices must always give the same digest.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from engine.errors import Conflict, Ended, ProviderDown, StoodOn
from engine.play.budget import extended
from engine.providers.llm import Prompt
from tests import tiny
from tests.play.conftest import SHORT, Stage
from tests.play.troupe import WHOLE, Gate, Piece, Player, broken

BUDGETS = {SHORT: 3, tiny.SECOND: 6}
FAILS, STOPS = "Say nothing at all.", "Say more than I can hear."
LINES = ("I live here now.", "Tell me the truth.", "*I step closer.*", FAILS)
HOMES, KEYS = ("Paris", "Rome", "Oslo"), ("first_truth", "first_touch", "first_quarrel")
Result = TypeVar("Result")
ANY = st.integers(min_value=0, max_value=1_000)


@dataclass
class Take:
    """A take as the model knows it. `ends` is the round in which it ended the session, if it did."""

    spoken: bool
    ends: int | None = None


@dataclass
class Turn:
    """A standing turn: its takes, and the number of the chosen one, counted from 0."""

    id: str
    at: int
    takes: list[Take] = field(default_factory=list[Take])
    chosen: int | None = None

    def add(self, take: Take) -> None:
        """A new take, chosen if it was spoken."""
        self.takes.append(take)
        self.chosen = len(self.takes) - 1 if take.spoken else self.chosen


@dataclass
class Session:
    """A session: its standing turns without the opening, and how often somebody stayed in it."""

    player: Player
    episode: str
    turns: list[Turn] = field(default_factory=list[Turn])
    stays: int = 0

    @property
    def ended(self) -> bool:
        """Whether a chosen take ended the present round."""
        return any(one.chosen is not None and one.takes[one.chosen].ends == self.stays for one in self.turns)

    @property
    def budget(self) -> int:
        """How many turns it may have."""
        return extended(BUDGETS[self.episode], self.stays)


def _speak(prompt: Prompt, seed: int) -> Iterator[Piece]:
    """A reply that differs from take to take."""
    if prompt.lines[-1].content == FAILS and seed % 2:
        raise ProviderDown("Out of breath.")
    yield f"This is reply {seed}, and nobody else's. "
    yield WHOLE


def _notice(reply: str) -> Mapping[str, Any]:
    """Effects of every kind that depend on the reply alone and often meet those of other replies."""
    roll = int(hashlib.sha256(reply.encode()).hexdigest(), 16)
    home = {"kind": "fact", "subject": "Ana", "attribute": "home", "text": f"Ana lives in {HOMES[roll % 3]}"}
    hook = {"type": "question", "content": f"ask about {HOMES[roll // 3 % 3]}", "opener": "And the city?"}
    return {
        "memories": [home] if roll % 4 else [],
        "hooks": [hook] if roll % 3 else [],
        "tension_change": roll % 31 - 15,
        "tone": "tense",
        "beat": f"beat {roll % 7}",
        "milestones": [{"key": KEYS[roll // 9 % 3], "text": "It happened."}] if roll % 2 else [],
    }


class Evening(RuleBasedStateMachine):
    """One person's evening with one character."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.stage = stage
        for line in LINES:
            stage.actor.at(line, _speak)
        stage.actor.notice = _notice
        self.user = stage.engine.people.join("Ana").id
        self.sessions: list[Session] = []
        self.numbers = itertools.count()
        self.draws = 0
        self.seen: dict[object, object] = {}
        self._start(SHORT)

    @rule(episode=st.sampled_from(sorted(BUDGETS)))
    def start(self, episode: str) -> None:
        """Start an episode, or go on with it."""
        self._start(episode)

    @rule(which=ANY, line=st.sampled_from(LINES), twice=st.booleans())
    def say(self, which: int, line: str, *, twice: bool) -> None:
        """Say a line, perhaps twice by a double click."""
        session, client_id = self._pick(which), f"line-{next(self.numbers)}"
        expected = Ended if session.ended or len(session.turns) >= session.budget else None
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
        if session.ended or len(session.turns) >= session.budget:
            return
        self.stage.actor.at(STOPS, gate)
        turn_id = session.player.send(STOPS)
        assert gate.reached.wait(10)
        assert self.stage.engine.play.stop(self.user, turn_id)
        gate.opened.set()
        session.player.quiet()
        assert session.player.turn(turn_id).state == "stopped"
        self._spoken(session, turn_id)

    @precondition(lambda self: any(one.turns for one in self.sessions))
    @rule(which=ANY, place=ANY)
    def regenerate(self, which: int, place: int) -> None:
        """Ask for another take of some turn."""
        session, turn = self._pick_turn(which, place)
        self.stage.actor.at(STOPS, _speak)
        click = f"again-{next(self.numbers)}"
        play = self.stage.engine.play
        done = self._expect(self._refusal(session, turn), lambda: play.regenerate(self.user, turn.id, click) or True)
        if done is None:
            return
        play.regenerate(self.user, turn.id, click)
        session.player.quiet()
        del session.turns[session.turns.index(turn) + 1 :]
        self._took(session, turn)

    @precondition(lambda self: any(one.turns for one in self.sessions))
    @rule(which=ANY, place=ANY, take=ANY)
    def choose(self, which: int, place: int, take: int) -> None:
        """Leaf to some take of some turn."""
        session, turn = self._pick_turn(which, place)
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
            del session.turns[session.turns.index(turn) + 1 :]
            turn.chosen = number

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
        """Ask for a picture of this moment."""
        session = self._pick(which)
        scenes, click = self.stage.engine.scenes, f"draw-{next(self.numbers)}"
        first = scenes.draw_moment(self.user, session.player.session_id, click)
        assert scenes.draw_moment(self.user, session.player.session_id, click) == first
        session.player.quiet()
        self.draws += 1

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
            assert told == [(turn.id, len(turn.takes), turn.chosen) for turn in session.turns]
            assert (view.session.is_active, view.budget) == (not session.ended, session.budget)
            assert [one.turn.seq for one in view.turns] == list(range(len(session.turns) + 1))

    @invariant()
    def the_same_choices_give_the_same_digest(self) -> None:
        """What stands depends on what was chosen alone, not on the way there."""
        key = (
            self.draws,
            tuple(
                (one.player.session_id, one.stays, tuple((turn.id, turn.chosen) for turn in one.turns))
                for one in self.sessions
            ),
        )
        digest = self.sessions[0].player.digest()
        assert self.seen.setdefault(key, digest) == digest

    def _start(self, episode: str) -> None:
        running = next((one for one in self.sessions if one.episode == episode and not one.ended), None)
        player = self.stage.enter(episode, user_id=self.user)
        if running is not None:
            assert player.session_id == running.player.session_id
            return
        assert player.session_id not in [one.player.session_id for one in self.sessions]
        self.sessions.append(Session(player, episode))

    def _pick(self, which: int) -> Session:
        return self.sessions[which % len(self.sessions)]

    def _pick_turn(self, which: int, place: int) -> tuple[Session, Turn]:
        played = [one for one in self.sessions if one.turns]
        session = played[which % len(played)]
        return session, session.turns[place % len(session.turns)]

    def _spoken(self, session: Session, turn_id: str) -> None:
        turn = Turn(turn_id, session.player.turn(turn_id).turn.at)
        session.turns.append(turn)
        self._took(session, turn)

    def _took(self, session: Session, turn: Turn) -> None:
        """Whether the new take was spoken is the actor's to say; what follows from it is the model's."""
        spoken = session.player.turn(turn.id).takes[-1].state != "failed"
        at_budget = session.turns.index(turn) + 1 >= session.budget
        turn.add(Take(spoken, session.stays if spoken and at_budget else None))

    def _refusal(self, session: Session, turn: Turn) -> type[Conflict] | None:
        """Why a turn may not be changed, if it may not."""
        others = [one for one in self.sessions if one is not session]
        if any(later.at > turn.at for one in others for later in one.turns):
            return StoodOn
        return Conflict if session.ended and self._runs_elsewhere(session) else None

    def _runs_elsewhere(self, session: Session) -> bool:
        return any(one.episode == session.episode and not one.ended for one in self.sessions if one is not session)

    def _expect(self, refusal: type[Exception] | None, act: Callable[[], Result]) -> Result | None:
        """Do it; None where it was refused as expected."""
        if refusal is None:
            return act()
        with pytest.raises(refusal):
            act()
        return None


@pytest.mark.parametrize("module_house", ["sqlite"], indirect=True)
def test_a_long_evening_at_random_keeps_every_promise(stage: Stage) -> None:
    few = settings(
        max_examples=60,
        stateful_step_count=60,
        deadline=None,
        derandomize=False,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    run_state_machine_as_test(lambda: Evening(stage), settings=few)  # pyright: ignore[reportArgumentType]  (any factory will do)
