"""Putting a picture together: place, shadow, person in its light, what stands in front, air and grain."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from engine.providers.images.offline.catalogue import Backdrop
from engine.providers.images.offline.colours import mix, rgb
from engine.providers.images.offline.light import KeyLight, Plane, grained, grid, motes, picture, relit, vignette
from engine.providers.images.offline.parts import BOARD
from engine.providers.images.offline.place import Place, draw_falling, draw_front, draw_place, prop_glow
from engine.providers.images.offline.stage import Stage
from engine.providers.images.offline.words import choose

_HEADROOM = 44
"""Board units kept free above a head, also in a close picture."""
_READABLE = 0.6
_JITTER = 14
_LOWERED = 160
"""How far what stands in front sinks when the person comes closer, per scale of 1."""
_GRAIN = 2.2
_IN, _OUT = 0.5, 0.22
"""How dark a person's shadow is on what is behind: little in the open."""
_PORTRAIT_VIGNETTE = 0.22
_PORTRAIT_LIGHT = KeyLight("#fffdfa", "#fff0d8", strength=0.3, shade=0.12, from_left=True)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A finished picture (RGB) and where its person is seen (L, white = person)."""

    image: Image.Image
    mask: Image.Image


def draw_portrait(folder: Path, stage: Stage, figure: Image.Image, seed: int) -> Drawing:
    """A person before a plain backdrop in even light: what an anchor should be."""
    del folder
    size = figure.width
    scene = ImageChops.screen(_backdrop(stage.backdrop, size), motes(size, seed, stage.backdrop.centre, 0.25))
    person = relit(figure, _PORTRAIT_LIGHT)
    scene = _with_shadow(scene, person.getchannel("A"), from_left=True, strength=0.22)
    scene.paste(person, (0, 0), person)
    scene = ImageChops.multiply(scene, vignette(size, _PORTRAIT_VIGNETTE, "#ffffff", 0.0))
    return Drawing(grained(scene, seed, _GRAIN * 0.6), figure.getchannel("A"))


def draw_scene(folder: Path, stage: Stage, figure: Image.Image, seed: int) -> Drawing:
    """A person in a place, as near as the tension says, behind the things of the moment."""
    size, from_left = figure.width, stage.room.key_from == "left"
    place = Place(stage.room, stage.time, stage.light, stage.weather, stage.variant)
    scene = draw_place(folder, place, size, stage.distance.blur)
    scene = ImageChops.screen(scene, motes(size, seed, stage.light.key, _mote_strength(stage)))
    person = relit(_placed(figure, stage, seed), _key_light(stage, place))
    scene = _with_shadow(
        scene, person.getchannel("A"), from_left=from_left, strength=_OUT if stage.room.outdoors else _IN
    )
    scene.paste(person, (0, 0), person)
    mask = person.getchannel("A")
    lowered = max(0.0, stage.distance.scale - 1) * _LOWERED
    front = draw_front(folder, place, stage.props, size, lowered)
    if front is not None:
        scene.paste(front, (0, 0), front)
        mask = ImageChops.subtract(mask, front.getchannel("A"))
    if (glow := prop_glow(place, stage.props, size, lowered)) is not None:
        scene = ImageChops.screen(scene, glow)
    return Drawing(_finished(folder, scene, stage, seed), mask)


def _finished(folder: Path, scene: Image.Image, stage: Stage, seed: int) -> Image.Image:
    """Weather in the air, darker corners, the mood's tint and grain."""
    if stage.weather is not None and stage.weather.falls and stage.room.outdoors:
        air = draw_falling(folder, stage.weather.part, scene.width)
        scene.paste(air, (0, 0), air)
    tint, amount = (stage.mood.tint, stage.mood.amount) if stage.mood else ("#ffffff", 0.0)
    scene = ImageChops.multiply(scene, vignette(scene.width, stage.light.vignette, tint, amount))
    return grained(scene, seed, _GRAIN)


def _key_light(stage: Stage, place: Place) -> KeyLight:
    """The light of the place, softened on a person so that a face stays readable in the dark."""
    preset = stage.light
    ambient = mix(place.ambient, preset.person, _READABLE)
    return KeyLight(ambient, preset.key, preset.key_strength, preset.shade, stage.room.key_from == "left")


def _mote_strength(stage: Stage) -> float:
    return 0.5 * stage.light.lamps * (0.3 + 0.7 * stage.time.lit)


def _backdrop(colours: Backdrop, size: int) -> Image.Image:
    x, y = grid(max(8, size // 4))
    near = np.exp(-((np.hypot(x - BOARD * 0.42, (y - BOARD * 0.36) * 0.9) / (BOARD * 0.52)) ** 2))[:, :, None]
    centre, rim = (np.array(rgb(colour), dtype=np.float32) / 255 for colour in (colours.centre, colours.rim))
    plane: Plane = (rim + (centre - rim) * near).astype(np.float32)
    return picture(plane, size)


def _with_shadow(scene: Image.Image, alpha: Image.Image, *, from_left: bool, strength: float) -> Image.Image:
    """The soft dark that a person throws on what is behind, away from the light. A new picture."""
    quarter = alpha.resize((max(8, alpha.width // 4), max(8, alpha.height // 4)), Image.Resampling.BOX)
    moved = Image.new("L", quarter.size, 0)
    aside = max(1, quarter.width // 22)
    moved.paste(quarter, (aside if from_left else -aside, aside // 2))
    soft = moved.filter(ImageFilter.GaussianBlur(quarter.width / 22)).resize(alpha.size, Image.Resampling.BILINEAR)
    return ImageChops.multiply(
        scene, Image.merge("RGB", [soft.point([round(255 - v * strength) for v in range(256)])] * 3)
    )


def _placed(figure: Image.Image, stage: Stage, seed: int) -> Image.Image:
    """The figure scaled, leaned and moved as the distance says; its head stays in the picture."""
    size, unit = figure.width, figure.width / BOARD
    box = figure.getchannel("A").point([0] * 64 + [255] * 192).getbbox() or (0, 0, size, size)
    side = choose((-1, 1), stage.variant, "side")
    scale, lean = stage.distance.scale, math.radians(stage.distance.tilt * -side)
    jitter = (seed % (2 * _JITTER + 1) - _JITTER) * unit
    across = size / 2 + side * stage.distance.shift * unit + jitter
    down = max(0.0, _HEADROOM * unit - (size - (size - box[1]) * scale))
    cosine, sine = math.cos(lean) / scale, math.sin(lean) / scale
    x0, y0 = across, size + down
    inverse = (
        cosine, sine, size / 2 - cosine * x0 - sine * y0,
        -sine, cosine, size + sine * x0 - cosine * y0,
    )  # fmt: skip
    return figure.transform((size, size), Image.Transform.AFFINE, inverse, Image.Resampling.BICUBIC)
