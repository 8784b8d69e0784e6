"""Scenes: the public verbs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.errors import Conflict, Ended
from engine.kernel.crash import crash
from engine.play.conversation import store as conversation
from engine.play.conversation.lineage import store as lineage
from engine.play.conversation.nouns import check_client_id
from engine.play.conversation.timelines import store as timelines
from engine.play.effects import Cause
from engine.play.scenes import store
from engine.play.scenes.nouns import WITHDRAWN
from engine.play.scenes.triggers import manual
from engine.story.shelf import store as shelf

if TYPE_CHECKING:
    from engine.background import StartJob
    from engine.db.desk import Desk
    from engine.play.scenes.nouns import SceneRow


@dataclass(frozen=True, slots=True)
class Scenes:
    """A person's illustrated moments."""

    desk: Desk
    start_job: StartJob

    def of_session(self, user_id: str, session_id: str) -> list[SceneRow]:
        """A session's standing scenes in order, whatever their state. Raises NotFound."""
        with self.desk.db.read() as tx:
            session = conversation.my_session(tx, session_id, user_id)
            return store.of_sessions(tx, lineage.spans(tx, session))

    def get(self, user_id: str, scene_id: str) -> SceneRow:
        """One scene. Raises NotFound, the same for another's as for none."""
        with self.desk.db.read() as tx:
            return store.get(tx, scene_id, user_id)

    def draw_moment(self, user_id: str, session_id: str, client_id: str) -> str:
        """Draw this moment: the id of a scene of the last reply. The same `client_id` gives the same scene.

        Raises NotFound, BadInput, or Ended when the release was withdrawn.
        """
        check_client_id(client_id)
        with self.desk.db.write() as tx:
            session = conversation.my_session(tx, session_id, user_id, lock=True)
            before = timelines.act_by_client_id(tx, session.timeline_id, client_id)
            if before is not None:
                return store.asked_by(tx, before)
            if shelf.is_withdrawn(tx, session.release_id):
                raise Ended(WITHDRAWN)
            act_id, now = self.desk.new_id(), self.desk.now()
            at = timelines.get(tx, session.timeline_id)["last_at"]
            act = Cause(user_id, session.character_id, session.timeline_id, session_id, at, act_id=act_id)
            timelines.add_act(tx, act, "draw", session_id, client_id, now)
            turn_id, take_id = lineage.last_spoken(tx, session)
            cause = replace(act, turn_id=turn_id, take_id=take_id, act_id=None)
            kit_id = shelf.get(tx, session.release_id).payload.kit.id
            scene_id = store.request(
                tx,
                new_id=self.desk.new_id,
                cause=cause,
                trigger=manual(act_id),
                release_id=session.release_id,
                template_id=session.template_id,
                kit_id=kit_id,
                now=now,
            )
            if scene_id is None:  # cannot be: the trigger carries the id of an act that was just made
                raise Conflict("That moment is being drawn already.")
            crash("scene-request.before-commit")
        crash("scene-request.after-commit")
        self.start_job("draw", scene_id, 0)
        return scene_id

    def draw_again(self, user_id: str, scene_id: str) -> None:
        """Try to draw a picture that failed once more, of the same moment; asked twice, it is tried once.

        Raises NotFound, or Ended when the release was withdrawn.
        """
        with self.desk.db.write() as tx:
            scene = store.get(tx, scene_id, user_id)
            if shelf.is_withdrawn(tx, scene.release_id):
                raise Ended(WITHDRAWN)
            attempt = store.wish_again(tx, scene_id, self.desk.now())
        if attempt is not None:
            self.start_job("draw", scene_id, attempt)
