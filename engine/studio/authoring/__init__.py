"""Authoring: writers' worlds, characters and episodes, saved whole or not at all, and never over another's work."""

from __future__ import annotations

from engine.studio.authoring.guard import fingerprint

__all__ = ["fingerprint"]
