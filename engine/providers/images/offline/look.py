"""Reading how a person looks: words to parts and colours, gaps filled by hash."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from engine.providers.images.offline.catalogue import Extra, Feature, Fits, Looks, Style
from engine.providers.images.offline.colours import rgb, shifted
from engine.providers.images.offline.words import choose, has, hits, last_named, phrases, plain


@dataclass(frozen=True, slots=True)
class Look:
    """One drawable person: part names, colours as #rrggbb, width of the body (1 = as drawn)."""

    fits: Fits
    face: str
    nose: str
    back: str
    front: str
    fall: str
    garment: str
    extras: tuple[tuple[str, str], ...]
    hair: str
    eye: str
    skin: str
    cloth: str
    under: str
    accent: str
    build: float


@dataclass(frozen=True, slots=True)
class Described:
    """The words about a person: appearance with features as free text, and the tags of the visual identity."""

    text: str
    gender_tag: str = ""
    body_type: str = ""
    age_range: str = ""


def read_look(described: Described, looks: Looks, seed: int) -> Look:
    """The person whom the words describe; what they leave open is chosen by `seed`."""
    pieces = phrases(described.text)
    fits = _fits(described, looks)
    skin = _skin(pieces, looks, seed)
    back, front, fall = _style(pieces, looks, fits, seed)
    garment, cloth, under = _clothes(pieces, looks, seed)
    extras = _extras(pieces, described.age_range, looks)
    return Look(
        fits=fits,
        face=_feature(pieces, looks.faces, fits, seed, "face"),
        nose=_feature(pieces, looks.noses, fits, seed, "nose"),
        back=back,
        front=front,
        fall=fall,
        garment=garment,
        extras=tuple((extra.place, extra.part) for extra in extras),
        hair=_hair(pieces, described.age_range, skin, looks, seed),
        eye=_coloured(pieces, looks.nouns["eyes"], looks.eye_colours, looks, seed),
        skin=skin,
        cloth=cloth,
        under=under,
        accent=_accent(pieces, extras, looks, seed),
        build=round(looks.frames[fits] * _build(plain(described.body_type), pieces, looks), 3),
    )


def _fits(described: Described, looks: Looks) -> Fits:
    for text in (plain(described.gender_tag), plain(described.text)):
        counts = {kind: hits(text, words) for kind, words in looks.fits.items()}
        most = max(counts.values())
        if most:
            return next(kind for kind in looks.fits if counts[kind] == most)
    return "person"


def _about(pieces: Sequence[str], nouns: Sequence[str]) -> list[str]:
    return [piece for piece in pieces if has(piece, nouns)]


def _tinted(piece: str, table: Mapping[str, str], looks: Looks, before: Sequence[str] = ()) -> str | None:
    """The colour named in a phrase, lighter or darker as its modifier says; best one that stands before a noun."""
    ends = [piece.find(f" {noun} ") for noun in before if f" {noun} " in piece]
    found = last_named(piece[: max(ends) + 1], table) if ends else None
    found = found or last_named(piece, table)
    if found is None:
        return None
    name, colour = found
    shift = next((by for word, by in looks.modifiers.items() if f" {word} {name} " in piece), 0.0)
    return shifted(colour, shift)


def _coloured(pieces: Sequence[str], nouns: Sequence[str], table: Mapping[str, str], looks: Looks, seed: int) -> str:
    for piece in _about(pieces, nouns):
        if colour := _tinted(piece, table, looks, nouns):
            return colour
    return choose(list(dict.fromkeys(table.values())), seed, *nouns[:1])


_GREY_HAIR, _DARK_HAIR, _DEEP_SKIN = ("grey", "silver", "white"), ("black", "raven", "chocolate"), 420
_NATURAL_HAIR = ("auburn", "chestnut", "brown", "chocolate", "black", "raven", "honey", "blonde", "copper")


def _hair(pieces: Sequence[str], age: str, skin: str, looks: Looks, seed: int) -> str:
    for piece in _about(pieces, looks.nouns["hair"]):
        if colour := _tinted(piece, looks.hair_colours, looks, looks.nouns["hair"]):
            return colour
    names = _GREY_HAIR if age in looks.ages["grey"] else _DARK_HAIR if sum(rgb(skin)) < _DEEP_SKIN else _NATURAL_HAIR
    return choose([looks.hair_colours[name] for name in names], seed, "hair")


def _skin(pieces: Sequence[str], looks: Looks, seed: int) -> str:
    for piece in _about(pieces, looks.nouns["skin"]):
        if found := last_named(piece, looks.skin_tones):
            return found[1]
    return choose(list(looks.skin_tones.values()), seed, "skin")


def _style(pieces: Sequence[str], looks: Looks, fits: Fits, seed: int) -> tuple[str, str, str]:
    hair = "".join(_about(pieces, looks.nouns["hair"])) or "".join(pieces)
    own = [style for style in looks.styles if fits in style.fits]

    def score(style: Style) -> float:
        return hits(hair, style.words) + (0.5 if style in own else 0.0)

    best = max(score(style) for style in looks.styles)
    pool = [style for style in looks.styles if score(style) == best] if best >= 1 else own
    style = choose(pool, seed, "style")
    return style.back, style.front, style.fall


def _clothes(pieces: Sequence[str], looks: Looks, seed: int) -> tuple[str, str, str]:
    """Kind, colour, and colour of what is worn beneath."""
    worn = [(garment, piece) for garment in looks.clothes for piece in pieces if has(piece, garment.words)]
    garment, piece = worn[0] if worn else (choose(looks.clothes, seed, "clothes"), "")
    beneath = next((other for _, other in worn if other != piece), "")
    colours = list(looks.colours.values())
    cloth = _tinted(piece, looks.colours, looks, garment.words) or choose(colours, seed, "cloth")
    light = [looks.colours[name] for name in ("white", "cream", "beige", "silver")]
    return garment.kind, cloth, _tinted(beneath, looks.colours, looks) or choose(light, seed, "under")


def _extras(pieces: Sequence[str], age: str, looks: Looks) -> list[Extra]:
    text = "".join(pieces)
    chosen: dict[str, Extra] = {}
    for extra in looks.extras:
        aged = extra.part == "lines" and age in looks.ages["lines"]
        if aged or has(text, extra.words):
            chosen.setdefault(extra.slot, extra)
    return list(chosen.values())


def _accent(pieces: Sequence[str], extras: Sequence[Extra], looks: Looks, seed: int) -> str:
    """The colour of scarf, hat or tie."""
    for extra in extras:
        for piece in _about(pieces, extra.words) if extra.place in ("body", "top") else ():
            if colour := _tinted(piece, looks.colours, looks, extra.words):
                return colour
    return choose([looks.colours[name] for name in ("burgundy", "navy", "mustard", "teal", "plum")], seed, "accent")


def _feature(pieces: Sequence[str], options: Sequence[Feature], fits: Fits, seed: int, salt: str) -> str:
    text = "".join(pieces)
    named = [option for option in options if has(text, option.words)]
    suitable: Callable[[Feature], bool] = lambda option: fits in option.fits  # noqa: E731
    return (named[0] if named else choose(list(filter(suitable, options)), seed, salt)).part


def _build(body: str, pieces: Sequence[str], looks: Looks) -> float:
    text = body if body.strip() else "".join(pieces)
    return next((width for word, width in looks.builds.items() if f" {word} " in text), 1.0)
