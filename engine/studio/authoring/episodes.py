"""The writer's desk of episodes: saving, ordering, taking away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from engine.db.desk import Desk
from engine.errors import BadInput, NotFound
from engine.story import store
from engine.story.episode import EpisodeTemplate
from engine.story.shelf.live import LiveEpisodes
from engine.studio.authoring import store as authored
from engine.studio.authoring.guard import are_equal, is_new, may_write
from engine.studio.authoring.slugs import must_be_free, slug_for


@dataclass(frozen=True, slots=True)
class Episodes:
    """Episode templates while they are written, and what is on offer."""

    desk: Desk
    live: LiveEpisodes

    def save(self, episode: EpisodeTemplate, *, base: str | None = None) -> EpisodeTemplate:
        """Write an episode template; a new one gets its id. `base` is the fingerprint of what the writer started from.

        Raises BadInput, NotFound for an unknown character, or Conflict where somebody else saved meanwhile or has the
        slug.
        """
        with self.desk.db.write() as tx:
            standing = store.episode(tx, episode.id) if authored.hold(tx, "episode", episode.id) else None
            if not may_write(standing, episode, base, episode.title):
                return standing or episode
            character_id = store.character(tx, episode.character_id).id
            taken = authored.slugs(tx, "episode", character_id)
            twin = store.episode(tx, taken[episode.slug]) if is_new(episode, base, taken) else None
            if twin is not None and are_equal(twin, replace(episode, character_id=character_id)):
                return twin
            must_be_free(taken, episode.slug, episode.id, "episode")
            return put_episode(tx, self.desk, replace(episode, character_id=character_id))

    def get(self, episode_id: str) -> EpisodeTemplate:
        """An episode template by id. Raises NotFound."""
        with self.desk.db.read() as tx:
            return store.episode(tx, episode_id)

    def of_character(self, character_id: str) -> list[EpisodeTemplate]:
        """A character's templates in their order."""
        with self.desk.db.read() as tx:
            return store.episodes_of(tx, character_id)

    def reorder(self, character_id: str, ids: Sequence[str]) -> None:
        """Number a character's episodes from 1 in this order, all or none of them.

        Raises BadInput where they are not exactly the character's episodes, each once; NotFound for no character.
        """
        with self.desk.db.write() as tx:
            mine = store.character(tx, character_id).id
            authored.hold(tx, "episode", "")
            if sorted(ids) != sorted(one.id for one in store.episodes_of(tx, mine)):
                raise BadInput("The episodes changed while you were ordering them. Look again, then order them anew.")
            authored.set_order(tx, ids)

    def remove(self, episode_id: str) -> None:
        """Take a template away; releases keep theirs, and who plays it goes on. Raises NotFound."""
        with self.desk.db.write() as tx:
            authored.hold(tx, "episode", episode_id)
            if not authored.remove_episode(tx, episode_id):
                raise NotFound("There is no such episode.")

    def free_slug(self, character_id: str, title: str) -> str:
        """A slug for a new episode of that title."""
        with self.desk.db.read() as tx:
            return slug_for(title, authored.slugs(tx, "episode", character_id), "episode")


def put_episode(tx: sa.Connection, desk: Desk, episode: EpisodeTemplate) -> EpisodeTemplate:
    """Write an episode template in a running transaction."""
    saved = replace(episode, id=episode.id or desk.new_id())
    store.save_episode(tx, saved, desk.now())
    return saved
