"""Genres: each kind of story is one data file, its doctrine; a new genre is a new file, and no code knows its name."""

from __future__ import annotations

from engine.studio.genres.rules import Doctrine, FrameBeat, Gate
from engine.studio.genres.shelf import doctrine, load_doctrines, pick

__all__ = ["Doctrine", "FrameBeat", "Gate", "doctrine", "load_doctrines", "pick"]
