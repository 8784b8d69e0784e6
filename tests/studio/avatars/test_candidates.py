"""Candidates of a face: drawn by the engine whoever watches, chosen, retired, never deleted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import BadInput, Conflict, NotFound
from engine.story.avatar_kit import AvatarKit
from engine.studio.avatars.jobs import AT_ONCE, MOST
from engine.wiring import Engine, open_engine
from tests import tiny
from tests.conftest import quiet
from tests.studio.avatars.easels import BUSY, Gated, job_of, over, until

MARA = "mara-voss"


@pytest.fixture
def camera() -> Gated:
    """A painter at a closed gate."""
    return Gated()


@pytest.fixture
def drawing(told_home: Path, tmp_path: Path, camera: Gated) -> Iterator[Engine]:
    """A house on SQLite with the tiny story, drawn by the gated painter."""
    home = tmp_path / "home"
    shutil.copytree(told_home, home)
    with open_engine(quiet(home, ""), camera=camera) as opened:
        yield opened
        camera.gate.set()


def test_each_seed_brings_one_candidate_that_can_be_chosen(drawing: Engine, camera: Gated) -> None:
    camera.gate.set()
    drawing.avatars.draw_candidates(MARA, (1, 2, 3, 4))
    job = over(drawing)
    assert [(one.seed, one.state) for one in job.candidates] == [(seed, "ready") for seed in (1, 2, 3, 4)]
    shown = {one.asset_id: one for one in drawing.avatars.of_character(MARA)}
    assert {shown[one.asset_id or ""].seed for one in job.candidates} == {1, 2, 3, 4}
    assert len({one.sha256 for one in shown.values()}) == 5
    drawing.avatars.choose(MARA, job.candidates[2].asset_id or "")
    assert [one.seed for one in drawing.avatars.of_character(MARA) if one.is_primary] == [3]


def test_a_second_click_finds_the_running_job_and_draws_nothing_more(drawing: Engine, camera: Gated) -> None:
    first = drawing.avatars.draw_candidates(MARA, (1, 2, 3, 4))
    second = drawing.avatars.draw_candidates(MARA, (5, 6, 7, 8))
    assert [one.seed for one in second.candidates] == [one.seed for one in first.candidates]
    camera.gate.set()
    over(drawing)
    assert sorted(camera.asked) == [1, 2, 3, 4]


def test_no_more_than_a_few_are_on_the_easel_at_once(drawing: Engine, camera: Gated) -> None:
    drawing.avatars.draw_candidates(MARA, (1, 2, 3, 4))
    until(lambda: len(camera.asked) == AT_ONCE)
    states = [one.state for one in job_of(drawing).candidates]
    assert (states.count("drawing"), states.count("waiting")) == (AT_ONCE, 4 - AT_ONCE)


def test_cancelling_keeps_what_is_on_the_easel_and_begins_nothing_more(drawing: Engine, camera: Gated) -> None:
    drawing.avatars.draw_candidates(MARA, (1, 2, 3, 4))
    until(lambda: len(camera.asked) == AT_ONCE)
    drawing.avatars.cancel_candidates(MARA)
    camera.gate.set()
    states = sorted(one.state for one in over(drawing).candidates)
    assert states == ["cancelled"] * (4 - AT_ONCE) + ["ready"] * AT_ONCE
    assert len(camera.asked) == AT_ONCE
    assert len(drawing.avatars.of_character(MARA)) == 1 + AT_ONCE


def test_one_that_fails_says_why_and_the_others_are_drawn(told_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(told_home, home)
    camera = Gated(busy_for=frozenset({2}))
    camera.gate.set()
    with open_engine(quiet(home, ""), camera=camera) as engine:
        engine.avatars.draw_candidates(MARA, (1, 2, 3))
        told = {one.seed: (one.state, one.error) for one in over(engine).candidates}
    assert told == {1: ("ready", None), 2: ("failed", BUSY), 3: ("ready", None)}


def test_an_engine_that_closes_leaves_no_row_of_an_unfinished_picture(told_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(told_home, home)
    camera = Gated()
    with open_engine(quiet(home, ""), camera=camera) as engine:
        engine.avatars.draw_candidates(MARA, (1, 2, 3, 4))
        until(lambda: len(camera.asked) == AT_ONCE)
        jobs, mara = engine.avatars.jobs, engine.characters.get(MARA).id
    camera.gate.set()
    until(lambda: (job := jobs.of(mara)) is not None and not job.running)
    with open_engine(quiet(home, "")) as again:
        assert len(again.avatars.of_character(MARA)) == 1
        assert again.avatars.candidates(MARA) is None


@pytest.mark.parametrize("seeds", [(), (1, 1), tuple(range(1, MOST + 2))])
def test_seeds_that_make_no_sense_are_refused(drawing: Engine, seeds: tuple[int, ...]) -> None:
    with pytest.raises(BadInput, match="Ask for 1 to"):
        drawing.avatars.draw_candidates(MARA, seeds)


def test_a_look_under_age_is_refused_before_anything_is_drawn(drawing: Engine, camera: Gated) -> None:
    drawing.avatars.save_kit(MARA, AvatarKit(appearance_prompt="a 15-year-old girl"))
    with pytest.raises(BadInput, match="adults"):
        drawing.avatars.draw_candidates(MARA, (1,))
    assert camera.asked == []
    assert drawing.avatars.candidates(MARA) is None


def test_a_character_without_a_kit_is_told_to_describe_the_looks_first(drawing: Engine) -> None:
    world = drawing.worlds.all()[0]
    other = drawing.characters.save(tiny.character(world.id, slug="other", name="Other"))
    with pytest.raises(NotFound, match="describe the looks first"):
        drawing.avatars.draw_candidates(other.id, (1,))


def test_fresh_seeds_are_never_those_of_a_retired_picture(drawing: Engine, camera: Gated) -> None:
    camera.gate.set()
    assert drawing.avatars.fresh_seeds(MARA, 4) == (1, 2, 3, 4)
    drawing.avatars.draw_candidates(MARA, (1, 3))
    job = over(drawing)
    drawing.avatars.retire(MARA, job.candidates[0].asset_id or "")
    assert drawing.avatars.fresh_seeds(MARA, 4) == (2, 4, 5, 6)


def test_a_retired_picture_is_offered_no_longer_and_cannot_be_chosen(drawing: Engine, camera: Gated) -> None:
    camera.gate.set()
    drawing.avatars.draw_candidates(MARA, (1, 2))
    first = over(drawing).candidates[0].asset_id or ""
    path = next(one.storage_path for one in drawing.avatars.of_character(MARA) if one.asset_id == first)
    drawing.avatars.retire(MARA, first)
    drawing.avatars.retire(MARA, first)
    assert first not in [one.asset_id for one in drawing.avatars.of_character(MARA)]
    assert drawing.storage.exists(path)
    with pytest.raises(Conflict, match="retired"):
        drawing.avatars.choose(MARA, first)


def test_the_face_in_use_cannot_be_retired_nor_one_of_another_kit(drawing: Engine) -> None:
    face = drawing.avatars.of_character(MARA)[0]
    with pytest.raises(Conflict, match="in use"):
        drawing.avatars.retire(MARA, face.asset_id)
    world = drawing.worlds.all()[0]
    other = drawing.characters.save(tiny.character(world.id, slug="other", name="Other"))
    drawing.avatars.save_kit(other.id, AvatarKit(appearance_prompt="grey hair"))
    with pytest.raises(NotFound):
        drawing.avatars.retire(other.id, face.asset_id)
