"""How quiet the machine is: p95 over minimum of one fixed loop. Above 1.25, only ratios mean anything."""

from __future__ import annotations

import timeit

LOUD = 1.25


def noise() -> float:
    """p95 / minimum of a fixed piece of work, about 0.2 s."""
    times = sorted(timeit.repeat(lambda: sum(range(200_000)), number=1, repeat=40))
    return times[37] / times[0]
