"""Scenes: illustrated moments of a session."""
