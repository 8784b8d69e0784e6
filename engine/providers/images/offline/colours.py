"""Colours as #rrggbb: mixing them, and the family of shades that one base colour becomes."""

from __future__ import annotations

_SHADOW, _SUN, _INK = "#180f24", "#fff2dc", "#140a1c"
_BLACK, _WHITE = "#000000", "#ffffff"


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, 0-255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(one: str, other: str, share: float) -> str:
    """`one` with `share` (0-1) of `other`."""
    pairs = zip(rgb(one), rgb(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def shifted(colour: str, by: float) -> str:
    """Darker for a negative `by`, lighter for a positive one (-1 to 1)."""
    return mix(colour, _WHITE if by > 0 else _BLACK, min(abs(by), 1.0))


def family(name: str, colour: str, *, shine: float = 0.22) -> dict[str, str]:
    """The slots `name`, `name_dark`, `name_light` and `name_line` of one material."""
    return {
        name: colour,
        f"{name}_dark": mix(colour, _SHADOW, 0.38),
        f"{name}_light": mix(colour, _SUN, shine),
        f"{name}_line": mix(colour, _INK, 0.68),
    }


def skin_family(skin: str) -> dict[str, str]:
    """The slots of skin: shade, light, line, blush, lips and freckles of one tone."""
    return {
        "skin": skin,
        "skin_light": mix(skin, "#fff6ea", 0.4),
        "skin_shade": mix(skin, "#9a4a4a", 0.34),
        "skin_line": mix(skin, "#4a1c24", 0.62),
        "blush": mix(skin, "#e8505a", 0.55),
        "lip": mix(skin, "#c23a4c", 0.5),
        "lip_dark": mix(skin, "#6a1a2a", 0.7),
        "freckle": mix(skin, "#a0602e", 0.6),
    }
