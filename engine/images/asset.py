"""Image asset: a stored picture, how it came to be and the hash that fixes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Mode = Literal["anchor", "kontext", "t2i", "upload", "mask"]
"""How a picture came to be: drawn as an anchor, drawn from one, drawn from words, uploaded, or the mask of another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageAsset:
    """A picture in storage. Without `user_id` it is studio content. Cost in US dollars, sizes in pixels and bytes."""

    id: str
    storage_path: str
    sha256: str
    bytes: int
    width: int
    height: int
    mode: Mode
    created_at: datetime
    user_id: str | None = None
    character_id: str | None = None
    prompt: str = ""
    model_used: str = ""
    latency_ms: int | None = None
    seed: int | None = None
    cost: float | None = None
