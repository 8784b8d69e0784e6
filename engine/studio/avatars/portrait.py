"""The words of a portrait that can serve as an anchor: face to the camera, plain light, one person."""

from __future__ import annotations

from engine.providers.images import PictureRequest
from engine.story.avatar_kit import AvatarKit
from engine.story.character import Character


def portrait_request(character: Character, kit: AvatarKit, seed: int) -> PictureRequest:
    """An anchor portrait from the kit's words and the visual identity."""
    looks = character.visual_identity
    told = (
        f"Portrait, solo, {looks.gender_tag}, one adult alone in frame, age {looks.age_range or 'adult'}",
        looks.body_type,
        kit.appearance_prompt,
        ", ".join(looks.key_features),
        "head and shoulders, facing the camera, calm expression, even soft light, plain background",
        kit.style_prompt,
    )
    hints = {
        "kind": "anchor",
        "appearance": kit.appearance_prompt,
        "gender_tag": looks.gender_tag,
        "body_type": looks.body_type,
        "age_range": looks.age_range,
        "key_features": ", ".join(looks.key_features),
        "expression": "calm",
    }
    words = ". ".join(part.rstrip(".") for part in told if part) + "."
    return PictureRequest(words=words, avoid=kit.negative_prompt, seed=seed, hints=hints)
