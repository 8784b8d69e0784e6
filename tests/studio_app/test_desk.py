"""The desk: what to do first, what waits, and everybody who is being written."""

from __future__ import annotations

import pytest

from engine.story.episode import EpisodeTemplate
from engine.story.world import World
from engine.wiring import Engine
from tests import tiny
from tests.studio_app.conftest import At, marked, texts, typed
from tests.studio_app.hostile import HOSTILE, read_as_markdown


def _story(engine: Engine) -> str:
    """A character in a world, and nothing more: its id."""
    world = engine.worlds.save(World(slug="quay", name="The Quay"))
    return engine.characters.save(tiny.character(world.id)).id


def test_an_empty_house_begins_with_a_world(bare_studio: Engine, at: At) -> None:
    tab = at("desk")
    assert any("Begin with a world" in text for text in texts(tab))
    assert "Make a world" in marked(tab)
    assert not tab.exception


def test_an_empty_world_asks_for_its_first_character(bare_studio: Engine, at: At) -> None:
    bare_studio.worlds.save(World(slug="quay", name="The Quay"))
    assert any("stands empty" in text for text in texts(at("desk")))


def test_the_next_step_is_a_face_then_an_episode_then_publishing(bare_studio: Engine, at: At) -> None:
    mara = _story(bare_studio)
    assert any("Mara Voss has no face yet" in text for text in texts(at("desk")))
    bare_studio.avatars.save_kit(mara, tiny.AvatarKit(appearance_prompt="black hair"))
    bare_studio.avatars.choose(mara, bare_studio.avatars.upload(mara, tiny.portrait()))
    assert any("has nothing to play yet" in text for text in texts(at("desk")))
    bare_studio.episodes.save(tiny.episode(tiny.FIRST, 1, character_id=mara))
    assert any("Mara Voss is not published" in text for text in texts(at("desk")))
    bare_studio.releases.publish(mara)
    assert any("Everything that is written is live" in text for text in texts(at("desk")))


def test_a_draft_that_went_on_since_its_release_is_the_next_step(studio: Engine, at: At) -> None:
    mara = studio.characters.get("mara-voss")
    studio.episodes.save(EpisodeTemplate(slug="third", title="Third", character_id=mara.id, order=3))
    assert any("went on since the last release" in text for text in texts(at("desk")))


def test_a_card_tells_world_genre_status_and_episodes(studio: Engine, at: At) -> None:
    tab = at("desk")
    assert "The Quay Archive · Psychological thriller" in texts(tab)
    told = marked(tab)
    assert "Mara Voss" in told
    assert "Live: release 1" in told
    assert "Episodes (2)" in told
    assert len(tab.get("image")) == 1


def test_what_was_typed_and_not_saved_is_found_again_from_the_desk(studio: Engine, at: At) -> None:
    world = studio.worlds.all()[0]
    typed(at("world", id=world.id), f"world.{world.id}.tone", "half a thought")
    mara = studio.characters.get("mara-voss")
    typed(at("character", id=mara.id), f"character.{mara.id}.name", "Mara V")
    new = at("character")
    assert "new" in new.query_params
    told = marked(at("desk"))
    assert "The Quay Archive \\(world\\)" in told
    assert "Mara V \\(character\\)" in told


def test_another_persons_drafts_are_not_shown(studio: Engine, at: At) -> None:
    world = studio.worlds.all()[0]
    studio.drafts.keep(studio.people.named("Ben").id, "world", world.id, {"name": "Ben's"}, "")
    assert "Ben" not in marked(at("desk"))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_text(studio: Engine, at: At, name: str) -> None:
    world = studio.worlds.save(World(slug="odd", name=name))
    odd = studio.characters.save(tiny.character(world.id, slug="odd", name=name, archetype=name))
    typed(at("character", id=odd.id), f"character.{odd.id}.name", f"{name}!")
    tab = at("desk")
    assert not tab.exception
    assert read_as_markdown(marked(tab)) == []


def test_a_face_whose_file_is_gone_is_no_fault(studio: Engine, at: At) -> None:
    card = studio.characters.listed()[0]
    assert card.portrait is not None
    studio.storage.delete(card.portrait)
    tab = at("desk")
    assert not tab.exception
    assert "No face yet" in texts(tab)


def test_a_reload_keeps_the_page_and_the_search(studio: Engine, at: At) -> None:
    world = studio.worlds.all()[0]
    for number in range(30):
        studio.characters.save(tiny.character(world.id, slug=f"c-{number}", name=f"Person {number:02}"))
    second = [each.value for each in at("desk", desk_page="2").subheader if "Person" in each.value]
    assert second == [f"Person {number}" for number in range(23, 30)]
    found = at("desk", desk_search="person 07")
    assert [each.value for each in found.subheader] == ["Person 07"]


def test_many_characters_come_a_page_at_a_time_and_can_be_searched(studio: Engine, at: At) -> None:
    world = studio.worlds.all()[0]
    for number in range(30):
        studio.characters.save(tiny.character(world.id, slug=f"c-{number}", name=f"Person {number:02}"))
    tab = at("desk")
    assert len([each for each in tab.subheader if "Person" in each.value]) == 23
    tab.text_input(key="desk_search").set_value("person 29").run()
    assert [each.value for each in tab.subheader if "Person" in each.value] == ["Person 29"]
