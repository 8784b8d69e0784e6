"""A real camera on stage: a picture that is paid for is found again after a crash, and called off when unwanted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.errors import SettingsProblem
from engine.images.tables import image_assets
from engine.play.scenes.tables import scene_images
from engine.settings import Settings
from engine.wiring import Engine, open_engine
from tests import tiny
from tests.conftest import quiet
from tests.play.troupe import broken
from tests.stubs import Stubs, serving

PATIENCE = 60.0


@pytest.fixture
def stubs() -> Iterator[Stubs]:
    """Servers that speak the providers' wire formats."""
    with serving() as running:
        yield running


def filming(house: Settings, stubs: Stubs, **changes: object) -> Settings:
    """The house's settings with a camera on Replicate's stub."""
    given = {"replicate_url": stubs.replicate, "replicate_key": stubs.key}
    return quiet(house.home, house.database_url.get_secret_value(), **given | changes)


@contextmanager
def played(settings: Settings) -> Generator[tuple[Engine, str, str]]:
    """Ana at the first episode: the engine, her id and the session's. Afterwards every invariant holds."""
    with open_engine(settings) as engine:
        ana = engine.people.named("Ana")
        yield engine, ana.id, engine.play.start(ana.id, tiny.FIRST).session_id
        assert broken(engine) == {}


def until(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def scenes(engine: Engine) -> list[sa.RowMapping]:
    """Every scene, as it is stored."""
    with engine.play.desk.db.read() as tx:
        return list(tx.execute(sa.select(scene_images).order_by(scene_images.c.created_at)).mappings())


def drawn(engine: Engine) -> list[sa.RowMapping]:
    """Every picture that a camera of Replicate's drew."""
    query = sa.select(image_assets).where(image_assets.c.model_used.like("black-forest-labs/%"))
    with engine.play.desk.db.read() as tx:
        return list(tx.execute(query).mappings())


def test_flux_draws_a_scene_with_the_anchor_as_its_reference(house: Settings, stubs: Stubs) -> None:
    with played(filming(house, stubs)) as (engine, _, _session):
        until(lambda: [one["state"] for one in scenes(engine)] == ["ready"])
        (picture,) = drawn(engine)
        assert picture["model_used"] == "black-forest-labs/flux-kontext-pro"
        assert picture["cost"] == 0.04
        assert scenes(engine)[0]["prediction"] in stubs.predictions
        (made,) = stubs.predictions.values()
        assert made.input["input_image"].startswith("data:image/")
        assert engine.doctor.camera == "replicate"


@pytest.mark.parametrize("point", ["scene.before-file", "scene.after-file", "scene.before-commit"])
def test_a_kill_before_the_picture_is_kept_costs_no_second_drawing(house: Settings, stubs: Stubs, point: str) -> None:
    settings = filming(house, stubs)
    database = settings.database_url.get_secret_value()
    told = {
        "CRASH_AT": point,
        "COLDOPEN_HOME": str(settings.home),
        "COLDOPEN_REPLICATE_URL": settings.replicate_url,
        "COLDOPEN_REPLICATE_KEY": stubs.key,
        "COLDOPEN_ACTOR_DELAY": "0",
    } | ({"COLDOPEN_DATABASE_URL": database} if database else {})
    command = [sys.executable, "-m", "engine.cli", "say", tiny.FIRST, "Hello.", "--as", "Ana"]
    killed = subprocess.run(  # noqa: S603  (our own command)
        command, env=os.environ | told, capture_output=True, timeout=120, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()[-2_000:]
    assert stubs.created == 1
    with played(settings) as (engine, _, _session):
        until(lambda: {one["state"] for one in scenes(engine)} == {"ready"})
        assert stubs.created == len(scenes(engine)) == 1
        (picture,) = drawn(engine)
        assert picture["cost"] == 0.04
        assert engine.voices.spent_today("UTC")[0].calls == 1


def test_what_nobody_wants_any_more_is_called_off_at_the_provider(house: Settings, stubs: Stubs) -> None:
    stubs.draws = 60.0
    with played(filming(house, stubs)) as (engine, _, _session):
        until(lambda: scenes(engine)[0]["prediction"])
        begun = stubs.predictions[scenes(engine)[0]["prediction"]]
        engine.releases.withdraw(scenes(engine)[0]["release_id"])
        until(lambda: begun.canceled)
        until(lambda: scenes(engine)[0]["state"] != "drawing")
        assert drawn(engine) == []


def test_the_starter_stories_are_drawn_for_nothing(tmp_path: Path, stubs: Stubs) -> None:
    given = {"replicate_url": stubs.replicate, "replicate_key": stubs.key}
    with open_engine(quiet(tmp_path / "home", "", **given)) as engine:
        assert engine.starter.load() > 0
        assert stubs.created == 0
        assert engine.voices.spent_today("UTC") == []


def test_a_declined_picture_is_not_paid_for_again(house: Settings, stubs: Stubs) -> None:
    stubs.fault("replicate", "nsfw", times=None)
    with played(filming(house, stubs)) as (engine, _, _session):
        until(lambda: [one["state"] for one in scenes(engine)] == ["failed"])
        assert stubs.created == 1
        assert "declined" in scenes(engine)[0]["error"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"camera": "replicate", "replicate_key": ""}, "COLDOPEN_CAMERA names replicate, but COLDOPEN_REPLICATE_KEY"),
        ({"camera": "polaroid"}, "COLDOPEN_CAMERA: write replicate or offline"),
        ({"replicate_anchored": "somebody/else"}, "Nothing is known of the model somebody/else"),
        ({"replicate_anchored": "black-forest-labs/flux-schnell"}, "cannot be shown a reference picture"),
    ],
)
def test_a_wrong_camera_is_a_sentence(house: Settings, stubs: Stubs, given: dict[str, object], words: str) -> None:
    with pytest.raises(SettingsProblem, match=words):
        open_engine(filming(house, stubs, **given)).close()
