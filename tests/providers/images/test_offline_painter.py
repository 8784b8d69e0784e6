"""The offline painter: the same request gives the same picture, and the same person stays the same person."""

from __future__ import annotations

import io
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from engine.errors import ProviderRefused, SettingsProblem
from engine.providers.images import Picture, PictureRequest, Reference
from engine.providers.images.offline import OfflinePainter
from engine.providers.images.offline.catalogue import catalogue
from engine.providers.images.offline.figure import figure_drawing
from engine.providers.images.offline.look import Described, read_look
from engine.providers.images.offline.parts import fill
from engine.providers.images.offline.stage import read_stage

FOLDER = Path(__file__).parents[3] / "data" / "painter"
SIZE = 256
FloatArray = NDArray[np.float64]
MARA = "shoulder-length copper hair, grey eyes, pale skin, dark green coat"
TOMAS = "short messy black hair, brown eyes, tan skin, navy suit"
LOOKALIKE = "auburn braid, hazel eyes, light skin, denim jacket"
ELSE = "swept back silver hair, green eyes, olive skin, brown cardigan"
PLACES = (
    {"environment": "indoor_cafe", "lighting": "warm", "time_of_day": "evening", "tension": "30-60"},
    {"environment": "outdoor_park", "lighting": "bright", "time_of_day": "afternoon", "tension": "0-30"},
    {"environment": "archive", "lighting": "dim_intimate", "time_of_day": "night", "tension": "60-80"},
    {"environment": "ferry", "lighting": "dramatic", "time_of_day": "evening", "tension": "80-100"},
    {"environment": "rooftop", "lighting": "warm", "time_of_day": "night", "tension": "30-60"},
)


def paint(
    words: str = "",
    *,
    hints: Mapping[str, str] | None = None,
    references: tuple[Reference, ...] = (),
    seed: int = 1,
    size: int = SIZE,
    **more: str,
) -> Picture:
    request = PictureRequest(words, references=references, seed=seed, size=size, hints={**(hints or {}), **more})
    return OfflinePainter(FOLDER).draw(request)


@cache
def anchor(appearance: str, tag: str) -> Picture:
    return paint(kind="anchor", appearance=appearance, gender_tag=tag)


def pixels(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def head(picture: Picture, zoom: float, lean: float, wide: int) -> Image.Image:
    """Around the face of a picture's person, found by the mask: `wide` x `wide` pixels, 24 of them the face itself."""
    assert picture.mask is not None
    mask = np.asarray(Image.open(io.BytesIO(picture.mask))) > 128
    top, spread = int(np.flatnonzero(mask.any(axis=1))[0]), mask.sum(axis=1)
    across = int(np.median(spread[top + SIZE // 12 : top + SIZE // 5]))
    middle = float(np.flatnonzero(mask[top + across // 2]).mean()) + SIZE
    down, half = top + across * 0.8 + SIZE, across * 0.38 * zoom * wide / 24
    # a head may stand at the edge: the picture is mirrored beyond it
    padded = np.pad(np.asarray(pixels(picture.png)), ((SIZE, SIZE), (SIZE, SIZE), (0, 0)), mode="reflect")
    upright = Image.fromarray(padded).rotate(lean, Image.Resampling.BILINEAR, center=(middle, down))
    return upright.resize((wide, wide), Image.Resampling.BOX, (middle - half, down - half, middle + half, down + half))


def even(crops: FloatArray) -> FloatArray:
    """Crops (… x height x width x 3) without their light and colour cast."""
    return (crops - crops.mean((-3, -2), keepdims=True)) / (crops.std((-3, -2), keepdims=True) + 1e-6)


def matched(scene: Picture, wanted: FloatArray, zoom: float, lean: float, step: int) -> float:
    """The best match of a face at one size and lean, over all shifts of `step` pixels."""
    around = np.asarray(head(scene, zoom, lean, 36), dtype=np.float64)
    windows = np.lib.stride_tricks.sliding_window_view(around, (24, 24), axis=(0, 1))[::step, ::step]
    return float((even(np.moveaxis(windows, 2, -1)) * wanted).mean((-3, -2, -1)).max())


def likeness(scene: Picture, known: Picture) -> float:
    """How much the face of a known picture is in a scene (1 = the same): the best over small shifts, sizes and leans.

    Roughly first, then finely where it fitted best. The search is the same for one's own face and for a stranger's.
    """
    wanted = even(np.asarray(head(known, 1.0, 0.0, 24), dtype=np.float64))
    poses = [(zoom, lean) for zoom in (0.75, 0.82, 0.9, 1.0, 1.1, 1.2, 1.32) for lean in (-2.5, 0.0, 2.5)]
    rough = sorted(poses, key=lambda pose: matched(scene, wanted, *pose, step=3))
    return max(matched(scene, wanted, *pose, step=1) for pose in rough[-5:])


def difference(one: Picture, other: Picture) -> float:
    pair = [np.asarray(pixels(picture.png), dtype=np.float64) for picture in (one, other)]
    return float(np.abs(pair[0] - pair[1]).mean())


def test_the_same_request_gives_the_same_bytes() -> None:
    wish = {"kind": "scene", "appearance": MARA, "props": "cup, letter", "environment": "cafe", "mood": "longing"}
    first, again = paint("rain", seed=7, hints=wish), paint("rain", seed=7, hints=wish)
    assert (first.png, first.mask) == (again.png, again.mask)


def test_another_seed_gives_another_picture() -> None:
    assert paint(kind="scene", appearance=MARA, seed=1).png != paint(kind="scene", appearance=MARA, seed=2).png
    assert difference(paint("someone", kind="anchor", seed=1), paint("someone", kind="anchor", seed=2)) > 3


def test_a_picture_has_the_size_that_was_asked_for_and_costs_nothing() -> None:
    drawn = paint(kind="scene", appearance=MARA, size=200)
    assert pixels(drawn.png).size == (200, 200)
    assert drawn.mask is not None
    mask = Image.open(io.BytesIO(drawn.mask))
    assert (mask.size, mask.mode) == ((200, 200), "L")
    assert (drawn.cost, drawn.model) == (0.0, "offline-painter-1")
    assert drawn.latency_ms > 0


def test_one_face_stays_through_five_places_and_lights() -> None:
    mara, lookalike, stranger = anchor(MARA, "1woman"), anchor(LOOKALIKE, "1woman"), anchor(TOMAS, "1man")
    for seed, place in enumerate(PLACES, start=2):
        scene = paint(references=(Reference(mara.png, mara.mask),), kind="scene", seed=seed, hints=place)
        own = likeness(scene, mara)
        assert own > 0.8, place
        assert own > likeness(scene, lookalike), place
        assert own > likeness(scene, stranger) + 0.2, place


def test_places_and_lights_differ_from_each_other() -> None:
    mara = anchor(MARA, "1woman")
    scenes = [paint(references=(Reference(mara.png, mara.mask),), kind="scene", hints=place) for place in PLACES]
    assert all(difference(one, other) > 15 for k, one in enumerate(scenes) for other in scenes[:k])


def test_words_about_looks_cannot_change_a_face_that_a_reference_shows() -> None:
    mara = Reference(anchor(MARA, "1woman").png, anchor(MARA, "1woman").mask)
    plain = paint(references=(mara,), kind="scene", hints=PLACES[0])
    talked = paint(references=(mara,), kind="scene", appearance=ELSE, gender_tag="1man", hints=PLACES[0])
    assert difference(plain, talked) < 4


def test_an_uploaded_picture_without_a_mask_is_visibly_used() -> None:
    upload = io.BytesIO()
    Image.effect_mandelbrot((300, 420), (-2, -1.5, 1, 1.5), 60).convert("RGB").save(upload, "JPEG")
    striped = io.BytesIO()
    Image.linear_gradient("L").resize((300, 300)).convert("RGB").save(striped, "WEBP")
    first, second = (
        paint(references=(Reference(raw.getvalue()),), kind="scene", hints=PLACES[1]) for raw in (upload, striped)
    )
    assert first.mask is not None
    seen = np.asarray(Image.open(io.BytesIO(first.mask))) > 200
    gap = np.abs(np.asarray(pixels(first.png), np.float64) - np.asarray(pixels(second.png), np.float64))
    assert seen.mean() > 0.15
    assert gap[seen].mean() > 30


@pytest.mark.parametrize("raw", [b"", b"GIF89a not a picture", anchor(MARA, "1woman").png[:400]])
def test_a_broken_reference_is_refused_with_a_sentence(raw: bytes) -> None:
    with pytest.raises(ProviderRefused, match="cannot be read"):
        paint(references=(Reference(raw),), kind="scene")
    with pytest.raises(ProviderRefused, match="cannot be read"):
        paint(references=(Reference(anchor(MARA, "1woman").png, raw),), kind="scene")


def test_an_absurd_size_or_two_references_are_refused() -> None:
    mara = Reference(anchor(MARA, "1woman").png)
    with pytest.raises(ProviderRefused, match="64 to 2048"):
        paint(size=100_000)
    with pytest.raises(ProviderRefused, match="one reference"):
        paint(references=(mara, mara))


def test_unknown_words_still_give_a_person_in_a_place() -> None:
    for words in ("", "zxqv", "一个人在咖啡馆", "\x00\ud800", "word " * 5_000):
        drawn = paint(words, kind="scene", environment=words, lighting=words, tension=words, appearance=words)
        assert drawn.mask is not None
        assert np.asarray(Image.open(io.BytesIO(drawn.mask))).mean() > 20


def test_hostile_words_reach_no_drawing() -> None:
    attack = "</svg><script>alert(1)</script> & < > \" ' {hair} {looks.__class__} <!ENTITY x SYSTEM 'passwd'>"
    keys = ("appearance", "key_features", "environment", "setting", "mood", "action", "props", "expression", "framing")
    looks = catalogue(FOLDER)
    look = read_look(Described(attack + MARA, attack, attack, attack), looks.looks, 1)
    drawing = figure_drawing(FOLDER, look, looks.faces.expressions[0])
    assert not re.search(r"script|ENTITY|passwd|[{}]", drawing)
    assert pixels(paint(attack, hints=dict.fromkeys(keys, attack)).png).size == (SIZE, SIZE)
    assert read_stage(PictureRequest("", hints=dict.fromkeys(keys, attack)), looks).props == ()


@pytest.mark.parametrize("value", ['red" onload="x', "url(http://example.org)", "#12345", "", "1e9", "<b>"])
def test_a_slot_takes_a_colour_or_a_number_and_nothing_else(value: str) -> None:
    assert fill('<path fill="{hair}" width="{wide}"/>', {"hair": "#a0b1c2", "wide": "-1.5"}).count("{") == 0
    with pytest.raises(SettingsProblem, match=r"slot \{hair\}"):
        fill('<path fill="{hair}"/>', {"hair": value})


def test_words_become_looks() -> None:
    looks = catalogue(FOLDER).looks
    mara = read_look(Described(f"{MARA}, round glasses, freckles, no earrings", "1woman", "slim"), looks, 5)
    elder = read_look(
        Described("bald, full beard, deep skin, white shirt under a charcoal blazer", "1man", "", "60s"), looks, 5
    )
    assert (mara.hair, mara.eye, mara.skin) == ("#b0532c", "#7d8b99", "#f6dacb")
    assert (mara.garment, mara.back, mara.fall) == ("coat", "shoulder", "shoulder")
    assert {part for _, part in mara.extras} == {"round_glasses", "freckles"}
    assert (elder.garment, elder.cloth, elder.under) == ("blazer", "#3c3f48", "#eeebe4")
    assert (elder.front, elder.skin) == ("", "#6b432e")
    assert {part for _, part in elder.extras} == {"beard", "lines"}


def test_hints_and_words_set_the_stage() -> None:
    data = catalogue(FOLDER)
    hinted = read_stage(
        PictureRequest("", hints={"environment": "old library", "props": "a key, a cup", "expression": "a wary frown"}),
        data,
    )
    worded = read_stage(
        PictureRequest("on a foggy pier at night, dim light, she laughs, an umbrella in her hand"), data
    )
    assert (hinted.room.name, hinted.expression.name) == ("archive", "wary")
    assert [prop.part for prop in hinted.props] == ["key", "cup"]
    assert (worded.room.name, worded.time.sky, worded.expression.name) == ("ferry", "night", "laugh")
    assert worded.weather is not None
    assert (worded.weather.part, [prop.part for prop in worded.props]) == ("fog", ["umbrella"])


def test_an_unknown_place_is_the_same_neutral_room_each_time() -> None:
    data = catalogue(FOLDER)
    rooms = {
        read_stage(PictureRequest("x", seed=seed, hints={"environment": "qwertz"}), data).room.name for seed in range(5)
    }
    assert len(rooms) == 1
    assert rooms <= {room.name for room in data.stage.rooms if room.neutral}


def test_a_nearer_tension_shows_a_larger_person() -> None:
    mara = anchor(MARA, "1woman")
    seen: list[float] = []
    for tension in ("0-30", "30-60", "60-80", "80-100"):
        drawn = paint(references=(Reference(mara.png, mara.mask),), kind="scene", environment="street", tension=tension)
        assert drawn.mask is not None
        seen.append(float(np.asarray(Image.open(io.BytesIO(drawn.mask))).mean()))
    assert seen == sorted(seen)
    assert seen[-1] > seen[0] * 1.4


def named_parts() -> set[str]:
    """Every part that the data files and the painter ask for."""
    data = catalogue(FOLDER)
    looks, stage = data.looks, data.stage
    names = {f"hair_{layer}/{getattr(style, layer)}" for style in looks.styles for layer in ("back", "front", "fall")}
    names |= {f"clothes/{row.kind}" for row in looks.clothes} | {f"extras/{row.part}" for row in looks.extras}
    names |= {f"faces/{row.part}" for row in looks.faces} | {f"noses/{row.part}" for row in looks.noses}
    for row in data.faces.expressions:
        names |= {f"eyes/{row.eyes}", f"brows/{row.brows}", f"brows/{row.heavy}", f"mouths/{row.mouth}"}
    for room in stage.rooms:
        names |= {f"rooms/{room.name}", f"views/{room.view}", f"fronts/{room.front}"}
    for weather in stage.weathers:
        names |= {f"weather/{weather.part}", f"skies/{weather.sky}", f"skies/{weather.sky_night}"}
    names |= {f"skies/{row.sky}" for row in stage.times.values()} | {f"props/{row.part}" for row in stage.props}
    return {name for name in names if not name.endswith("/")} | {"bodies/plain", "fronts/ledge"}


def test_every_part_that_is_named_exists_and_none_lies_unused() -> None:
    there = {
        path.relative_to(FOLDER / "parts").with_suffix("").as_posix() for path in (FOLDER / "parts").rglob("*.svg")
    }
    assert named_parts() == there
    held = {"looks.toml", "faces.toml", "stage.toml", "instead.toml", "parts"}
    assert {path.name for path in FOLDER.glob("*")} == held


def test_every_look_room_thing_and_expression_can_be_drawn() -> None:
    data = catalogue(FOLDER)
    garments, extras = data.looks.clothes, ", ".join(extra.words[-1] for extra in data.looks.extras)
    for k, style in enumerate(data.looks.styles):
        row = garments[k % len(garments)]
        words = f"{' '.join(style.words)} hair, {row.words[0]}" + (f", {extras}" if k == 0 else "")
        paint(kind="anchor", appearance=words, size=64)
    for k, room in enumerate(data.stage.rooms):
        things = ", ".join(prop.words[0] for prop in data.stage.props[k % 17 :][:3])
        sky, hour = ("rain", "snow", "fog", "")[k % 4], list(data.stage.times)[k // 2 % 4]
        mien = data.faces.expressions[k % len(data.faces.expressions)].name
        paint(
            kind="scene", environment=room.name, props=things, setting=sky, time_of_day=hour, expression=mien, size=64
        )


def test_a_misspelt_field_in_a_data_file_is_named(tmp_path: Path) -> None:
    for name in ("looks.toml", "faces.toml", "stage.toml"):
        (tmp_path / name).write_text((FOLDER / name).read_text("utf-8").replace("mouth =", "moth ="), "utf-8")
    with pytest.raises(SettingsProblem, match=r"faces\.toml is wrong at expressions\.0"):
        OfflinePainter(tmp_path).draw(PictureRequest("someone"))


def test_the_data_files_are_plain_toml_without_words_for_the_young() -> None:
    text = "".join((FOLDER / name).read_text("utf-8") for name in ("looks.toml", "faces.toml", "stage.toml"))
    assert tomllib.loads((FOLDER / "stage.toml").read_text("utf-8"))["rooms"]
    assert not re.search(r"\b(?:child|teen|schoolgirl|schoolboy|1girl|1boy|school)\b", text)
