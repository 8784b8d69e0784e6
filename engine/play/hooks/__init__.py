"""Threads to pick up later: planted after a turn, offered when ripe, used at most once."""

from engine.play.hooks.notes import HookNote, notes_from
from engine.play.hooks.nouns import Due, Planted, Thread
from engine.play.hooks.store import due, plant, restand, use
from engine.play.hooks.threads import render, state_of, used_in, went_into

__all__ = [
    "Due",
    "HookNote",
    "Planted",
    "Thread",
    "due",
    "notes_from",
    "plant",
    "render",
    "restand",
    "state_of",
    "use",
    "used_in",
    "went_into",
]
