"""The starter stories: loaded, drawn and published when a database holds no world yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.kernel.ids import seed_from
from engine.members import store as keys
from engine.story.character import Character
from engine.studio.authoring.rooms import Worlds
from engine.studio.avatars.room import Avatars
from engine.studio.content import Content
from engine.studio.files import read_bundle
from engine.studio.releases.room import Releases

Tell = Callable[[str], None]
BEGUN, DONE = "starter_begun", "starter_done"


@dataclass(frozen=True, slots=True)
class Starter:
    """The stories that come with Coldopen, as a folder for each world."""

    folder: Path
    worlds: Worlds
    content: Content
    avatars: Avatars
    releases: Releases

    def needed(self) -> bool:
        """Whether there is no world at all, or loading was interrupted."""
        with self.content.desk.db.read() as tx:
            begun, done = keys.key_value(tx, BEGUN), keys.key_value(tx, DONE)
        return done is None and (begun is not None or not self.worlds.all())

    def load(self, tell: Tell = lambda _: None) -> int:
        """Take in every starter world, draw each character's anchor and publish it. How many characters.

        Safe to repeat after an interruption: what is there is matched by slug. Raises SettingsProblem or BadInput for
        a broken file; nothing is changed then.
        """
        folders = sorted(path for path in self.folder.iterdir() if (path / "world.toml").is_file())
        for folder in folders:
            read_bundle(folder)
        self._mark(BEGUN)
        count = 0
        for folder in folders:
            taken = self.content.take_in(folder)
            for character in taken.characters:
                tell(f"{taken.world.name}: {character.name}")
                self._finish(character)
                count += 1
        self._mark(DONE)
        return count

    def _mark(self, key: str) -> None:
        with self.content.desk.db.write() as tx:
            keys.keep_key(tx, key, "yes")

    def _finish(self, character: Character) -> None:
        anchors = self.avatars.of_character(character.id)
        if not any(one.is_primary for one in anchors):
            chosen = anchors[0].asset_id if anchors else self._draw(character)
            self.avatars.choose(character.id, chosen)
        if character.live_release_id is None:
            self.releases.publish(character.id)

    def _draw(self, character: Character) -> str:
        return self.avatars.draw_anchor(character.id, seed_from("anchor", character.slug))
