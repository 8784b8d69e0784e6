"""Cards: what a list shows of a character. Reading thousands of them costs one statement and validates no text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CharacterCard:
    """A character as a list shows it. `portrait` is the storage path of the anchor in use, None where there is none;
    `episodes` is how many are written; `live_release_id` is what new sessions get, None where nothing is offered.
    """

    id: str
    name: str
    archetype: str
    genre: str
    world_id: str | None
    live_release_id: str | None
    portrait: str | None
    episodes: int
