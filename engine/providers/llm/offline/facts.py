"""Facts of an ask, read tolerantly: what is missing or of another kind reads as empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

Facts = Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One exchange to observe."""

    line: str
    reply: str
    player: str
    character: str
    tension: int
    tone: str
    turn: int
    budget: int
    known: tuple[str, ...]
    milestones: tuple[str, ...]
    resolutions: tuple[tuple[str, str], ...]
    closing: bool
    tones: tuple[str, ...]


def read_turn(facts: Facts) -> Turn:
    """The facts of an `observe` ask as a value."""
    return Turn(
        line=text(facts, "line"),
        reply=text(facts, "reply"),
        player=text(facts, "player").strip(),
        character=text(facts, "character").strip(),
        tension=number(facts, "tension", 30),
        tone=text(facts, "tone"),
        turn=number(facts, "turn", 1),
        budget=max(1, number(facts, "budget", 12)),
        known=texts(facts, "known"),
        milestones=texts(facts, "milestones"),
        resolutions=_resolutions(facts.get("resolutions")),
        closing=facts.get("closing") is True,
        tones=texts(facts, "tones"),
    )


def text(facts: Facts, key: str) -> str:
    """A text fact, or ""."""
    value = facts.get(key)
    return value if isinstance(value, str) else ""


def texts(facts: Facts, key: str) -> tuple[str, ...]:
    """A list of texts; anything else in it is left out."""
    value = facts.get(key)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def number(facts: Facts, key: str, otherwise: int) -> int:
    """A whole number, or `otherwise`."""
    value = facts.get(key)
    return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else otherwise


def _resolutions(value: JsonValue) -> tuple[tuple[str, str], ...]:
    found = value if isinstance(value, list) else []
    pairs = [(item.get("kind"), item.get("text")) for item in found if isinstance(item, dict)]
    return tuple((kind, words) for kind, words in pairs if isinstance(kind, str) and isinstance(words, str))
