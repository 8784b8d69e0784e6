"""How a scene moves: tension, tone, beats, and what happened for the first time."""

from engine.play.dynamics.level import Dynamic
from engine.play.dynamics.notes import TONES, DynamicNote, MilestoneNote, dynamic_from, milestones_from
from engine.play.dynamics.store import add, reach, reached, restand, state

__all__ = [
    "TONES",
    "Dynamic",
    "DynamicNote",
    "MilestoneNote",
    "add",
    "dynamic_from",
    "milestones_from",
    "reach",
    "reached",
    "restand",
    "state",
]
