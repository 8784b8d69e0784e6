"""Candidates that are paid for: none is lost, and none is paid for twice, whoever dies, clicks or fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from engine.errors import ProviderDown
from engine.images.tables import image_assets
from engine.kernel.clock import utc_now
from engine.providers.images.replicate import Patience, ReplicateCamera
from engine.settings import Settings
from engine.studio.avatars.easel import GONE, OTHER_CAMERA
from engine.studio.avatars.tables import anchor_candidates
from engine.wiring import Engine, open_engine
from tests.conftest import quiet
from tests.play.troupe import broken
from tests.studio.avatars.easels import job_of, over, until
from tests.stubs import Stubs, serving

MARA, SEEDS = "mara-voss", (1, 2, 3, 4)
LONG = 60.0
SCHNELL = "black-forest-labs/flux-schnell"
OPENED = """
import time
from engine.settings import load_settings
from engine.wiring import open_engine
with open_engine(load_settings()) as engine:
    {verb}
    print("drawn", flush=True)
    time.sleep(120)
"""
FOUR = 'engine.avatars.draw_candidates("mara-voss", (1, 2, 3, 4))'
ONE = 'engine.avatars.draw_anchor("mara-voss", 1)'


@pytest.fixture
def stubs() -> Iterator[Stubs]:
    """Servers that speak the providers' wire formats."""
    with serving() as running:
        yield running


@dataclass(slots=True)
class Ahead:
    """A clock that is ahead of time, so that a dead process's leases need not be waited for."""

    lead: timedelta = timedelta(seconds=60)

    def __call__(self) -> datetime:
        """The present instant, and the lead."""
        return utc_now() + self.lead


def filming(house: Settings, stubs: Stubs) -> Settings:
    """The house's settings with a camera on Replicate's stub."""
    given = {"replicate_url": stubs.replicate, "replicate_key": stubs.key}
    return quiet(house.home, house.database_url.get_secret_value(), **given)


def child(settings: Settings, verb: str, crash_at: str = "") -> subprocess.Popen[bytes]:
    """A process with an engine on the same home and database that draws, and dies where it is asked to."""
    url = settings.database_url.get_secret_value()
    told = {
        "CRASH_AT": crash_at,
        "COLDOPEN_HOME": str(settings.home),
        "COLDOPEN_SWEEP_SECONDS": "0.25",
        "COLDOPEN_REPLICATE_URL": settings.replicate_url,
        "COLDOPEN_REPLICATE_KEY": settings.replicate_key.get_secret_value(),
    } | ({"COLDOPEN_DATABASE_URL": url} if url else {})
    return subprocess.Popen(  # noqa: S603  (our own words)
        [sys.executable, "-c", OPENED.format(verb=verb)],
        env=os.environ | told,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def killed(settings: Settings, verb: str, crash_at: str) -> None:
    """Have a process draw until it is killed there."""
    with child(settings, verb, crash_at) as drawing:
        assert drawing.wait(90) == -signal.SIGKILL


@contextmanager
def another(settings: Settings, verb: str) -> Generator[None]:
    """Another process that has asked for pictures and lives on."""
    with child(settings, verb) as drawing:
        try:
            assert drawing.stdout is not None
            assert drawing.stdout.readline() == b"drawn\n"
            yield
        finally:
            drawing.terminate()


def names(engine: Engine) -> list[str]:
    """What the provider calls the drawings that were begun."""
    query = sa.select(anchor_candidates.c.prediction).where(anchor_candidates.c.prediction.is_not(None))
    with engine.play.desk.db.read() as tx:
        return list(tx.scalars(query))


def paid(engine: Engine) -> list[float]:
    """What each picture of the camera's cost."""
    with engine.play.desk.db.read() as tx:
        return list(tx.scalars(sa.select(image_assets.c.cost).where(image_assets.c.model_used == SCHNELL)))


def drawn_once(engine: Engine, stubs: Stubs, seeds: tuple[int, ...] = SEEDS) -> None:
    """Each candidate came, from one drawing, and was counted once."""
    assert [(one.seed, one.state) for one in over(engine).candidates] == [(seed, "ready") for seed in seeds]
    assert sorted(made.input["seed"] for made in stubs.predictions.values()) == list(seeds)
    assert stubs.created == len(seeds)
    assert len(engine.avatars.of_character(MARA)) == 1 + len(seeds)
    assert len(paid(engine)) == len(seeds)
    (spent,) = engine.voices.spent_today("UTC")
    assert (spent.calls, spent.cost) == (len(seeds), pytest.approx(sum(paid(engine))))
    assert broken(engine) == {}


@pytest.mark.parametrize(
    "point",
    [
        "candidates.after-commit",
        "candidate.begun:2",
        "candidate.before-file",
        "candidate.after-file",
        "candidate.before-commit",
        "candidate.after-commit",
        "candidate.after-commit:3",
    ],
)
def test_a_kill_loses_no_candidate_and_pays_for_none_twice(house: Settings, stubs: Stubs, point: str) -> None:
    stubs.draws = 2.0
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


def test_what_is_cancelled_while_nobody_draws_is_called_off_too(house: Settings, stubs: Stubs) -> None:
    stubs.draws = LONG
    settings = filming(house, stubs)
    killed(settings, FOUR, "candidate.begun:2")
    clock = Ahead(timedelta(0))
    with open_engine(settings, clock=clock) as engine:
        engine.avatars.cancel_candidates(MARA)
        clock.lead = timedelta(seconds=60)
        assert [one.state for one in over(engine).candidates] == ["cancelled"] * 4
        assert stubs.created == 2
        assert all(made.canceled for made in stubs.predictions.values())


def test_closing_leaves_what_was_begun_to_the_next_start(house: Settings, stubs: Stubs) -> None:
    stubs.draws = 4.0
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
