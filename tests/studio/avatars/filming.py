"""Candidates that are paid for: a camera on Replicate's stub, other processes, and what came of it all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from engine.images.tables import image_assets
from engine.kernel.clock import utc_now
from engine.settings import Settings
from engine.studio.avatars.tables import anchor_candidates
from engine.wiring import Engine
from tests.conftest import quiet
from tests.play.troupe import broken
from tests.stubs import Stubs
from tests.studio.avatars.easels import over

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
