"""Places: where on which screen a field of a draft is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st

from engine.story.character import Character
from engine.story.episode import EpisodeTemplate
from studio_app.door import Visit, plain

SCREENS = {"character": "character", "world": "world", "kit": "looks", "episodes": "episodes"}
PAGES = {
    "character": "studio.page_character",
    "world": "studio.page_world",
    "looks": "studio.page_looks",
    "episodes": "studio.page_episodes",
}


_FIRST = {"resolutions": "resolution_0_text"}
"""The first field of what the form writes in several."""


@dataclass(frozen=True, slots=True)
class Place:
    """A screen with its query, and what the place is called."""

    screen: str
    query: Mapping[str, str]
    called: str


@dataclass(frozen=True, slots=True)
class Map:
    """The places of one character's draft."""

    visit: Visit
    character: Character
    episodes: Sequence[EpisodeTemplate] = field(default_factory=tuple[EpisodeTemplate, ...])

    def find(self, path: str) -> Place:
        """Where `path` is written, such as `character.backstory` or `episodes.first-night.situation`."""
        room, _, rest = path.partition(".")
        mine = {"id": self.character.id}
        if room == "episodes":
            return self._in_episode(rest)
        if path.startswith("character.visual_identity"):
            return Place("character", mine | {"field": rest}, self._called("character", rest.rpartition(".")[2]))
        if room == "world":
            return Place("world", {"id": self.character.world_id or "", "field": rest}, self._called("world", rest))
        screen = SCREENS.get(room, "character")
        return Place(screen, mine | ({"field": rest} if rest else {}), self._called(screen, rest))

    def _in_episode(self, rest: str) -> Place:
        slug, _, name = rest.partition(".")
        found = next((one for one in self.episodes if one.slug == slug), None)
        query = (
            {"id": self.character.id}
            | ({"episode": found.id} if found else {})
            | ({"field": _FIRST.get(name, name)} if name else {})
        )
        title = found.title if found else slug
        words = name.replace("scene_config.", "").replace("_", " ")
        return Place("episodes", query, ": ".join(part for part in (title, words) if part) or self._called("episodes"))

    def _called(self, screen: str, name: str = "") -> str:
        page = self.visit.say(PAGES[screen])
        return f"{page}: {name.replace('_', ' ')}" if name else page


def link_to(place: Place) -> None:
    """A link to a place, by its name."""
    st.page_link(f"screens/{place.screen}.py", label=plain(place.called), query_params=dict(place.query))
