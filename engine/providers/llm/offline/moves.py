"""Choosing a move and a shape: what the character does about the player's act, by pacing and tension."""

from __future__ import annotations

from engine.providers.llm.offline.part import Part

MOVES = ("deflect", "reveal", "challenge", "closer", "interrupt", "offer", "callback")
SHAPES = ("brief", "medium", "long")
CLOSING = 0.8
_LATE, _MIDDLE = 0.6, 0.25
_PEAK, _CALM = 75, 35


def phase(progress: float) -> str:
    """Where in the budget a turn lies: opening, middle, late or closing (from 80 % on)."""
    if progress >= CLOSING:
        return "closing"
    if progress >= _LATE:
        return "late"
    return "middle" if progress > _MIDDLE else "opening"


def band(tension: int) -> str:
    """Low, mid or high tension."""
    if tension >= _PEAK:
        return "high"
    return "mid" if tension >= _CALM else "low"


def choose_move(part: Part) -> str:
    """A move, weighed by the act, the phase and the tension (`pacing.toml`)."""
    weights = part.banks.weights
    now, heat = phase(part.scene.progress), band(part.scene.tension)

    def weigh(move: str) -> float:
        base = weights.get(f"pacing.act.{part.act.kind}.{move}", weights.get(f"pacing.act.statement.{move}", 1.0))
        return base * weights.get(f"pacing.phase.{now}.{move}", 1.0) * weights.get(f"pacing.tension.{heat}.{move}", 1.0)

    return part.dice.weighed(
        "move", {move: weigh(move) for move in MOVES if move != "callback" or "quote" in part.values}
    )


def choose_shape(part: Part) -> str:
    """Brief, medium or long: short at a peak and after silence, and rarely the length of the reply before."""
    weights = part.banks.weights
    last = _shape_of(part.scene.said[-1]) if part.scene.said else ""
    heat = band(part.scene.tension)

    def weigh(shape: str) -> float:
        repeat = weights.get("pacing.shape.repeat", 1.0) if shape == last else 1.0
        act = weights.get(f"pacing.shape.act.{part.act.kind}.{shape}", 1.0)
        return weights.get(f"pacing.shape.tension.{heat}.{shape}", 1.0) * act * repeat

    return part.dice.weighed("shape", {shape: weigh(shape) for shape in SHAPES})


def _shape_of(reply: str) -> str:
    words = len(reply.split())
    return SHAPES[(words > 16) + (words > 32)]  # noqa: PLR2004  (about one, two and three sentences)
