"""A camera that draws at once: one colour. What is drawn does not matter where processes are killed."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

from PIL import Image

from engine.providers.images import Capabilities, Picture, PictureRequest


@dataclass
class Postcards:
    """Draws postcards; the colour follows the seed."""

    name: str = "postcards"
    model: str = "postcard-1"
    can: Capabilities = field(default_factory=lambda: Capabilities(references_max=1, negative_prompt=False))

    def draw(self, request: PictureRequest) -> Picture:
        """A postcard."""
        colour = (request.seed % 251, request.seed % 241, request.seed % 239)
        out = io.BytesIO()
        Image.new("RGB", (64, 64), colour).save(out, "PNG")
        return Picture(out.getvalue(), None, self.model, None, 1)
