"""Reading where and how a picture plays: hints first, then the request's words, then a choice by hash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from engine.providers.images import PictureRequest
from engine.providers.images.offline.catalogue import (
    Backdrop,
    Catalogue,
    Distance,
    Expression,
    Light,
    Mood,
    Prop,
    Room,
    StageBook,
    Time,
    Weather,
    Words,
)
from engine.providers.images.offline.look import Described
from engine.providers.images.offline.words import choose, has, hits, number, phrases, plain

_MOST_PROPS = 3


@dataclass(frozen=True, slots=True)
class Stage:
    """One picture's place and light. `variant` keeps a place the same from picture to picture."""

    portrait: bool
    room: Room
    time: Time
    light: Light
    weather: Weather | None
    mood: Mood | None
    distance: Distance
    expression: Expression
    props: tuple[Prop, ...]
    backdrop: Backdrop
    variant: int


class _Worded(Protocol):
    @property
    def words(self) -> Words: ...


def read_stage(request: PictureRequest, data: Catalogue) -> Stage:
    """The stage of a request: what hints do not say is looked up in its words."""
    hint, book = request.hints.get, data.stage
    place = f"{hint('environment', '')} {hint('setting', '')}".strip()
    around = plain(f"{place} , {hint('mood', '')} , {request.words}")
    return Stage(
        portrait=hint("kind", "") == "anchor",
        room=_room(hint("environment", ""), hint("setting", ""), request.words, book),
        time=_by_name(hint("time_of_day", ""), book.times, around, "evening"),
        light=_by_name(hint("lighting", ""), book.lights, around, "warm"),
        weather=_first(around, book.weathers),
        mood=_first(plain(hint("mood", "")), book.moods) or _first(around, book.moods),
        distance=book.tensions.get(hint("tension", ""), book.tensions["30-60"]),
        expression=_expression(request, data),
        props=_props(request, book),
        backdrop=choose(book.backdrops, request.seed, "backdrop"),
        variant=number(plain(place) if place else plain(request.words)),
    )


def read_described(request: PictureRequest) -> Described:
    """The words about the person: appearance and features, else all words of the request."""
    hint = request.hints.get
    looks = ", ".join(text for text in (hint("appearance", ""), hint("key_features", "")) if text.strip())
    return Described(
        text=looks or request.words,
        gender_tag=hint("gender_tag", "") or request.words,
        body_type=hint("body_type", ""),
        age_range=hint("age_range", ""),
    )


def look_seed(request: PictureRequest) -> int:
    """What fills gaps in a look: for a portrait its seed; for a scene its description, so that one stays oneself."""
    described = read_described(request)
    if request.hints.get("kind", "") == "anchor" or not request.hints.get("appearance", "").strip():
        return number(request.seed, described.text)
    return number(described.text)


Row = TypeVar("Row", bound=_Worded)


def _first(text: str, rows: tuple[Row, ...]) -> Row | None:
    return next((row for row in rows if has(text, row.words)), None)


def _by_name(name: str, table: Mapping[str, Row], text: str, otherwise: str) -> Row:
    """The row of that name; else the one whose words stand in the hint or the text; else the usual one."""
    rows = tuple(table.values())
    return table.get(name) or _first(plain(name), rows) or _first(text, rows) or table[otherwise]


def _room(environment: str, setting: str, words: str, book: StageBook) -> Room:
    for text in (plain(environment), plain(setting), plain(words)):
        counts = [hits(text, (room.name, *room.words)) for room in book.rooms]
        if any(counts):
            return book.rooms[counts.index(max(counts))]
    neutral = [room for room in book.rooms if room.neutral]
    return choose(neutral, environment, setting, words if not environment + setting else "")


def _expression(request: PictureRequest, data: Catalogue) -> Expression:
    rows = data.faces.expressions
    hinted = plain(request.hints.get("expression", ""))
    named = next((row for row in rows if f" {row.name} " in hinted), None) or _first(hinted, rows)
    if named is not None:
        return named
    if request.hints.get("kind", "") == "anchor":
        return rows[-1]
    return _first(plain(f"{request.hints.get('action', '')} {request.words}"), rows) or rows[-1]


def _props(request: PictureRequest, book: StageBook) -> tuple[Prop, ...]:
    source = request.hints.get("props", request.words)
    text = "".join(phrases(f"{source}, {request.hints.get('action', '')}"))
    first = {prop: [text.find(f" {word} ") for word in prop.words if f" {word} " in text] for prop in book.props}
    named = sorted((min(places), prop.part, prop) for prop, places in first.items() if places)
    return tuple(prop for _, _, prop in named)[:_MOST_PROPS]
