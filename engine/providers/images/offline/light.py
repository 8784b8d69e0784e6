"""Light on pixels: blur, tint, lamps, rims, vignette, mood and grain; seeded, and at a quarter size where it can be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

from engine.providers.images.offline.colours import rgb
from engine.providers.images.offline.parts import BOARD

Plane = NDArray[np.float32]
"""Height x width (or height x width x 3), 0-1."""


def tinted(image: Image.Image, colour: str) -> Image.Image:
    """An RGB picture multiplied by a colour."""
    return image.point([round(value * part / 255) for part in rgb(colour) for value in range(256)])


def blurred(image: Image.Image, radius: float) -> Image.Image:
    """Gaussian blur of `radius` pixels; wide ones are done at a smaller size."""
    step = 4 if radius >= 6 else 2 if radius >= 2.5 else 1  # noqa: PLR2004
    if step == 1:
        return image.filter(ImageFilter.GaussianBlur(radius))
    small = image.resize((max(1, image.width // step), max(1, image.height // step)), Image.Resampling.BOX)
    return small.filter(ImageFilter.GaussianBlur(radius / step)).resize(image.size, Image.Resampling.BICUBIC)


def picture(plane: NDArray[np.floating], size: int) -> Image.Image:
    """A plane as RGB or L picture of `size` x `size`."""
    small = Image.fromarray(np.clip(plane * 255.0 + 0.5, 0, 255).astype(np.uint8))
    return small.resize((size, size), Image.Resampling.BICUBIC)


def grid(size: int) -> tuple[Plane, Plane]:
    """The x and y of every pixel centre of a `size` x `size` plane, in board units."""
    axis = (np.arange(size, dtype=np.float32) + 0.5) * (BOARD / size)
    return axis[None, :], axis[:, None]


def lamps(size: int, glows: tuple[tuple[float, float, float, float], ...], colour: str, strength: float) -> Image.Image:
    """The shine of lamps (x, y, radius, strength in board units) as RGB to be screened over a picture."""
    quarter = max(8, size // 4)
    x, y = grid(quarter)
    shine = np.zeros((quarter, quarter), np.float32)
    for cx, cy, radius, power in glows:
        away = np.hypot(x - cx, y - cy) / radius
        shine += power * (0.85 * np.exp(-3.0 * away) + 0.45 * np.exp(-((away * 5) ** 2)))
    return picture(np.clip(shine * strength, 0, 1)[:, :, None] * _unit(colour), size)


def daylight(
    size: int, panes: tuple[tuple[float, float, float, float], ...], colour: str, strength: float
) -> Image.Image:
    """What windows (x, y, width, height) send into a room: a bloom around them and a slanting shaft, to be screened."""
    quarter = max(8, size // 4)
    x, y = grid(quarter)
    shine = np.zeros((quarter, quarter), np.float32)
    for px, py, wide, high in panes:
        slant = x - (y - py) * (0.45 if px + wide / 2 < BOARD / 2 else -0.45)
        inside = (slant > px) & (slant < px + wide) & (y > py)
        shine += np.where(inside, 0.34 * np.exp(-(y - py) / (high * 1.6)), 0.0)
        shine += np.where((x > px) & (x < px + wide) & (y > py) & (y < py + high), 0.30, 0.0)
    soft = picture(np.clip(shine * strength, 0, 1), size)
    soft = blurred(soft, size * 0.022)
    return Image.merge("RGB", [soft.point([round(v * part / 255) for v in range(256)]) for part in rgb(colour)])


@dataclass(frozen=True, slots=True)
class KeyLight:
    """The light a person stands in: what tints all of them, and the one lamp or window that models them."""

    ambient: str
    colour: str
    strength: float
    shade: float
    from_left: bool


def relit(figure: Image.Image, light: KeyLight) -> Image.Image:
    """A figure (RGBA) in a light: tinted, darker away from the key light, with a lit rim toward it."""
    size, alpha = figure.width, figure.getchannel("A")
    x, y = grid(max(8, size // 4))
    side = x / BOARD if light.from_left else 1 - x / BOARD
    falloff = 1 - light.shade * (np.clip((side - 0.30) * 1.35, 0, 1) + 0.22 * np.clip((y / BOARD - 0.5) * 2, 0, 1))
    warmth = 1 - (1 - _unit(light.colour)) * 0.5 * light.strength * np.clip(1 - side, 0, 1)[:, :, None]
    shine = picture(falloff[:, :, None] * _unit(light.ambient) * warmth, size)
    rim = _rim(alpha, from_left=light.from_left).point([round(v * light.strength * 0.85) for v in range(256)])
    edge = Image.merge("RGB", [rim.point([round(v * part / 255) for v in range(256)]) for part in rgb(light.colour)])
    lit = ImageChops.screen(ImageChops.multiply(figure.convert("RGB"), shine), edge)
    lit.putalpha(alpha)
    return lit


def _rim(alpha: Image.Image, *, from_left: bool) -> Image.Image:
    """The edge of a figure that faces the light, soft."""
    half = alpha.resize((alpha.width // 2, alpha.height // 2), Image.Resampling.BOX)
    wide = max(1, alpha.width // 140)
    moved = Image.new("L", half.size, 0)
    moved.paste(half, (wide if from_left else -wide, wide // 2))
    soft = ImageChops.subtract(half, moved).filter(ImageFilter.GaussianBlur(wide * 0.6))
    return ImageChops.multiply(soft.resize(alpha.size, Image.Resampling.BILINEAR), alpha)


@lru_cache(maxsize=16)
def vignette(size: int, strength: float, tint: str, amount: float) -> Image.Image:
    """RGB to multiply a picture by: darker corners, and a mood's tint. Shared: never change it."""
    quarter = max(8, size // 4)
    x, y = grid(quarter)
    away = np.hypot((x - BOARD * 0.5) / BOARD, (y - BOARD * 0.46) / BOARD) / 0.72
    dark = 1 - strength * np.clip(away, 0, 1.1) ** 2.4
    return picture(dark[:, :, None] * (1 - (1 - _unit(tint)) * amount), size)


def motes(size: int, seed: int, colour: str, strength: float) -> Image.Image:
    """Soft discs of light out of focus, as RGB to be screened; none when `strength` is 0."""
    draw, quarter = np.random.default_rng(seed), max(8, size // 4)
    x, y = grid(quarter)
    shine = np.zeros((quarter, quarter), np.float32)
    for cx, cy, radius, power in draw.random((14, 4)):
        away = np.hypot(x - cx * BOARD, y - cy * BOARD * 0.85) / (9 + 24 * radius)
        shine += (0.10 + 0.25 * power) / (1 + np.exp(np.minimum((away - 1) * 9, 60)))
    return picture((np.clip(shine * strength, 0, 1)[:, :, None] * _unit(colour)).astype(np.float32), size)


def grained(image: Image.Image, seed: int, amount: float) -> Image.Image:
    """A picture with film grain of `amount` levels (of 255), the same for the same seed."""
    draw = np.random.default_rng(seed)
    noise = draw.standard_normal((image.height, image.width), dtype=np.float32) * np.float32(amount)
    values = np.asarray(image, dtype=np.int16) + np.rint(noise).astype(np.int16)[:, :, None]
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def _unit(colour: str) -> Plane:
    return np.array(rgb(colour), dtype=np.float32) / np.float32(255)
