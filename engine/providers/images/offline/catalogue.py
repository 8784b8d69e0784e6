"""The painter's data files as typed values: looks, faces and stage."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import ConfigDict, StringConstraints, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from engine.errors import SettingsProblem

_CONFIG = ConfigDict(extra="forbid")

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
Part = Annotated[str, StringConstraints(pattern=r"^[a-z_]*$")]
Words = tuple[str, ...]
Fits = Literal["woman", "man", "person"]


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Style:
    """A way to wear hair: the layers behind, in front and over the shoulders (empty = none)."""

    words: Words
    fits: tuple[Fits, ...]
    back: Part
    front: Part
    fall: Part = ""


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Garment:
    """A kind of clothing and the words that name it."""

    kind: Part
    words: Words


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Extra:
    """Something worn or grown; of one slot only the first that fits is drawn."""

    part: Part
    words: Words
    place: Literal["body", "skin", "face", "top"]
    slot: str


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Feature:
    """A face or nose: chosen by words, else by whom it fits."""

    part: Part
    words: Words
    fits: tuple[Fits, ...]


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Looks:
    """Everything in looks.toml."""

    nouns: dict[Literal["hair", "eyes", "skin"], Words]
    modifiers: dict[str, float]
    fits: dict[Fits, Words]
    colours: dict[str, Colour]
    hair_colours: dict[str, Colour]
    eye_colours: dict[str, Colour]
    skin_tones: dict[str, Colour]
    styles: tuple[Style, ...]
    clothes: tuple[Garment, ...]
    extras: tuple[Extra, ...]
    faces: tuple[Feature, ...]
    noses: tuple[Feature, ...]
    frames: dict[Fits, float]
    builds: dict[str, float]
    ages: dict[Literal["lines", "grey"], Words]


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Expression:
    """The parts of one expression; `heavy` is the brow of a heavy-browed face."""

    name: str
    words: Words
    eyes: Part
    brows: Part
    heavy: Part
    mouth: Part


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Faces:
    """Everything in faces.toml; the last expression is the resting one."""

    expressions: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Time:
    """A time of day: sky, colours of far and near, share of lit windows (0-1), and its light."""

    sky: Part
    words: Words
    far: Colour
    mid: Colour
    near: Colour
    lit: float
    ambient: Colour
    outside: Colour


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Light:
    """A lighting preset; strengths are 0-1."""

    words: Words
    room: Colour
    person: Colour
    key: Colour
    key_strength: float
    shade: float
    lamps: float
    vignette: float


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Distance:
    """What a tension band does: size and sideways shift (of 1024) of the person, tilt in degrees, blur of the room."""

    scale: float
    shift: float
    tilt: float
    blur: float


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Room:
    """A place: its view, what stands in front, its lamps (x, y, radius, strength) and windows (x, y, width, height)."""

    name: Part
    words: Words
    view: Part
    front: Part = ""
    top: float = 960.0
    outdoors: bool = False
    neutral: bool = False
    key_from: Literal["left", "right"] = "left"
    glows: tuple[tuple[float, float, float, float], ...] = ()
    panes: tuple[tuple[float, float, float, float], ...] = ()
    walls: tuple[Colour, ...] = ("#a8937c",)


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Weather:
    """Weather over the view, and the skies that go with it; `falls` when it is also seen before the person."""

    part: Part
    words: Words
    falls: bool = False
    sky: Part
    sky_night: Part


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Mood:
    """A tint over the whole picture; `amount` is 0-1."""

    words: Words
    tint: Colour
    amount: float


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Prop:
    """A thing that can lie in front of the person; `glow` is how much light it gives (0-1)."""

    part: Part
    words: Words
    glow: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Materials:
    """Colours of what rooms are made of."""

    wood: Colour
    floor: Colour
    cloth: Colour
    stone: Colour
    leaf: Colour
    trim: Colour
    accents: tuple[Colour, ...]


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Backdrop:
    """The two colours behind a portrait."""

    centre: Colour
    rim: Colour


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class StageBook:
    """Everything in stage.toml."""

    times: dict[str, Time]
    lights: dict[str, Light]
    tensions: dict[str, Distance]
    rooms: tuple[Room, ...]
    weathers: tuple[Weather, ...]
    moods: tuple[Mood, ...]
    props: tuple[Prop, ...]
    materials: Materials
    fixtures: dict[str, Colour]
    backdrops: tuple[Backdrop, ...]


@dataclass(frozen=True, slots=True, kw_only=True, config=_CONFIG)
class Catalogue:
    """All three books; `source` is the folder they came from."""

    source: Path
    looks: Looks
    faces: Faces
    stage: StageBook


Book = TypeVar("Book")


def _read(folder: Path, name: str, kind: type[Book]) -> Book:
    path = folder / name
    try:
        return TypeAdapter(kind).validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsProblem(f"The painter's file {path} cannot be read: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        raise SettingsProblem(f"The painter's file {path} is wrong at {where}: {first['msg']}.") from error


@lru_cache(maxsize=4)
def catalogue(folder: Path) -> Catalogue:
    """The painter's data in `folder`. Raises SettingsProblem that names file and field."""
    return Catalogue(
        source=folder,
        looks=_read(folder, "looks.toml", Looks),
        faces=_read(folder, "faces.toml", Faces),
        stage=_read(folder, "stage.toml", StageBook),
    )
