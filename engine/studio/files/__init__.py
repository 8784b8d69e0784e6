"""Content as files: a world with its characters and episodes, as a folder that people edit and git compares."""

from __future__ import annotations

from engine.studio.files.bundle import CharacterBundle, WorldBundle, plain
from engine.studio.files.reading import read_bundle
from engine.studio.files.writing import write_bundle

__all__ = ["CharacterBundle", "WorldBundle", "plain", "read_bundle", "write_bundle"]
