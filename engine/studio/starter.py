"""The starter stories: loaded, drawn and published when a database holds no world yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.kernel.ids import seed_from
from engine.story.character import Character
from engine.studio.authoring.rooms import Worlds
from engine.studio.avatars.room import Avatars
from engine.studio.content import Content
from engine.studio.releases.room import Releases

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Starter:
    """The stories that come with Coldopen, as a folder for each world."""

    folder: Path
    worlds: Worlds
    content: Content
    avatars: Avatars
    releases: Releases

    def needed(self) -> bool:
        """Whether there is no world at all."""
        return not self.worlds.all()

    def load(self, tell: Tell = lambda _: None) -> int:
        """Take in every starter world, draw each character's anchor and publish it. How many characters.

        Safe to repeat after an interruption: what is there is matched by slug. Raises SettingsProblem or BadInput for
        a broken file.
        """
        count = 0
        for folder in sorted(path for path in self.folder.iterdir() if (path / "world.toml").is_file()):
            taken = self.content.take_in(folder)
            for character in taken.characters:
                tell(f"{taken.world.name}: {character.name}")
                self._finish(character)
                count += 1
        return count

    def _finish(self, character: Character) -> None:
        anchors = self.avatars.of_character(character.id)
        if not any(one.is_primary for one in anchors):
            chosen = anchors[0].asset_id if anchors else self._draw(character)
            self.avatars.choose(character.id, chosen)
        self.releases.publish(character.id)

    def _draw(self, character: Character) -> str:
        return self.avatars.draw_anchor(character.id, seed_from("anchor", character.slug))
