"""Whether a picture that was drawn before still fits what would be drawn now."""

from __future__ import annotations

from engine.images.similarity import alike
from engine.play.scenes.brief import Composed

ALIKE = 0.85
"""The source documents' threshold. Not calibrated on real prompts: used only within one session and trigger."""


def still_fits(then_told: str, then_mode: str | None, now: Composed) -> bool:
    """Whether a drawn scene's telling words (all layers but identity) are at least 85 % like those of `now`.

    The identity layer is left out because it is the same in all pictures of a character and would hide differences.
    """
    return then_mode == now.mode and alike(then_told, now.telling) >= ALIKE
