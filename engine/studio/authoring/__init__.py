"""Authoring: writers' worlds, characters and episodes, saved whole or not at all."""
