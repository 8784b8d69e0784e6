"""The cameras as the Studio knows them: who draws and why, what is lacking, and a try that is paid once and counted."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image

from engine.errors import NotFound, ProviderError
from engine.settings import Settings
from engine.studio.voices.cameras import SMALL, TriedPicture
from engine.wiring import Engine, open_engine
from tests.stubs import Stubs, serving
from tests.studio.avatars.easels import until
from tests.studio.voices.hearing import MARA, keyed

SCHNELL, KONTEXT = "black-forest-labs/flux-schnell", "black-forest-labs/flux-kontext-pro"


@pytest.fixture(scope="module")
def running() -> Iterator[Stubs]:
    """Servers that speak the providers' wire formats."""
    with serving() as stubs:
        yield stubs


@pytest.fixture
def stubs(running: Stubs) -> Stubs:
    """The same, with nothing wrong and nothing made so far."""
    running.clear()
    running.calls.clear()
    running.predictions.clear()
    running.created = 0
    return running


@pytest.fixture
def filming(house: Settings, stubs: Stubs) -> Iterator[Engine]:
    """The tiny story with Replicate as its camera, once on each database."""
    with open_engine(keyed(house, stubs)) as opened:
        opened.cameras.drawing()
        yield opened


def tried(engine: Engine, name: str) -> TriedPicture:
    """A try, when it has come to its end."""
    engine.cameras.try_it(name)
    until(lambda: (told := engine.cameras.tried(name)) is not None and told.state != "drawing")
    told = engine.cameras.tried(name)
    assert told is not None
    return told


def side(told: TriedPicture) -> int:
    """Pixels of a side of the picture that came."""
    with Image.open(io.BytesIO(told.picture), formats=["WEBP"]) as picture:
        picture.load()
        assert picture.width == picture.height
        return picture.width


def test_without_a_key_the_painter_draws_and_says_why_and_what_the_other_lacks(engine: Engine) -> None:
    painter, replicate = engine.cameras.all()
    assert (painter.name, painter.draws, painter.why, painter.lacks) == ("offline", True, "because no key is set", "")
    assert (replicate.name, replicate.draws, replicate.lacks) == ("replicate", False, "COLDOPEN_REPLICATE_KEY")
    with pytest.raises(NotFound):
        engine.cameras.try_it("replicate")
    with pytest.raises(NotFound):
        engine.cameras.try_it("somebody")


def test_the_painter_draws_a_small_picture_for_nothing(engine: Engine) -> None:
    told = tried(engine, "offline")
    assert (told.state, told.cost, told.model, side(told)) == ("ready", 0.0, "offline-painter-1", SMALL)
    assert engine.voices.spent_today("UTC") == []
    assert next(engine.cameras.all()).tally.delivered == 1


def test_with_a_key_replicate_draws_by_its_two_models(filming: Engine) -> None:
    replicate, painter = filming.cameras.all()
    assert (replicate.draws, replicate.why) == (True, "because it has a key")
    assert (replicate.anchored, replicate.worded) == (KONTEXT, SCHNELL)
    assert (painter.draws, painter.lacks) == (False, "")


def test_a_try_is_paid_and_spent_once_and_shows_a_whole_picture(filming: Engine, stubs: Stubs) -> None:
    told = tried(filming, "replicate")
    assert (told.state, told.model, told.cost, side(told)) == ("ready", SCHNELL, 0.003, 1024)
    assert told.total_ms > 0
    (spend,) = filming.voices.spent_today("UTC")
    assert (spend.model, spend.calls, spend.pictures, spend.cost) == (SCHNELL, 1, 1, pytest.approx(0.003))
    assert stubs.created == 1


def test_a_second_click_while_it_draws_orders_nothing(filming: Engine, stubs: Stubs) -> None:
    stubs.draws = 0.6
    try:
        filming.cameras.try_it("replicate")
        told = tried(filming, "replicate")
    finally:
        stubs.draws = 0.1
    assert told.state == "ready"
    assert stubs.created == 1


def test_a_try_that_fails_says_why_without_the_key_and_is_remembered(filming: Engine, stubs: Stubs) -> None:
    stubs.fault("replicate", "402")
    told = tried(filming, "replicate")
    assert told.state == "failed"
    assert told.error.endswith(".")
    assert stubs.key not in told.error + told.detail
    tally = next(filming.cameras.all()).tally
    assert (tally.calls, tally.delivered, tally.failures[0].sentence) == (1, 0, told.error)
    assert filming.voices.spent_today("UTC") == []


def test_pictures_of_stories_and_faces_count_too(filming: Engine, stubs: Stubs) -> None:
    filming.avatars.draw_anchor(MARA, 7)
    stubs.fault("replicate", "500")
    with pytest.raises(ProviderError):
        filming.avatars.draw_anchor(MARA, 8)
    tally = next(filming.cameras.all()).tally
    assert (tally.calls, tally.delivered, len(tally.failures)) == (2, 1, 1)
    (spend,) = filming.voices.spent_today("UTC")
    assert (spend.model, spend.calls, spend.pictures) == (SCHNELL, 1, 1)


def test_a_camera_that_has_a_key_and_is_not_chosen_can_be_tried(house: Settings, stubs: Stubs) -> None:
    with open_engine(keyed(house, stubs, camera="offline")) as opened:
        painter, replicate = opened.cameras.all()
        assert (painter.draws, painter.why) == (True, "because COLDOPEN_CAMERA says so")
        assert (replicate.draws, replicate.lacks) == (False, "")
        assert tried(opened, "replicate").state == "ready"
        assert [one.tally.calls for one in opened.cameras.all()] == [0, 1]


def test_a_try_that_is_under_way_when_the_engine_closes_is_called_off(house: Settings, stubs: Stubs) -> None:
    stubs.draws = 60
    try:
        with open_engine(keyed(house, stubs)) as opened:
            opened.cameras.try_it("replicate")
            until(lambda: stubs.created == 1)
        until(lambda: all(one.canceled for one in stubs.predictions.values()))
    finally:
        stubs.draws = 0.1
