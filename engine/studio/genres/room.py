"""The public face of doctrines: those of one content folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.studio.genres.rules import Doctrine
from engine.studio.genres.shelf import load_doctrines, pick


@dataclass(frozen=True, slots=True)
class Doctrines:
    """The genres that writers may choose."""

    folder: Path

    def all(self) -> Mapping[str, Doctrine]:
        """Every doctrine by slug. Raises SettingsProblem for a broken file."""
        return load_doctrines(self.folder)

    def get(self, slug: str) -> Doctrine:
        """A doctrine by slug. Raises UnknownGenre, naming the known ones."""
        return pick(self.all(), slug)
