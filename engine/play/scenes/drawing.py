"""Drawing one scene: gather, find the moment, compose, lint, reuse or draw, store. Run as durable work by scene id."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from engine.errors import ColdopenError, NotFound, ProviderDown, ProviderError, ProviderRefused, ProviderUnusable
from engine.images import store as images
from engine.images.asset import ImageAsset
from engine.images.make import Made, make_picture
from engine.kernel.crash import crash
from engine.kernel.events import Event
from engine.kernel.ids import seed_from
from engine.play.conversation import store as conversation
from engine.play.conversation.lineage import store as lineage
from engine.play.conversation.timelines import store as timelines
from engine.play.dynamics import store as dynamics
from engine.play.scenes import store
from engine.play.scenes.brief import Composed, FromAnchor, FromWords, ImageRef, Moment, SceneBrief
from engine.play.scenes.composer import compose
from engine.play.scenes.lint import Finding, blocked, lint
from engine.play.scenes.moment import moment_ask, moment_from, plain_moment
from engine.play.scenes.nouns import NO_MORE, WITHDRAWN, SceneRow
from engine.play.scenes.reuse import still_fits
from engine.play.scenes.store import Drawn
from engine.play.spending import note_answer
from engine.providers.images import Order, PictureRequest, Reference
from engine.story.shelf import store as shelf

if TYPE_CHECKING:
    from engine.db.desk import Desk
    from engine.play.conversation.nouns import PlaySession
    from engine.providers.images import Camera
    from engine.providers.llm import Actor
    from engine.story.episode import EpisodeTemplate
    from engine.story.release import PinnedAsset, Release

log = logging.getLogger(__name__)
TRIES = 3
TAKEN_OVER = "This picture is drawn by another process now."


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a scene is drawn from, read in one transaction."""

    row: SceneRow
    session: PlaySession
    audience: str
    release: Release
    episode: EpisodeTemplate
    tension: int
    line: str
    reply: str
    hidden: tuple[SceneRow, ...]
    drawn: int


@dataclass(frozen=True, slots=True)
class Studio:
    """What drawing needs: who describes, who draws, where files lie, and how many pictures a session may have."""

    desk: Desk
    actor: Actor
    camera: Callable[[], Camera]
    get_file: Callable[[str], bytes]
    put_file: Callable[[str, bytes], None]
    slot: str
    budget: int
    _drawing: set[str] = field(default_factory=set[str])

    def pulse(self) -> None:
        """Renew the lease of each picture that is being drawn here, so that nobody pays for it twice."""
        for scene_id in list(self._drawing):
            with self.desk.db.write() as tx:
                store.renew(tx, scene_id, self.slot, self.desk.now())

    def draw(self, scene_id: str) -> None:
        """Draw a scene that is due; does nothing for one that is not. A failure is written as a sentence."""
        with self.desk.db.write() as tx:
            row = store.claim(tx, scene_id, self.slot, self.desk.now())
            crash("scene-claim.before-commit")
        if row is None:
            return
        crash("scene-claim.after-commit")
        self._drawing.add(scene_id)
        try:
            self._draw(row)
        except ProviderError as error:
            passes = not isinstance(error, ProviderRefused | ProviderUnusable)
            self._give_up(row, error, again=passes and row.attempts < TRIES)
        except ColdopenError as error:
            self._give_up(row, error, again=False)
        finally:
            self._drawing.discard(scene_id)

    def _draw(self, row: SceneRow) -> None:
        scene = self._gather(row)
        if scene.drawn >= self.budget:
            raise NotFound(NO_MORE)
        brief, composed, findings = self._composed(scene)
        references = self._references(scene.release, composed)
        told = tuple({"rule": one.rule, "layer": one.layer, "says": one.sentence} for one in findings)
        if blocked(findings):
            raise NotFound(f"The picture was not drawn: {findings[0].sentence}")
        again = next((old for old in scene.hidden if still_fits(old.telling, old.mode, composed)), None)
        if again is not None:
            drawn = _drawn(brief, composed, told, again.image_id or "", repeats=again.id)
            self._finish(scene, drawn, composed, None)
            return
        request = replace(request_of(composed, references, row.seed), order=self._order(row))
        image_id = self.desk.new_id()  # a drawing of its own file: one that lost its lease overwrites nobody's
        path = f"scenes/{row.user_id}/{row.session_id}/{image_id}.webp"
        made = make_picture(self.camera(), self._put, request, path=path)
        self._finish(scene, _drawn(brief, composed, told, image_id), composed, made)

    def _composed(self, scene: Gathered) -> tuple[SceneBrief, Composed, tuple[Finding, ...]]:
        """The words of the picture; where those of the moment may not be said, a plain moment takes its place."""
        for moment in (self._moment(scene), plain_moment(scene.tension)):
            brief = brief_of(scene, moment)
            composed = compose(brief)
            findings = lint(brief, composed)
            if not blocked(findings):
                break
        return brief, composed, findings

    def _order(self, row: SceneRow) -> Order:
        """How a drawing that is paid for is found again after a crash, and called off when its moment is taken back."""

        def keep(prediction: str) -> None:
            with self.desk.db.write() as tx:
                if not store.begun(tx, row.id, self.slot, prediction):
                    raise ProviderDown(TAKEN_OVER)

        def wanted() -> bool:
            with self.desk.db.read() as tx:
                stands = store.wanted(tx, row.id, self.slot)
                if stands is None:
                    raise ProviderDown(TAKEN_OVER)
                return stands and not shelf.is_withdrawn(tx, row.release_id)

        return Order(row.prediction or "", keep, wanted)

    def _put(self, path: str, data: bytes) -> None:
        crash("scene.before-file")
        self.put_file(path, data)
        crash("scene.after-file")

    def _gather(self, row: SceneRow) -> Gathered:
        with self.desk.db.read() as tx:
            session = conversation.session(tx, row.session_id or "")
            release = shelf.get(tx, row.release_id)
            if shelf.is_withdrawn(tx, release.id):
                raise NotFound(WITHDRAWN)
            episode = release.payload.episode(row.template_id)
            seen = timelines.sight(tx, row.timeline_id).before(row.at + 1)
            dynamic = dynamics.state(
                tx, sessions=lineage.ids(tx, session), sight=seen, opening_tension=episode.opening_tension
            )
            spoken = [one for one in lineage.transcript(tx, session) if one.at <= row.at]
            return Gathered(
                row=row,
                session=session,
                audience=timelines.get(tx, row.timeline_id)["audience"],
                release=release,
                episode=episode,
                tension=dynamic.tension,
                line=next((one.content for one in reversed(spoken) if one.role == "user"), ""),
                reply=next((one.content for one in reversed(spoken) if one.role == "assistant"), ""),
                hidden=tuple(store.hidden_like(tx, session.id, row.trigger_type)),
                drawn=store.count_drawn(tx, session.id),
            )

    def _moment(self, scene: Gathered) -> Moment:
        """What the actor sees in the last lines, or a plain moment when it cannot say."""
        ask = moment_ask(
            line=scene.line,
            reply=scene.reply,
            frame=scene.episode.episode_frame,
            place=scene.session.scene,
            tension=scene.tension,
            seed=seed_from("moment", scene.row.seed),
        )
        try:
            told = self.actor.answer(ask)
            note_answer(self.desk, "moment", told, lambda _: _known(scene.row, scene.audience))
            return moment_from(told.data, scene.tension)
        except ProviderError as error:
            log.warning("the moment of scene %s is a plain one: %s", scene.row.id, error)
            return plain_moment(scene.tension)

    def _references(self, release: Release, composed: Composed) -> tuple[Reference, ...]:
        """The anchor's bytes, found to be those that the release pinned. Raises NotFound when they are not."""
        if isinstance(composed.picture, FromWords) or release.payload.anchor is None:
            return ()
        mask = release.payload.anchor_mask
        return (Reference(self._pinned(release.payload.anchor), self._pinned(mask) if mask else None),)

    def _pinned(self, asset: PinnedAsset) -> bytes:
        data = self.get_file(asset.storage_path)
        if hashlib.sha256(data).hexdigest() != asset.sha256:
            raise NotFound("The anchor picture's file is not the one that the release was published with.")
        return data

    def _finish(self, scene: Gathered, drawn: Drawn, composed: Composed, made: Made | None) -> None:
        """Write the picture's row and the scene's end; nothing where the drawing was taken over meanwhile."""
        row = scene.row
        with self.desk.db.write() as tx:
            if not store.done(tx, row.id, self.slot, drawn, self.desk.now()):
                return
            if made is not None:
                images.add(tx, self._asset(row, drawn.image_id, composed, made))
            event = Event("scene_ready", **_known(row, scene.audience), properties=_figures(row, composed, made))
            self.desk.note(tx, event)
            crash("scene.before-commit")
        crash("scene.after-commit")

    def _asset(self, row: SceneRow, image_id: str, composed: Composed, made: Made) -> ImageAsset:
        return ImageAsset(
            id=image_id,
            storage_path=made.file.path,
            sha256=made.file.sha256,
            bytes=made.file.bytes,
            width=made.file.width,
            height=made.file.height,
            mode=composed.mode,
            created_at=self.desk.now(),
            user_id=row.user_id,
            character_id=row.character_id,
            prompt=made.words or composed.picture.words,
            model_used=made.model,
            latency_ms=made.latency_ms,
            seed=row.seed,
            cost=made.cost,
        )

    def _give_up(self, row: SceneRow, error: ColdopenError, *, again: bool) -> None:
        log.info("scene %s was not drawn: %s", row.id, error)
        with self.desk.db.write() as tx:
            if again:
                store.put_back(tx, row.id, self.slot, self.desk.now())
                return
            if store.failed(tx, row.id, self.slot, str(error), self.desk.now()):
                audience = timelines.get(tx, row.timeline_id)["audience"]
                figures = {"trigger": row.trigger_type, "reason": str(error)}
                self.desk.note(tx, Event("scene_failed", **_known(row, audience), properties=figures))


def _drawn(
    brief: SceneBrief,
    composed: Composed,
    lint_told: tuple[dict[str, Any], ...],
    image_id: str,
    repeats: str | None = None,
) -> Drawn:
    """What a finished drawing adds to its row."""
    picture = composed.picture
    anchor = picture.anchor if isinstance(picture, FromAnchor) else None
    return Drawn(
        image_id=image_id,
        mode=composed.mode,
        caption=brief.moment.caption,
        layers={layer.name: layer.words for layer in composed.layers},
        prompt=picture.words,
        avoid=picture.avoid if isinstance(picture, FromWords) else "",
        anchor_id=anchor.asset_id if anchor else None,
        anchor_sha256=anchor.sha256 if anchor else None,
        lint=lint_told,
        repeats=repeats,
    )


def _figures(row: SceneRow, composed: Composed, made: Made | None) -> dict[str, str | int | float | bool]:
    """What the event of a picture tells; a cost that nobody knows is left out, never zero."""
    figures: dict[str, str | int | float | bool] = {"trigger": row.trigger_type, "mode": composed.mode}
    figures |= {"latency_ms": made.latency_ms if made else 0, "reused": made is None}
    cost = made.cost if made else 0.0
    return figures if cost is None else figures | {"cost": cost}


def _known(row: SceneRow, audience: str) -> dict[str, str | None]:
    """What the events of a scene carry."""
    return {
        "user_id": row.user_id,
        "character_id": row.character_id,
        "session_id": row.session_id,
        "template_id": row.template_id,
        "release_id": row.release_id,
        "timeline_id": row.timeline_id,
        "take_id": row.take_id,
        "audience": audience,
    }


def brief_of(scene: Gathered, moment: Moment) -> SceneBrief:
    """Everything that the picture is composed from."""
    payload = scene.release.payload
    pinned = payload.anchor
    return SceneBrief(
        name=payload.persona.name,
        adult=payload.persona.adult,
        identity=payload.persona.visual_identity,
        kit=payload.kit,
        config=scene.episode.scene_config,
        place=scene.session.scene,
        tension=scene.tension,
        moment=moment,
        anchor=ImageRef(pinned.asset_id, pinned.storage_path, pinned.sha256) if pinned else None,
    )


def request_of(composed: Composed, references: tuple[Reference, ...], seed: int) -> PictureRequest:
    """The composed picture as a camera takes it."""
    picture = composed.picture
    avoid = picture.avoid if isinstance(picture, FromWords) else ""
    return PictureRequest(words=picture.words, avoid=avoid, references=references, seed=seed, hints=composed.hints)
