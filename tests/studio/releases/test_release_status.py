"""Status: what is live, where the draft went on since, and what it lacks, without writing anything."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.errors import NotFound, NotReady
from engine.story.character import Character
from engine.story.look import SceneConfig, VisualIdentity
from engine.wiring import Engine
from tests import tiny
from tests.play.troupe import every_row

CHANGES: dict[str, dict[str, Any]] = {
    "character.archetype": {"archetype": "a clerk of the harbour"},
    "character.personality": {"personality": {"traits": ["loud"]}},
    "character.tone_style": {"tone_style": {}},
    "character.speech_patterns": {"speech_patterns": {"habits": ["hums"]}},
    "character.boundaries": {"boundaries": {}},
    "character.backstory": {"backstory": "Your tone: is what she was told.\n\nAnd then she left."},
    "character.current_stressor": {"current_stressor": ""},
    "character.likes": {"likes": ()},
    "character.dislikes": {"dislikes": ("rain",)},
    "character.name": {"name": "Ines Voss"},
    "character.slug": {"slug": "ines"},
    "character.genre": {"genre": "romantic_tension"},
    "character.adult": {"adult": False},
    "character.acted_by": {"acted_by": "claude"},
    "character.visual_identity.age_range": {
        "visual_identity": VisualIdentity(
            gender_tag="1woman", age_range="40s", key_features=("thin scar on the chin",), subject_handle="archivist"
        )
    },
}


def test_a_draft_that_is_what_is_live_is_not_stale_and_lacks_nothing(engine: Engine) -> None:
    live = engine.runtime.episodes.find(tiny.FIRST).release
    status = engine.releases.status("mara-voss")
    assert (status.live_number, status.live_release_id, status.is_stale) == (1, live.id, False)
    assert (status.changed, status.missing) == ((), ())


@pytest.mark.parametrize("place", CHANGES)
def test_a_change_is_told_by_its_place_and_goes_when_it_is_undone_or_published(engine: Engine, place: str) -> None:
    mara = engine.characters.get("mara-voss")
    engine.characters.save(replace(mara, **CHANGES[place]))
    status = engine.releases.status(mara.id)
    told = {one for one in status.changed if not (place == "character.backstory" and one == "character.tone_style")}
    assert (told, status.is_stale, status.live_number) == ({place}, True, 1)
    engine.characters.save(mara)
    assert not engine.releases.status(mara.id).is_stale


def test_changes_of_world_kit_and_episodes_are_told_by_their_places(engine: Engine) -> None:
    mara = engine.characters.get("mara-voss")
    engine.worlds.save(replace(engine.worlds.get("quay-archive"), tone="colder", genre="romantic_tension"))
    engine.avatars.save_kit(mara.id, replace(engine.avatars.kit_of(mara.id), style_prompt="ink"))
    engine.avatars.choose(mara.id, engine.avatars.upload(mara.id, tiny.portrait()))
    first, second = engine.episodes.of_character(mara.id)
    scene = SceneConfig(lighting_preset="bright", environment_style="archive", time_of_day="night")
    engine.episodes.save(replace(first, situation="Another one.", scene_config=scene))
    engine.episodes.remove(second.id)
    engine.episodes.save(tiny.episode("new-one", 3, character_id=mara.id))
    assert engine.releases.status(mara.id).changed == (
        "world.tone",
        "world.genre",
        "kit.style_prompt",
        "kit.anchor",
        f"episodes.{tiny.FIRST}.situation",
        f"episodes.{tiny.FIRST}.scene_config.lighting_preset",
        "episodes.new-one",
        f"episodes.{tiny.SECOND}",
    )
    engine.releases.publish(mara.id)
    assert engine.releases.status(mara.id).changed == ()
    assert engine.releases.status(mara.id).live_number == 2


def test_a_prompt_written_by_hand_is_one_place(engine: Engine) -> None:
    mara = engine.characters.get("mara-voss")
    engine.characters.save(replace(mara, system_prompt="You are Mara. {memories}"), own_prompt=True)
    assert engine.releases.status(mara.id).changed == ("character.system_prompt",)
    engine.releases.publish(mara.id)
    engine.characters.save(mara)
    assert engine.releases.status(mara.id).changed == ("character.system_prompt",)


def test_an_unpublished_or_rolled_back_character_is_told_as_it_is(engine: Engine) -> None:
    mara = engine.characters.get("mara-voss")
    engine.characters.save(replace(mara, backstory="Newer."))
    engine.releases.publish(mara.id)
    engine.releases.roll_back(mara.id, 1)
    status = engine.releases.status(mara.id)
    assert (status.live_number, status.changed) == (1, ("character.backstory",))
    engine.releases.unpublish(mara.id)
    status = engine.releases.status(mara.id)
    assert (status.live_number, status.live_release_id, status.is_stale, status.changed) == (None, None, False, ())


def test_a_draft_with_nothing_in_it_is_told_place_by_place_and_never_breaks(engine: Engine) -> None:
    bare = engine.characters.save(Character(slug="bare", name="Bare", genre="romantic_tension"))
    before = every_row(engine)
    status = engine.releases.status("bare")
    places = [place for place, _ in status.missing]
    assert places == [
        "character.adult",
        "character.visual_identity.age_range",
        "kit.appearance_prompt",
        "character.world_id",
        "episodes",
    ]
    assert engine.releases.missing(bare.id) == status.missing
    assert (status.live_number, status.is_stale) == (None, False)
    assert every_row(engine) == before
    with pytest.raises(NotReady) as told:
        engine.releases.publish(bare.id)
    assert told.value.missing == status.missing
    with pytest.raises(NotReady):
        engine.releases.cut(bare.id)
    with pytest.raises(NotFound):
        engine.releases.status("nobody")


def test_status_writes_nothing_however_much_changed(engine: Engine) -> None:
    mara = engine.characters.get("mara-voss")
    engine.characters.save(replace(mara, backstory="Newer."))
    before = every_row(engine)
    assert engine.releases.status(mara.id).is_stale
    assert engine.releases.missing(mara.id) == ()
    assert every_row(engine) == before


def test_a_live_character_that_lost_its_episodes_is_stale_and_told_what_it_lacks(engine: Engine) -> None:
    mara = engine.characters.get("mara-voss").id
    for episode in engine.episodes.of_character(mara):
        engine.episodes.remove(episode.id)
    status = engine.releases.status(mara)
    assert set(status.changed) == {f"episodes.{tiny.FIRST}", f"episodes.{tiny.SECOND}"}
    assert [place for place, _ in status.missing] == ["episodes"]
