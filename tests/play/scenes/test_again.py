"""A picture that failed is tried again: the same scene, beside the same moment, once for each wish."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from engine.errors import BadInput, Ended, NotFound
from engine.play.scenes.nouns import NO_MORE, SceneRow
from engine.providers.images import Capabilities, Picture, PictureRequest
from engine.providers.llm.offline.actor import OfflineActor
from engine.settings import Settings
from engine.wiring import Engine, open_engine
from tests import tiny
from tests.play.troupe import Player, Puppet, Snapshot
from tests.steady import Clock

ROOM_FOR = 3


@dataclass
class Sulking:
    """A camera that draws nothing while it is told to sulk."""

    sulks: bool = True
    drawn: int = 0
    name: str = "sulking"
    model: str = "sulking-1"
    can: Capabilities = field(default_factory=lambda: Capabilities(references_max=1, negative_prompt=True))

    def draw(self, request: PictureRequest) -> Picture:
        """The picture. Raises BadInput while it sulks."""
        if self.sulks:
            raise BadInput("Error 7: vendor says no.")
        self.drawn += 1
        return Snapshot(tiny.portrait()).draw(request)


@dataclass
class Easel:
    """An open engine whose camera can sulk, and somebody who plays there."""

    engine: Engine
    camera: Sulking
    ana: Player

    def ask(self) -> SceneRow:
        """A picture of this moment, as it came out."""
        scene_id = self.engine.scenes.draw_moment(self.ana.user_id, self.ana.session_id, self.engine.play.desk.new_id())
        return self.after(scene_id)

    def again(self, scene: SceneRow) -> SceneRow:
        """The same once more."""
        self.engine.scenes.draw_again(self.ana.user_id, scene.id)
        return self.after(scene.id)

    def after(self, scene_id: str) -> SceneRow:
        """A scene once nothing is being drawn."""
        self.ana.quiet()
        return self.engine.scenes.get(self.ana.user_id, scene_id)


@pytest.fixture
def easel(module_house: Settings) -> Iterator[Easel]:
    clock, camera = Clock(), Sulking(sulks=False)
    actor = Puppet(OfflineActor(module_house.content / "offline"))
    settings = module_house.model_copy(update={"pictures_per_session": ROOM_FOR})
    with open_engine(settings, clock=clock, actor=actor, camera=camera) as engine:
        person = engine.people.join("Ana").id
        ana = Player(engine, clock, person, engine.play.start(person, tiny.FIRST).session_id)
        ana.quiet()
        yield Easel(engine, camera, ana)


def test_a_failed_picture_is_drawn_again_as_the_same_scene_of_the_same_moment(easel: Easel) -> None:
    turn = easel.ana.say("Hold the lamp higher.").turn.id
    easel.camera.sulks = True
    failed = easel.ask()
    assert (failed.state, failed.may_be_tried_again, failed.turn_id) == ("failed", True, turn)
    easel.ana.say("And lower.")
    assert easel.again(failed).state == "failed"
    easel.camera.sulks = False
    drawn = easel.again(failed)
    assert (drawn.state, drawn.error, drawn.problem, drawn.turn_id) == ("ready", None, None, turn)
    shown = easel.engine.scenes.of_session(easel.ana.user_id, easel.ana.session_id)
    assert [one.id for one in shown if one.trigger_type.startswith("manual")] == [failed.id]


def test_a_player_is_not_told_what_the_camera_said_but_what_no_try_would_mend(easel: Easel) -> None:
    easel.ana.say("Hold the lamp higher.")
    easel.camera.sulks = True
    failed = easel.ask()
    assert failed.error is not None
    assert "vendor" in failed.error
    assert failed.problem == "This picture could not be drawn."
    easel.camera.sulks = False
    for _ in range(ROOM_FOR - 1):  # the opening has one already
        assert easel.ask().state == "ready"
    over = easel.ask()
    assert (over.state, over.problem, over.may_be_tried_again) == ("failed", NO_MORE, False)


def test_asked_again_of_a_picture_that_did_not_fail_nothing_is_drawn(easel: Easel) -> None:
    easel.ana.say("Hold the lamp higher.")
    ready, drawn = easel.ask(), easel.camera.drawn
    assert easel.again(ready) == ready
    assert easel.camera.drawn == drawn
    with pytest.raises(NotFound):
        easel.engine.scenes.draw_again(easel.engine.people.join("Ben").id, ready.id)


def test_a_withdrawn_release_draws_nothing_again(easel: Easel) -> None:
    easel.camera.sulks = True
    failed = easel.ask()
    easel.engine.releases.withdraw(failed.release_id)
    with pytest.raises(Ended, match="withdrawn"):
        easel.engine.scenes.draw_again(easel.ana.user_id, failed.id)
    easel.engine.releases.publish(failed.character_id)  # the house is that of the next test too


def test_a_picture_by_hand_stays_with_the_moment_that_is_left_when_its_turn_is_replaced(easel: Easel) -> None:
    first = easel.ana.say("I opened none.").turn.id
    picture = easel.ask()
    second = easel.ana.say("Why eleven?").turn.id
    assert easel.after(picture.id).turn_id == first
    easel.ana.regenerate(first)
    assert easel.after(picture.id).turn_id == first
    assert second not in [one.turn.id for one in easel.ana.view().turns]
