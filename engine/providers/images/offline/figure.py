"""Drawing a person: the layers of a figure from parts, and the backdrop of a portrait."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PIL import Image

from engine.providers.images.offline.catalogue import Expression
from engine.providers.images.offline.colours import family, mix, skin_family
from engine.providers.images.offline.look import Look
from engine.providers.images.offline.parts import fill, part, render

_METAL, _GOLD = "#2e2a33", "#e0b04a"
_NARROWED = 0.88


def slots_of(look: Look) -> dict[str, str]:
    """Every colour that the parts of a figure ask for."""
    return {
        **family("hair", look.hair, shine=0.34),
        **family("cloth", look.cloth),
        **family("under", look.under),
        **family("accent", look.accent),
        **skin_family(look.skin),
        "eye": look.eye,
        "eye_dark": mix(look.eye, "#0c0a18", 0.62),
        "eye_light": mix(look.eye, "#fff8e8", 0.45),
        "lash": mix(look.hair, "#120a14", 0.8),
        "brow": mix(look.hair, "#1a1018", 0.45),
        "metal": _METAL,
        "gold": _GOLD,
    }


def figure_drawing(folder: Path, look: Look, expression: Expression) -> str:
    """The figure as SVG with its slots filled: bust to waist, the head's crown near the top, cut by the lower edge."""

    def layer(kind: str, name: str) -> str:
        return part(folder, f"{kind}/{name}") if name else ""

    def extras(place: str) -> str:
        return "".join(layer("extras", name) for where, name in look.extras if where == place)

    head = '<g transform="translate(512 512) scale(1.1 1) translate(-512 -512)">'
    body = f'<g transform="translate(512 0) scale({look.build} 1) translate(-512 0)">'
    eyes = f'<g transform="translate(0 357) scale(1 {_NARROWED if look.fits == "man" else 1}) translate(0 -357)">'
    brows = expression.heavy if look.fits == "man" else expression.brows
    layers = (
        head, layer("hair_back", look.back), "</g>",
        body, layer("bodies", "plain"), layer("clothes", look.garment), extras("body"), "</g>",
        head, layer("faces", look.face), layer("mouths", expression.mouth), layer("noses", look.nose), extras("skin"),
        eyes, layer("eyes", expression.eyes), "</g>", layer("brows", brows), extras("face"),
        layer("hair_fall", look.fall), layer("hair_front", look.front), extras("top"), "</g>",
    )  # fmt: skip
    return fill("".join(layers), slots_of(look))


@lru_cache(maxsize=8)
def draw_figure(folder: Path, look: Look, expression: Expression, size: int) -> Image.Image:
    """The person as RGBA of `size` x `size`, transparent around. Shared: copy before changing."""
    return render(figure_drawing(folder, look, expression), size)
