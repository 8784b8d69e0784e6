"""What a bench prints: one JSON object a line, and the few figures that are made of many times."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence

from engine.bench.noise import LOUD, noise


def row(bench: str, name: str, **values: object) -> str:
    """One line: which bench, what was measured, and the figures."""
    return json.dumps({"bench": bench, "row": name, **values})


def quiet(bench: str) -> str:
    """How quiet the machine is at this moment; where it is loud, only ratios mean anything."""
    return row(bench, "noise", p95_over_min=round(noise(), 2), loud_above=LOUD)


def spread(values: Sequence[float], places: int = 2) -> dict[str, float]:
    """Median and 95th percentile."""
    ranked = sorted(values)
    p95 = ranked[min(len(ranked) - 1, int(0.95 * len(ranked)))]
    return {"p50": round(statistics.median(ranked), places), "p95": round(p95, places)}
