"""Candidates that are paid for, and processes that die or work side by side: none is lost, none is paid for twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.settings import Settings
from engine.studio.avatars.easel import GONE, OTHER_CAMERA
from engine.wiring import open_engine
from tests.stubs import Stubs
from tests.studio.avatars.easels import job_of, over
from tests.studio.avatars.filming import FOUR, LONG, MARA, ONE, SEEDS, Ahead, another, drawn_once, filming, killed


@pytest.mark.parametrize(
    "point",
    [
        "candidates.after-commit",
        "candidate.begun:2",
        "candidate.before-file",
        "candidate.after-file",
        "candidate.before-commit",
        "candidate.after-commit:3",
    ],
)
def test_a_kill_loses_no_candidate_and_pays_for_none_twice(house: Settings, stubs: Stubs, point: str) -> None:
    stubs.draws = 1.5
    settings = filming(house, stubs)
    killed(settings, FOUR, point)
    assert stubs.created == {"candidates.after-commit": 0, "candidate.after-commit:3": 4}.get(point, stubs.created)
    with open_engine(settings, clock=Ahead()) as engine:
        drawn_once(engine, stubs)


def test_a_picture_that_somebody_waited_for_is_taken_up_when_it_is_asked_for_again(
    house: Settings, stubs: Stubs
) -> None:
    settings = filming(house, stubs)
    killed(settings, ONE, "candidate.before-file")
    assert stubs.created == 1
    with open_engine(settings, clock=Ahead()) as engine:
        engine.avatars.draw_anchor(MARA, 1)
        drawn_once(engine, stubs, (1,))


def test_two_processes_draw_a_job_once_and_both_tell_of_it(house: Settings, stubs: Stubs) -> None:
    stubs.draws = 1.0
    settings = filming(house, stubs)
    with another(settings, FOUR), open_engine(settings) as engine:
        assert job_of(engine).running
        again = engine.avatars.draw_candidates(MARA, (5, 6, 7, 8))
        assert [one.seed for one in again.candidates] == list(SEEDS)
        drawn_once(engine, stubs)


def test_a_job_asked_for_beside_the_process_that_works_is_drawn_by_that_one(house: Settings, stubs: Stubs) -> None:
    settings = filming(house, stubs)
    with another(settings, "pass"), open_engine(settings) as engine:
        engine.avatars.draw_candidates(MARA, SEEDS)
        drawn_once(engine, stubs)


def test_what_is_cancelled_while_nobody_draws_is_called_off_too(house: Settings, stubs: Stubs) -> None:
    stubs.draws = LONG
    settings = filming(house, stubs)
    killed(settings, FOUR, "candidate.begun:2")
    clock = Ahead(timedelta(0))
    with open_engine(settings, clock=clock) as engine:
        engine.avatars.cancel_candidates(MARA)
        clock.lead = timedelta(seconds=60)
        assert [one.state for one in over(engine).candidates] == ["cancelled"] * 4
        assert all(made.canceled for made in stubs.predictions.values())


@pytest.mark.parametrize(
    ("lead", "offline", "says"), [(timedelta(hours=2), False, GONE), (timedelta(minutes=1), True, OTHER_CAMERA)]
)
def test_what_cannot_be_fetched_any_more_is_a_sentence_and_is_not_drawn_anew(
    house: Settings, stubs: Stubs, lead: timedelta, says: str, *, offline: bool
) -> None:
    stubs.draws = LONG
    settings = filming(house, stubs)
    killed(settings, ONE, "candidate.begun")
    with open_engine(house if offline else settings, clock=Ahead(lead)) as engine:
        (ended,) = over(engine).candidates
        assert (ended.state, ended.error) == ("failed", says)
        assert stubs.created == 1
