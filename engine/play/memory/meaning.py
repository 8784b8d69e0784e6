"""How near memories are to a query in meaning: the cosine of vectors, set beside that of all others. Pure."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from engine.play.memory.scoring import Place

EXACT = 6
"""Decimals of a cosine that count: the same text always comes out the same, and equals come in order of telling."""
WIDTH = 4
"""Bytes of a number as it is kept."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a query means: its vector as it would be kept, and the model that made it."""

    by: str
    vector: bytes


def packed(vector: Sequence[float]) -> bytes:
    """A vector as it is kept: brought to length one, in 32 bits a number, little end first."""
    length = math.hypot(*vector)
    return struct.pack(f"<{len(vector)}f", *(one / length for one in vector))


def nearness(rows: Sequence[tuple[Place, bytes]], meaning: Meaning) -> dict[Place, float]:
    """How near each row's vector is: its cosine less the mean of all, over their range. Of another length: left out."""
    import numpy as np  # noqa: PLC0415  (a tenth of a second, only where there are vectors)

    alike = [(place, vector) for place, vector in rows if len(vector) == len(meaning.vector)]
    if not alike:
        return {}
    vectors = np.frombuffer(b"".join(vector for _, vector in alike), "<f4").reshape(len(alike), -1)
    told = np.vecdot(vectors, np.frombuffer(meaning.vector, "<f4")).astype(np.float64)
    cosines = np.round(told, EXACT)
    spread = float(cosines.max() - cosines.min())
    scaled = (cosines - cosines.mean()) / (spread or 1.0)
    return dict(zip((place for place, _ in alike), scaled.tolist(), strict=True))
