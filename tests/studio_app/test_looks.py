"""The screen Looks: the kit in words, candidates, choosing, retiring, uploading."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.story.avatar_kit import AvatarKit
from engine.wiring import Engine
from tests import tiny
from tests.studio.avatars.easels import BUSY, Gated, over, until
from tests.studio_app.conftest import typed
from tests.studio_app.seats import HOSTILE, MARA, again, is_tame, keys, press, seat, told, words


@pytest.fixture
def camera() -> Gated:
    """A painter at a closed gate."""
    return Gated(busy_for=frozenset({4}))


@pytest.fixture
def engine(told_home: Path, tmp_path: Path, camera: Gated) -> Iterator[Engine]:
    """A house with the tiny story, drawn by the gated painter."""
    with told(told_home, tmp_path / "home", camera) as opened:
        yield opened
        camera.gate.set()


def bare(engine: Engine, **changes: object) -> str:
    """A character without a kit: its id."""
    world = engine.worlds.all()[0]
    return engine.characters.save(tiny.character(world.id, **({"slug": "other", "name": "Other"} | changes))).id


def test_a_character_without_a_kit_is_asked_for_the_look_first(engine: Engine) -> None:
    app = seat("looks", id=bare(engine))
    assert "Save the look first" in words(app)
    assert "anchors_draw" not in keys(app)


def test_an_unknown_character_is_a_sentence(engine: Engine) -> None:
    assert "There is no character" in seat("looks", id="nobody").info[0].value


def test_the_kit_is_saved_and_then_candidates_can_be_drawn(engine: Engine) -> None:
    other = bare(engine)
    app = seat("looks", id=other)
    typed(app, f"kit.{other}.appearance_prompt", "grey hair, a green coat")
    press(app, "save")
    assert engine.avatars.kit_of(other).appearance_prompt == "grey hair, a green coat"
    assert "anchors_draw" in keys(app)
    assert "No face yet" in words(app)


def test_words_that_were_typed_survive_a_reload(engine: Engine) -> None:
    mara = engine.characters.get(MARA).id
    app = seat("looks", id=mara)
    typed(app, f"kit.{mara}.appearance_prompt", "red hair")
    anew = seat("looks", id=mara)
    assert anew.text_area(key=f"kit.{mara}.appearance_prompt").value == "red hair"
    assert "drawn from the look as it was last saved" in words(anew)


def test_a_save_over_somebody_elses_is_refused(engine: Engine) -> None:
    mara = engine.characters.get(MARA).id
    app = seat("looks", id=mara)
    typed(app, f"kit.{mara}.appearance_prompt", "red hair")
    engine.avatars.save_kit(mara, AvatarKit(appearance_prompt="theirs"))
    press(app, "save")
    assert engine.avatars.kit_of(mara).appearance_prompt == "theirs"
    assert "saved by somebody else" in words(app)


def test_two_clicks_draw_four_candidates_once_and_a_reload_finds_the_job(engine: Engine, camera: Gated) -> None:
    app = seat("looks", id=MARA)
    app.button(key="anchors_draw").click()
    again(app)
    assert "Drawing candidates: 0 of 4" in app.get("progress")[0].proto.text  # pyright: ignore[reportAttributeAccessIssue]
    assert "anchors_draw" not in keys(app)
    reloaded = seat("looks", id=MARA)
    assert "anchors_cancel" in keys(reloaded)
    camera.gate.set()
    over(engine)
    again(reloaded)
    assert sorted(camera.asked) == [1, 2, 3, 4]
    assert len(engine.avatars.of_character(MARA)) == 1 + 3
    assert BUSY in words(reloaded)
    assert {"Seed 1", "Seed 2", "Seed 3", "Uploaded"} <= {one.value for one in reloaded.caption}


def test_a_cancelled_job_keeps_what_was_drawn(engine: Engine, camera: Gated) -> None:
    app = seat("looks", id=MARA)
    press(app, "anchors_draw")
    until(lambda: len(camera.asked) == 2)
    press(app, "anchors_cancel")
    camera.gate.set()
    over(engine)
    assert "anchors_draw" in keys(again(app))
    assert len(engine.avatars.of_character(MARA)) == 1 + 2


def drawn(engine: Engine, camera: Gated) -> str:
    """A drawn candidate: its asset id."""
    camera.gate.set()
    return engine.avatars.draw_anchor(MARA, 1)


def test_choosing_puts_a_face_in_use_and_makes_the_release_stale(engine: Engine, camera: Gated) -> None:
    asset = drawn(engine, camera)
    app = press(seat("looks", id=MARA), f"choose_{asset}")
    assert [one.asset_id for one in engine.avatars.of_character(MARA) if one.is_primary] == [asset]
    assert f"choose_{asset}" not in keys(app)
    assert engine.releases.status(MARA).changed == ("kit.anchor",)


def test_retiring_asks_first_and_deletes_nothing(engine: Engine, camera: Gated) -> None:
    asset = drawn(engine, camera)
    app = press(seat("looks", id=MARA), f"retire_{asset}")
    assert len(engine.avatars.of_character(MARA)) == 2
    press(app, "retire_yes")
    assert [one.mode for one in engine.avatars.of_character(MARA)] == ["upload"]
    assert f"retire_{asset}" not in keys(app)


def test_the_face_in_use_cannot_be_retired_from_the_screen(engine: Engine) -> None:
    asset = engine.avatars.of_character(MARA)[0].asset_id
    assert not {f"retire_{asset}", f"choose_{asset}"} & keys(seat("looks", id=MARA))


def test_a_picture_is_uploaded_once(engine: Engine) -> None:
    app = seat("looks", id=MARA)
    app.file_uploader(key="anchors_upload_0").set_value(("face.png", tiny.portrait(), "image/png"))
    press(again(app), "anchors_add")
    assert len(engine.avatars.of_character(MARA)) == 2
    assert "anchors_add" not in keys(app)


def test_what_is_no_picture_is_refused_with_a_sentence(engine: Engine) -> None:
    app = seat("looks", id=MARA)
    app.file_uploader(key="anchors_upload_0").set_value(("face.png", b"<svg onload=alert(1)>", "image/png"))
    press(again(app), "anchors_add")
    assert len(app.error) == 1
    assert len(engine.avatars.of_character(MARA)) == 1


def test_hostile_words_stay_words(engine: Engine) -> None:
    other = bare(engine, name=HOSTILE[:80])
    engine.avatars.save_kit(other, AvatarKit(appearance_prompt=HOSTILE))
    app = seat("looks", id=other)
    assert app.text_area(key=f"kit.{other}.appearance_prompt").value == HOSTILE
    assert is_tame(app)


def test_the_painter_is_named(engine: Engine) -> None:
    assert "offline painter" in words(seat("looks", id=MARA))
