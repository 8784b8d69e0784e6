"""The offline painter: a camera that draws illustrated scenes from parts on disk, the same for the same request."""

from __future__ import annotations

import io
import time
from pathlib import Path

from PIL import Image

from engine.errors import ProviderRefused
from engine.providers.images import Capabilities, Picture, PictureRequest
from engine.providers.images.offline.catalogue import catalogue
from engine.providers.images.offline.compose import Drawing, draw_portrait, draw_scene
from engine.providers.images.offline.figure import draw_figure
from engine.providers.images.offline.look import read_look
from engine.providers.images.offline.reference import figure_of
from engine.providers.images.offline.stage import look_seed, read_described, read_stage
from engine.providers.images.offline.words import number

_SMALLEST, _LARGEST = 64, 2048
_QUICK = 1
"""PNG effort: the picture is encoded again for storage, so speed counts here and size does not."""


class OfflinePainter:
    """A camera without a model or a network. `folder` is the painter's data: books (TOML) and `parts/` (SVG)."""

    name = "offline-painter"
    model = "offline-painter-1"
    can = Capabilities(references_max=1, negative_prompt=False)

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def draw(self, request: PictureRequest) -> Picture:
        """Draw one picture: from the first reference's own pixels if there is one, else from hints and words.

        Raises ProviderRefused for a size outside 64-2048, more than one reference, or a reference that cannot be
        read; SettingsProblem when the painter's data is missing or wrong.
        """
        started = time.perf_counter()
        _check(request)
        drawing = self._drawing(request)
        return Picture(
            png=_encoded(drawing.image),
            mask=_encoded(drawing.mask),
            model=self.model,
            cost=0.0,
            latency_ms=round((time.perf_counter() - started) * 1_000),
        )

    def _drawing(self, request: PictureRequest) -> Drawing:
        data = catalogue(self.folder)
        stage = read_stage(request, data)
        if request.references:
            figure = figure_of(request.references[0], request.size)
        else:
            look = read_look(read_described(request), data.looks, look_seed(request))
            figure = draw_figure(self.folder, look, stage.expression, request.size)
        seed = number(request.seed, request.words, *sorted(request.hints.values()))
        draw = draw_portrait if stage.portrait else draw_scene
        return draw(self.folder, stage, figure, seed)


def _check(request: PictureRequest) -> None:
    if not _SMALLEST <= request.size <= _LARGEST:
        raise ProviderRefused(f"The painter draws pictures of {_SMALLEST} to {_LARGEST} pixels, not {request.size}.")
    if len(request.references) > OfflinePainter.can.references_max:
        raise ProviderRefused("The painter works from one reference picture at a time.")


def _encoded(image: Image.Image) -> bytes:
    """PNG bytes."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=_QUICK)
    return buffer.getvalue()
