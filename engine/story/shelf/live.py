"""What can be played now: the episodes of every live release."""

from __future__ import annotations

from dataclasses import dataclass

from engine.db.database import Database
from engine.story.episode import EpisodeTemplate
from engine.story.release import Release
from engine.story.shelf import store


@dataclass(frozen=True, slots=True)
class LiveEpisode:
    """An episode on offer, with the release that it comes from."""

    release: Release
    episode: EpisodeTemplate


@dataclass(frozen=True, slots=True)
class LiveEpisodes:
    """The shelf as a player sees it."""

    db: Database

    def all(self) -> list[LiveEpisode]:
        """Every episode on offer, by character and order."""
        with self.db.read() as tx:
            releases = store.live(tx)
        return [
            LiveEpisode(release, episode)
            for release in releases
            for episode in sorted(release.payload.episodes, key=lambda one: (one.order, one.slug))
        ]

    def find(self, ref: str) -> LiveEpisode:
        """The episode meant by an id, a slug or `character/slug`. Raises NotFound."""
        with self.db.read() as tx:
            return LiveEpisode(*store.find_live(tx, ref))

    def after(self, character_id: str, order: int) -> LiveEpisode | None:
        """The character's next episode on offer, or None."""
        later = [one for one in self.all() if one.release.character_id == character_id and one.episode.order > order]
        return later[0] if later else None
