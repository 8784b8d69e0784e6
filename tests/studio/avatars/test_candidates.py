"""Candidates of a face: drawn by the engine whoever watches, chosen, retired, never deleted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.errors import BadInput, Conflict, NotFound
from engine.images.tables import image_assets
from engine.story.avatar_kit import AvatarKit
from engine.studio.avatars.easel import AT_ONCE
from engine.studio.avatars.jobs import MOST
from engine.studio.avatars.tables import anchor_candidates
from engine.wiring import Engine, open_engine
from tests import tiny
from tests.conftest import quiet
from tests.play.troupe import broken
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


def test_an_engine_that_closes_leaves_its_candidates_to_the_next_start(told_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(told_home, home)
    camera = Gated()
    with open_engine(quiet(home, ""), camera=camera) as engine:
        engine.avatars.draw_candidates(MARA, (1, 2, 3, 4))
        until(lambda: len(camera.asked) == AT_ONCE)
    with open_engine(quiet(home, ""), camera=camera) as again:
        assert [one.seed for one in job_of(again).candidates] == [1, 2, 3, 4]
        camera.gate.set()
        assert [one.state for one in over(again).candidates] == ["ready"] * 4
        assert len(again.avatars.of_character(MARA)) == 1 + 4
        assert broken(again) == {}


def test_two_who_click_at_once_draw_once(drawing: Engine, camera: Gated) -> None:
    with ThreadPoolExecutor(8) as writers:
        clicks = [writers.submit(drawing.avatars.draw_candidates, MARA, (seed, seed + 1)) for seed in range(1, 17, 2)]
    assert len({tuple(one.seed for one in click.result().candidates) for click in clicks}) == 1
    camera.gate.set()
    over(drawing)
    assert len(camera.asked) == 2


def test_candidates_are_drawn_in_the_words_of_their_wish(drawing: Engine, camera: Gated) -> None:
    told = drawing.avatars.kit_of(MARA).appearance_prompt
    drawing.avatars.draw_candidates(MARA, (1, 2, 3))
    drawing.avatars.save_kit(MARA, AvatarKit(appearance_prompt="green hair"))
    camera.gate.set()
    over(drawing)
    with drawing.play.desk.db.read() as tx:
        words = list(tx.scalars(sa.select(image_assets.c.prompt).where(image_assets.c.mode == "anchor")))
    assert len(words) == 3
    assert all(told in one and "green hair" not in one for one in words)


def test_a_job_that_is_over_gives_way_to_the_next(drawing: Engine, camera: Gated) -> None:
    camera.gate.set()
    drawing.avatars.draw_candidates(MARA, (1, 2))
    over(drawing)
    drawing.avatars.draw_anchor(MARA, 3)
    assert [(one.seed, one.state) for one in job_of(drawing).candidates] == [(3, "ready")]
    with drawing.play.desk.db.read() as tx:
        assert list(tx.scalars(sa.select(anchor_candidates.c.seed))) == [3]


def test_a_picture_that_is_under_way_already_is_waited_for(drawing: Engine, camera: Gated) -> None:
    drawing.avatars.draw_candidates(MARA, (1,))
    until(lambda: camera.asked == [1])
    with ThreadPoolExecutor(1) as second:
        waiting = second.submit(drawing.avatars.draw_anchor, MARA, 1)
        camera.gate.set()
        assert waiting.result() == over(drawing).candidates[0].asset_id
    assert camera.asked == [1]


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
