"""What each model of the FLUX family takes, as data: which inputs, how many references, what never changes.

Read from the models' input schemas, November 2026. None of them has a negative prompt.
"""

from __future__ import annotations

import base64
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from pydantic import JsonValue, TypeAdapter, ValidationError

from engine.errors import ProviderRefused, SettingsProblem
from engine.providers.images import Kind, PictureRequest

FILE = Path("painter") / "instead.toml"
SEEDS = 2**31
_TABLE = TypeAdapter(dict[str, dict[str, tuple[str, ...]]])
_KINDS: Mapping[Kind, str] = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What one model takes. `fixed` are inputs that are always the same; an empty name means that it has no such input.

    `listed` says that references go in as a list; `side` is that of its pictures, in pixels, with these inputs.
    """

    fixed: Mapping[str, JsonValue]
    reference: str = ""
    references_max: int = 0
    listed: bool = False
    negative: str = ""
    formats: tuple[Kind, ...] = ("PNG", "JPEG", "WEBP")
    side: int = 1024

    def inputs(self, request: PictureRequest, instead: Mapping[str, str]) -> dict[str, JsonValue]:
        """A request as this model takes it. Raises ProviderRefused for a reference that is no picture it can read."""
        words = request.words if self.negative else positively(request.words, request.avoid, instead)
        told: dict[str, JsonValue] = {"prompt": words, **self.fixed, "seed": request.seed % SEEDS}
        if self.negative and request.avoid:
            told[self.negative] = request.avoid
        shown: list[JsonValue] = [self._address(reference.image) for reference in request.references]
        if shown:
            told[self.reference] = shown if self.listed else shown[0]
        return told

    def _address(self, image: bytes) -> str:
        """A picture as a data URI."""
        kind = kind_of(image)
        if kind not in self.formats:
            raise ProviderRefused("The reference picture is of a kind that this model cannot read.")
        return f"data:{_KINDS[kind]};base64,{base64.b64encode(image).decode()}"


_KONTEXT = Shape(
    fixed={"aspect_ratio": "1:1", "output_format": "png", "safety_tolerance": 2, "prompt_upsampling": False},
    reference="input_image",
    references_max=1,
)
SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        "black-forest-labs/flux-kontext-pro": _KONTEXT,
        "black-forest-labs/flux-kontext-max": _KONTEXT,
        "black-forest-labs/flux-schnell": Shape(
            fixed={
                "aspect_ratio": "1:1",
                "num_outputs": 1,
                "megapixels": "1",
                "output_format": "png",
                "go_fast": True,
            }
        ),
        "black-forest-labs/flux-2-pro": Shape(
            fixed={"aspect_ratio": "1:1", "resolution": "1 MP", "output_format": "png", "safety_tolerance": 2},
            reference="input_images",
            references_max=8,
            listed=True,
        ),
    }
)
"""By the name that the provider gives them."""


def kind_of(image: bytes) -> Kind | None:
    """What a picture's first bytes say that it is; None for anything else."""
    if image.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if image.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    return "WEBP" if image[:4] == b"RIFF" and image[8:12] == b"WEBP" else None


def positively(words: str, avoid: str, instead: Mapping[str, str]) -> str:
    """The words, and what to avoid said as what to show; nothing is said twice, and what cannot be said is left out."""
    named = (re.sub(r"^(?:no|without)\s+", "", one.strip().lower()) for one in re.split(r"[,;\n]", avoid))
    wished = dict.fromkeys(shown for one in named if (shown := instead.get(one)))
    more = ", ".join(shown for shown in wished if shown not in words.lower())
    if not more:
        return words
    begun = words.rstrip(" ,")
    return f"{begun} {more[0].upper()}{more[1:]}." if begun.endswith((".", "!", "?")) else f"{begun}, {more}"


def read_instead(content: Path) -> Mapping[str, str]:
    """What to show for each thing to avoid, from the content folder. Raises SettingsProblem, naming the file."""
    path = content / FILE
    try:
        table = _TABLE.validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
        return {word: shown for shown, words in table["show"].items() for word in words}
    except (OSError, ValueError, KeyError, ValidationError) as error:
        raise SettingsProblem(
            f"What to show in place of what is avoided cannot be read from {path}: {error}"
        ) from error
