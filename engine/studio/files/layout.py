"""Where each file of a content folder stands. Every name comes from a checked slug, so none can lead outside.

    world.toml
    characters/<slug>/character.toml
    characters/<slug>/kit.toml                       (optional)
    characters/<slug>/anchor.webp                    (optional)
    characters/<slug>/episodes/<order>-<slug>.toml

A folder's name is its character's slug, and an episode's file name is its order and slug: to rename is to rename.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

WORLD = "world.toml"
CHARACTERS = "characters"
CHARACTER = "character.toml"
KIT = "kit.toml"
ANCHOR = "anchor.webp"
EPISODES = "episodes"
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_EPISODE = re.compile(r"([0-9]{1,5})-([a-z0-9]+(?:-[a-z0-9]+)*)\.toml\Z")
_SLUG_LIMIT = 80


def is_slug(name: str) -> bool:
    """Whether a folder may have this name: lower-case letters, digits and single hyphens, at most 80."""
    return len(name) <= _SLUG_LIMIT and SLUG.match(name) is not None


def episode_file(order: int, slug: str) -> str:
    """The file name of an episode: `01-the-spare-key.toml`."""
    return f"{order:02d}-{slug}.toml"


def order_and_slug(file_name: str) -> tuple[int, str] | None:
    """What an episode's file name says, or None when it is not named as one."""
    found = _EPISODE.match(file_name)
    return (int(found[1]), found[2]) if found and is_slug(found[2]) else None


def ours(folder: Path) -> Iterator[Path]:
    """Every file of this layout that a folder holds besides world.toml; links are not followed."""
    characters = folder / CHARACTERS
    if characters.is_symlink() or not characters.is_dir():
        return
    for home in sorted(characters.iterdir()):
        if home.is_symlink() or not home.is_dir() or not is_slug(home.name):
            continue
        yield from (path for name in (CHARACTER, KIT, ANCHOR) if (path := home / name).is_file())
        episodes = home / EPISODES
        if episodes.is_dir() and not episodes.is_symlink():
            yield from (path for path in sorted(episodes.iterdir()) if order_and_slug(path.name) and path.is_file())
