"""The public verbs of avatar kits. Assets are added and retired, never changed or deleted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count, islice

import sqlalchemy as sa

from engine.db.desk import Desk
from engine.errors import BadInput, Conflict, NotFound
from engine.images import store as images
from engine.images.asset import Mode
from engine.images.intake import read_upload
from engine.images.make import Put, StoredFile
from engine.moderation.adults import states_minor_age
from engine.providers.images import Camera, PictureRequest
from engine.story import store
from engine.story.avatar_kit import AvatarKit
from engine.story.character import Character
from engine.studio.authoring import store as authored
from engine.studio.authoring.guard import may_write
from engine.studio.avatars import store as candidates
from engine.studio.avatars.easel import Easel
from engine.studio.avatars.jobs import MOST, Job, Wish
from engine.studio.avatars.portrait import portrait_request
from engine.studio.avatars.shelving import shelve_upload


@dataclass(frozen=True, slots=True)
class AnchorView:
    """An anchor picture of a kit, and whether it is the one in use. Cost in US dollars."""

    asset_id: str
    storage_path: str
    sha256: str
    is_primary: bool
    mode: Mode = "anchor"
    seed: int | None = None
    model: str = ""
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Avatars:
    """Visual identities: kits and their anchors."""

    desk: Desk
    camera: Callable[[], Camera]
    put: Put
    easel: Easel

    def kit_of(self, character_ref: str) -> AvatarKit:
        """The kit in use. Raises NotFound."""
        with self.desk.db.read() as tx:
            return _kit(tx, store.character(tx, character_ref))

    def save_kit(self, character_ref: str, kit: AvatarKit, *, base: str | None = None) -> AvatarKit:
        """Write the character's kit and put it in use. `base` is the fingerprint of what the writer started from.

        Raises NotFound, BadInput, or Conflict where somebody else saved meanwhile.
        """
        with self.desk.db.write() as tx:
            authored.hold(tx, "character", store.character(tx, character_ref).id)
            character = store.character(tx, character_ref)
            standing = store.kit(tx, character.active_avatar_kit_id) if character.active_avatar_kit_id else None
            if not may_write(standing, kit, base, f"The look of {character.name}"):
                return standing or kit
            return put_kit(tx, self.desk, character, kit)

    def of_character(self, character_ref: str) -> list[AnchorView]:
        """The anchors on offer, oldest first. Raises NotFound."""
        with self.desk.db.read() as tx:
            kit = _kit(tx, store.character(tx, character_ref))
            rows = store.assets_of(tx, kit.id)
            shown = [(row, images.get(tx, row["image_id"], None)) for row in rows if row["kind"] == "anchor"]
        return [
            AnchorView(
                row["id"],
                image.storage_path,
                image.sha256,
                row["id"] == kit.primary_anchor_id,
                image.mode,
                image.seed,
                image.model_used,
                image.cost,
            )
            for row, image in shown
        ]

    def draw_candidates(self, character_ref: str, seeds: Sequence[int]) -> Job:
        """Draw anchor candidates in the background, one for each seed, whatever becomes of this process; while a job of
        this character is running, that one is given and nothing is begun. Raises NotFound or BadInput.
        """
        if not 1 <= len(seeds) <= MOST or len(set(seeds)) != len(seeds):
            raise BadInput(f"Ask for 1 to {MOST} candidates, each with a seed of its own.")
        return self.easel.ask(self._wish(character_ref, seeds))

    def candidates(self, character_ref: str) -> Job | None:
        """The running job of the character, else the latest one; None where there was none. Raises NotFound."""
        with self.desk.db.read() as tx:
            return candidates.latest(tx, store.character(tx, character_ref).id)

    def cancel_candidates(self, character_ref: str) -> None:
        """Begin no more of the running job's pictures and call off what can be called off; what comes all the same is
        kept. Raises NotFound.
        """
        with self.desk.db.read() as tx:
            character = store.character(tx, character_ref)
        self.easel.cancel(character.id)

    def fresh_seeds(self, character_ref: str, how_many: int) -> tuple[int, ...]:
        """The lowest seeds that no picture of the kit was drawn with, retired ones included. Raises NotFound."""
        with self.desk.db.read() as tx:
            kit = _kit(tx, store.character(tx, character_ref))
            used = {images.get(tx, row["image_id"], None).seed for row in store.assets_of(tx, kit.id, retired=True)}
        return tuple(islice((seed for seed in count(1) if seed not in used), how_many))

    def draw_anchor(self, character_ref: str, seed: int) -> str:
        """Draw an anchor candidate and wait for it: its asset id. The same seed draws the same face. Where just this
        one was begun and not finished, as by a process that died, that drawing is taken up.

        Raises NotFound, BadInput when the words state an age under 18, a ProviderError, or Conflict when it is called
        off meanwhile.
        """
        return self.easel.draw(self._wish(character_ref, (seed,)), self.camera())

    def upload(self, character_ref: str, data: bytes) -> str:
        """Take a picture from a file as an anchor candidate: its asset id. Raises BadPicture or NotFound."""
        accepted = read_upload(data)
        with self.desk.db.read() as tx:
            character = store.character(tx, character_ref)
            kit = _kit(tx, character)
        image_id = self.desk.new_id()
        path = f"avatars/{character.id}/{image_id}.webp"
        self.put(path, accepted.webp)
        file = StoredFile(
            path=path, sha256=accepted.sha256, bytes=len(accepted.webp), width=accepted.width, height=accepted.height
        )
        with self.desk.db.write() as tx:
            return shelve_upload(tx, self.desk, character.id, kit.id, image_id, file)

    def choose(self, character_ref: str, asset_id: str) -> None:
        """Make an anchor the one in use: the next cut pins it. Raises NotFound, or Conflict for a retired one."""
        with self.desk.db.write() as tx:
            kit, asset = _held_asset(tx, character_ref, asset_id)
            if asset["retired_at"] is not None:
                raise Conflict("That picture was retired meanwhile. Choose another one.")
            store.set_anchor(tx, kit.id, asset_id)

    def retire(self, character_ref: str, asset_id: str) -> None:
        """Offer an anchor no longer for new work; releases and scenes that name it keep it. Twice is once.

        Raises NotFound, or Conflict for the one in use.
        """
        with self.desk.db.write() as tx:
            kit, asset = _held_asset(tx, character_ref, asset_id)
            if kit.primary_anchor_id == asset_id:
                raise Conflict("This is the face in use. Choose another one first, then retire this one.")
            if asset["retired_at"] is None:
                store.retire_asset(tx, asset_id, self.desk.now())

    def _wish(self, character_ref: str, seeds: Sequence[int]) -> Wish:
        """Portraits in the words of the kit in use. Raises NotFound, or BadInput when they state an age under 18."""
        with self.desk.db.read() as tx:
            character = store.character(tx, character_ref)
            kit = _kit(tx, character)
        requests = tuple(_portrait(character, kit, seed) for seed in seeds)
        return Wish(character.id, kit.id, self.camera().name, requests)


def put_kit(tx: sa.Connection, desk: Desk, character: Character, kit: AvatarKit) -> AvatarKit:
    """Write a kit in a running transaction: the character's own one, with its anchor kept."""
    standing = store.kit(tx, character.active_avatar_kit_id) if character.active_avatar_kit_id else None
    saved = AvatarKit(
        id=standing.id if standing else desk.new_id(),
        appearance_prompt=kit.appearance_prompt,
        style_prompt=kit.style_prompt,
        negative_prompt=kit.negative_prompt,
        primary_anchor_id=standing.primary_anchor_id if standing else None,
    )
    store.save_kit(tx, saved, character.id, desk.now())
    store.set_active_kit(tx, character.id, saved.id)
    return saved


def _portrait(character: Character, kit: AvatarKit, seed: int) -> PictureRequest:
    """The request of an anchor. Raises BadInput when its words state an age under 18."""
    request = portrait_request(character, kit, seed)
    if (span := states_minor_age(request.words)) is not None:
        raise BadInput(f"Characters are adults, and this look states {span!r}. Change the appearance first.")
    return request


def _held_asset(tx: sa.Connection, character_ref: str, asset_id: str) -> tuple[AvatarKit, sa.RowMapping]:
    """The kit, held until the transaction ends so that nobody chooses what another retires, and one of its assets.

    Raises NotFound.
    """
    kit = _kit(tx, store.character(tx, character_ref))
    store.hold_kit(tx, kit.id)
    asset = store.asset(tx, asset_id)
    if asset["kit_id"] != kit.id:
        raise NotFound("There is no such picture in this avatar kit.")
    return store.kit(tx, kit.id), asset


def _kit(tx: sa.Connection, character: Character) -> AvatarKit:
    if character.active_avatar_kit_id is None:
        raise NotFound(f"{character.name} has no avatar kit yet; describe the looks first.")
    return store.kit(tx, character.active_avatar_kit_id)
