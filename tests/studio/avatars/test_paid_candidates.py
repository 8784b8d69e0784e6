"""Candidates that are paid for: called off when unwanted, fetched when they are late, and never begun twice."""

from __future__ import annotations

import pytest

from engine.errors import ProviderDown
from engine.providers.images.replicate import Patience, ReplicateCamera
from engine.settings import Settings
from engine.wiring import open_engine
from tests.play.troupe import broken
from tests.stubs import Stubs
from tests.studio.avatars.easels import over, until
from tests.studio.avatars.filming import LONG, MARA, SEEDS, drawn_once, filming, names, paid


def test_cancelling_calls_off_what_the_provider_has_begun(house: Settings, stubs: Stubs) -> None:
    stubs.draws = LONG
    with open_engine(filming(house, stubs)) as engine:
        engine.avatars.draw_candidates(MARA, SEEDS)
        until(lambda: len(names(engine)) == 2)
        engine.avatars.cancel_candidates(MARA)
        assert [one.state for one in over(engine).candidates] == ["cancelled"] * 4
        assert stubs.created == 2
        assert all(made.canceled for made in stubs.predictions.values())
        assert paid(engine) == []
        assert broken(engine) == {}


def test_closing_leaves_what_was_begun_to_the_next_start(house: Settings, stubs: Stubs) -> None:
    stubs.draws = 3.0
    settings = filming(house, stubs)
    with open_engine(settings) as engine:
        engine.avatars.draw_candidates(MARA, SEEDS)
        until(lambda: len(names(engine)) == 2)
    assert not any(made.canceled for made in stubs.predictions.values())
    with open_engine(settings) as engine:
        drawn_once(engine, stubs)


def test_one_that_the_provider_fails_says_why_and_the_others_are_kept(house: Settings, stubs: Stubs) -> None:
    stubs.fault("replicate", "failed")
    with open_engine(filming(house, stubs)) as engine:
        engine.avatars.draw_candidates(MARA, SEEDS)
        ended = over(engine).candidates
        assert sorted(one.state for one in ended) == ["failed", "ready", "ready", "ready"]
        assert {one.error for one in ended if one.error} == {"Replicate could not draw this picture."}
        assert stubs.created == 4
        assert len(paid(engine)) == 3
        (failed,) = (one.seed for one in ended if one.state == "failed")
        assert engine.avatars.fresh_seeds(MARA, 1) == (failed,)
        assert broken(engine) == {}


def test_a_provider_that_is_down_ends_the_job_with_a_sentence(house: Settings, stubs: Stubs) -> None:
    stubs.fault("replicate", "500", times=None)
    with open_engine(filming(house, stubs)) as engine:
        engine.avatars.draw_candidates(MARA, SEEDS)
        ended = over(engine).candidates
        assert [one.state for one in ended] == ["failed"] * 4
        assert all((one.error or "").startswith("Replicate ") for one in ended)
        with pytest.raises(ProviderDown):
            engine.avatars.draw_anchor(MARA, 1)


def test_a_picture_that_could_not_be_fetched_is_not_paid_for_again(house: Settings, stubs: Stubs) -> None:
    stubs.choose = lambda call: "500" if "/files/" in call.path else ""
    with open_engine(filming(house, stubs)) as engine:
        engine.avatars.draw_candidates(MARA, SEEDS)
        assert [one.state for one in over(engine).candidates] == ["failed"] * 4
        assert paid(engine) == []
        stubs.clear()
        engine.avatars.draw_candidates(MARA, engine.avatars.fresh_seeds(MARA, 4))
        drawn_once(engine, stubs)


def test_a_slow_drawing_is_waited_for_and_not_begun_again(house: Settings, stubs: Stubs) -> None:
    stubs.draws = 3.0
    camera = ReplicateCamera(stubs.key, stubs.replicate, patience=Patience(total=1.5))
    with open_engine(house, camera=camera) as engine:
        engine.avatars.draw_candidates(MARA, (1, 2))
        assert [one.state for one in over(engine).candidates] == ["ready", "ready"]
        assert stubs.created == 2
