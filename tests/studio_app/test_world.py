"""Worlds in the Studio: written, kept while they are typed, saved once, and never over somebody else's words."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from engine.story.world import World
from engine.wiring import Engine
from tests.studio_app.conftest import At, marked, one, texts, typed
from tests.studio_app.hostile import HOSTILE, read_as_markdown


def _quay(engine: Engine) -> World:
    return engine.worlds.all()[0]


def _new(at: At) -> tuple[AppTest, str]:
    tab = at("world")
    return tab, one(tab.query_params["id"])


def test_a_house_without_worlds_says_what_to_begin_with(bare_studio: Engine, at: At) -> None:
    tab = at("worlds")
    assert any("begin with one" in text for text in texts(tab))
    assert not tab.exception


def test_a_new_world_has_its_address_at_once(bare_studio: Engine, at: At) -> None:
    tab, ref = _new(at)
    assert ref.isalnum()
    assert one(tab.query_params["new"]) == "1"
    assert "Nothing written yet" in texts(tab)


def test_a_reload_loses_no_typed_word(bare_studio: Engine, at: At) -> None:
    tab, ref = _new(at)
    typed(tab, f"world.{ref}.name", "The Salt Quarter")
    again = at("world", id=ref, new="1")
    assert again.text_input(key=f"world.{ref}.name").value == "The Salt Quarter"
    assert any("kept as a draft" in text for text in texts(again))
    assert bare_studio.worlds.all() == []


def test_a_world_is_saved_with_every_field_and_a_slug_from_its_name(bare_studio: Engine, at: At) -> None:
    tab, ref = _new(at)
    tab.text_input(key=f"world.{ref}.name").set_value("The Salt Quarter")
    tab.selectbox(key=f"world.{ref}.genre").set_value("romantic_tension")
    tab.text_input(key=f"world.{ref}.tone").set_value("dry, bright")
    tab.text_area(key=f"world.{ref}.description").set_value("Two streets.\n\nOne tide.")
    tab.text_area(key=f"world.{ref}.scenes").set_value("a quay\n\n  a salt store ")
    tab.button(key="save").click().run()
    assert bare_studio.worlds.all() == [
        World(
            id=ref,
            slug="the-salt-quarter",
            name="The Salt Quarter",
            genre="romantic_tension",
            tone="dry, bright",
            description="Two streets.\n\nOne tide.",
            scenes=("a quay", "a salt store"),
        )
    ]
    assert "Saved" in texts(tab)
    assert "new" not in tab.query_params
    assert bare_studio.drafts.all(bare_studio.people.named("Writer").id) == []


def test_two_clicks_on_save_write_one_world(bare_studio: Engine, at: At) -> None:
    tab, ref = _new(at)
    tab.text_input(key=f"world.{ref}.name").set_value("The Salt Quarter")
    tab.button(key="save").click().run()
    tab.button(key="save").click().run()
    twin = at("world", id=ref, new="1")
    twin.button(key="save").click().run()
    assert [world.slug for world in bare_studio.worlds.all()] == ["the-salt-quarter"]


def test_opening_and_saving_a_world_changes_nothing(studio: Engine, at: At) -> None:
    before = _quay(studio)
    at("world", id=before.id).button(key="save").click().run()
    assert _quay(studio) == before


@pytest.mark.parametrize(("name", "said"), [("", "Write something here"), ("x" * 90, "At most 80 characters")])
def test_a_name_that_cannot_be_used_is_said_beside_it_and_nothing_is_saved(
    studio: Engine, at: At, name: str, said: str
) -> None:
    before = _quay(studio)
    tab = at("world", id=before.id)
    tab.text_input(key=f"world.{before.id}.name").set_value(name)
    tab.button(key="save").click().run()
    assert said in marked(tab)
    assert _quay(studio) == before
    assert tab.text_input(key=f"world.{before.id}.name").value == name


def test_a_slug_that_another_world_has_is_refused_with_a_sentence(studio: Engine, at: At) -> None:
    tab, ref = _new(at)
    tab.text_input(key=f"world.{ref}.name").set_value("Another")
    tab.text_input(key=f"world.{ref}.slug").set_value("quay-archive")
    tab.button(key="save").click().run()
    assert "Give this one a slug of its own" in marked(tab)
    assert len(studio.worlds.all()) == 1


def test_who_saves_second_is_shown_what_stands_and_overwrites_nothing(studio: Engine, at: At) -> None:
    world = _quay(studio)
    tab = typed(at("world", id=world.id), f"world.{world.id}.name", "My name for it")
    studio.worlds.save(_with(world, tone="their tone"))
    tab.button(key="save").click().run()
    assert _quay(studio).name == world.name
    assert any("Somebody else saved this" in one.value for one in tab.header)
    assert {"My name for it", world.name} <= set(texts(tab))


def test_keeping_ones_words_keeps_theirs_in_the_fields_that_one_did_not_touch(studio: Engine, at: At) -> None:
    world = _quay(studio)
    tab = typed(at("world", id=world.id), f"world.{world.id}.name", "My name for it")
    studio.worlds.save(_with(world, tone="their tone"))
    tab.run()
    tab.button(key="keep_mine").click().run()
    tab.button(key="save").click().run()
    assert (_quay(studio).name, _quay(studio).tone) == ("My name for it", "their tone")


def test_taking_theirs_throws_ones_draft_away(studio: Engine, at: At) -> None:
    world = _quay(studio)
    tab = typed(at("world", id=world.id), f"world.{world.id}.name", "My name for it")
    studio.worlds.save(_with(world, name="Their name"))
    tab.run()
    tab.button(key="take_theirs").click().run()
    assert tab.text_input(key=f"world.{world.id}.name").value == "Their name"
    assert "Saved" in texts(tab)
    assert studio.drafts.all(studio.people.named("Writer").id) == []


def test_a_form_without_words_of_ones_own_follows_what_others_save(studio: Engine, at: At) -> None:
    world = _quay(studio)
    tab = at("world", id=world.id)
    studio.worlds.save(_with(world, name="Their name"))
    tab.run()
    assert tab.text_input(key=f"world.{world.id}.name").value == "Their name"


def test_discarding_brings_the_saved_words_back(studio: Engine, at: At) -> None:
    world = _quay(studio)
    tab = typed(at("world", id=world.id), f"world.{world.id}.tone", "half a thought")
    tab.button(key="discard").click().run()
    assert tab.text_input(key=f"world.{world.id}.tone").value == world.tone
    assert studio.drafts.all(studio.people.named("Writer").id) == []


def test_an_address_of_nothing_says_so_with_the_way_back(studio: Engine, at: At) -> None:
    tab = at("world", id="nothing<b>")
    assert "There is no world called" in tab.info[0].value
    assert not tab.exception
    assert not tab.text_input


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_text(studio: Engine, at: At, name: str) -> None:
    world = studio.worlds.save(World(slug="odd", name=name, tone=name[:200], description=name, scenes=(name,)))
    for tab in (at("world", id=world.id), at("worlds")):
        assert not tab.exception
        assert read_as_markdown(marked(tab)) == []


def test_many_worlds_come_a_page_at_a_time_and_can_be_searched(studio: Engine, at: At) -> None:
    for number in range(60):
        studio.worlds.save(World(slug=f"w-{number}", name=f"World {number:02}"))
    tab = at("worlds")
    assert len(tab.header) == 24
    tab.text_input(key="worlds_search").set_value("world 59").run()
    assert [one.value for one in tab.header] == ["World 59"]
    tab.text_input(key="worlds_search").set_value("nowhere").run()
    assert "Nothing matches." in texts(tab)


def _with(world: World, **changes: str) -> World:
    told = {"id": world.id, "slug": world.slug, "name": world.name, "genre": world.genre, "tone": world.tone}
    return World(**(told | changes), description=world.description, scenes=world.scenes)
