"""Drawing a place: sky, view, weather and room in their light, and what stands in front of the person."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageChops

from engine.providers.images.offline.catalogue import Light, Prop, Room, StageBook, Time, Weather, catalogue
from engine.providers.images.offline.colours import family, mix
from engine.providers.images.offline.light import blurred, daylight, lamps, tinted
from engine.providers.images.offline.parts import BOARD, PROP_BOARD, fill, part, render
from engine.providers.images.offline.words import choose

_NIGHT_LIT = 0.9
_OUTDOOR_TIME, _INDOOR_TIME = 1.0, 0.45
_PROP_SCALE = 0.95
_GLOW_HIGH = 0.5


@dataclass(frozen=True, slots=True)
class Place:
    """A room in one light; hashable, so that what was drawn once can be kept."""

    room: Room
    time: Time
    light: Light
    weather: Weather | None
    variant: int

    @property
    def ambient(self) -> str:
        """The colour that multiplies everything in the room: the preset's, and the hour's as far as it comes in."""
        hour = mix("#ffffff", self.time.ambient, _OUTDOOR_TIME if self.room.outdoors else _INDOOR_TIME)
        lamp = mix("#ffffff", self.light.room, 0.45 if self.room.outdoors else 1.0)
        return multiplied(hour, lamp)


def multiplied(one: str, other: str) -> str:
    """Two colours of light, one through the other."""
    pairs = zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True)
    return "#" + "".join(f"{round(a * b / 255):02x}" for a, b in pairs)


def _slots(place: Place, book: StageBook) -> dict[str, str]:
    """Every colour that rooms, views and fronts ask for."""
    stuff, time = book.materials, place.time
    slots = {"lit_o": f"{time.lit:.2f}", "far": time.far, "mid": time.mid, "near": time.near, **book.fixtures}
    bases = {name: str(getattr(stuff, name)) for name in ("wood", "floor", "cloth", "stone", "leaf", "trim")}
    bases |= {"wall": choose(place.room.walls, place.variant, "wall")}
    bases |= {"accent": choose(stuff.accents, place.variant, "accent")}
    for name, colour in bases.items():
        slots |= family(name, colour)
    return slots


def _backdrop_drawing(folder: Path, place: Place, book: StageBook) -> tuple[str, str]:
    """What is outside and what is inside, as SVG."""
    slots, weather = _slots(place, book), place.weather
    dark = place.time.lit >= _NIGHT_LIT
    sky = place.time.sky if weather is None else (weather.sky_night if dark else weather.sky)
    outside = part(folder, f"skies/{sky}") + part(folder, f"views/{place.room.view}")
    if weather is not None:
        outside += part(folder, f"weather/{weather.part}")
    return fill(outside, slots), fill(part(folder, f"rooms/{place.room.name}"), slots)


@lru_cache(maxsize=8)
def draw_place(folder: Path, place: Place, size: int, blur: float) -> Image.Image:
    """The room as RGB of `size` x `size`, lit and out of focus. Shared: copy before changing."""
    book = catalogue(folder).stage
    outside, inside = _backdrop_drawing(folder, place, book)
    half = max(16, size // 2)
    scene = render(outside, half).convert("RGB")
    nearby = render(inside, half)
    lit = tinted(nearby.convert("RGB"), place.ambient)
    scene.paste(lit, (0, 0), nearby.getchannel("A"))
    scene = blurred(scene, blur * half / BOARD).resize((size, size), Image.Resampling.BICUBIC)
    scene = ImageChops.screen(scene, daylight(size, place.room.panes, place.time.outside, 1 - 0.7 * place.time.lit))
    return ImageChops.screen(scene, lamps(size, place.room.glows, place.light.key, _lamp_strength(place)))


def _lamp_strength(place: Place) -> float:
    """Lamps shine in the dark: less by day, and outdoors not at all then."""
    by_day = 0.0 if place.room.outdoors else 0.4
    return place.light.lamps * (by_day + (1 - by_day) * place.time.lit)


@lru_cache(maxsize=8)
def draw_front(folder: Path, place: Place, props: tuple[Prop, ...], size: int, lowered: float) -> Image.Image | None:
    """What stands before the person, `lowered` board units further down, as RGBA; None when there is nothing."""
    if not place.room.front and not props:
        return None
    book = catalogue(folder).stage
    ledge = part(folder, f"fronts/{place.room.front or 'ledge'}")
    things = "".join(
        _standing(folder, prop, spot, place) for prop, spot in zip(props, spots(place, len(props)), strict=True)
    )
    drawing = f'<g transform="translate(0 {lowered:.1f})">{fill(ledge, _slots(place, book))}{things}</g>'
    image = render(drawing, size)
    lit = tinted(image.convert("RGB"), mix(place.ambient, "#ffffff", 0.35))
    lit.putalpha(image.getchannel("A"))
    return lit


def spots(place: Place, count: int) -> tuple[float, ...]:
    """Where `count` things (at most three) stand across the board: the first on the side of the key light."""
    across = ((0.25,) if count == 1 else (0.22, 0.80, 0.42))[:count]
    return tuple(BOARD * (along if place.room.key_from == "left" else 1 - along) for along in across)


def _standing(folder: Path, prop: Prop, spot: float, place: Place) -> str:
    """One thing on the ledge."""
    x, y = spot - PROP_BOARD * _PROP_SCALE / 2, place.room.top + 34 - PROP_BOARD * _PROP_SCALE
    return f'<g transform="translate({x:.1f} {y:.1f}) scale({_PROP_SCALE})">{part(folder, f"props/{prop.part}")}</g>'


@lru_cache(maxsize=4)
def prop_glow(place: Place, props: tuple[Prop, ...], size: int, lowered: float) -> Image.Image | None:
    """The shine of candles and lamps in front, as RGB to be screened; None when nothing there shines. Shared."""
    where = zip(props, spots(place, len(props)), strict=True)
    high = place.room.top + lowered - PROP_BOARD * _GLOW_HIGH
    glows = tuple((spot, high, 300.0, prop.glow) for prop, spot in where if prop.glow)
    return lamps(size, glows, place.light.key, 0.4 + 0.6 * place.time.lit) if glows else None


@lru_cache(maxsize=4)
def draw_falling(folder: Path, name: str, size: int) -> Image.Image:
    """Weather between the person and the eye, as RGBA, faint. Shared: copy before changing."""
    image = render(part(folder, f"weather/{name}"), size)
    image.putalpha(image.getchannel("A").point([value * 2 // 5 for value in range(256)]))
    return image
