"""Threads to pick up later: planted after a turn, offered when ripe, used at most once."""

from engine.play.hooks.notes import HookNote, notes_from
from engine.play.hooks.nouns import Due
from engine.play.hooks.store import due, plant, restand, use
from engine.play.hooks.threads import render, used_in

__all__ = ["Due", "HookNote", "due", "notes_from", "plant", "render", "restand", "use", "used_in"]
