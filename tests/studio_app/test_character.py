"""Characters in the Studio: every field written and kept, the prompt beside it, the genre followed or chosen."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import cast

import pytest
from streamlit.testing.v1 import AppTest

from engine.story.character import Character
from engine.story.look import VisualIdentity
from engine.wiring import Engine
from tests import tiny
from tests.studio_app.conftest import At, marked, one, texts, typed
from tests.studio_app.hostile import HOSTILE, read_as_markdown

WRITTEN: dict[str, str] = {
    "name": "Ines Calder",
    "archetype": "a tenant who moved out",
    "personality": "quick: in everything but answers\npatient: no\nnerve: 0.25",
    "tone_style": "register: low",
    "speech_patterns": "examples:\n  - Not here.\n  - Later.",
    "backstory": "She left by the coal door.\n\nNobody asked.",
    "current_stressor": "The receipt is not hers.",
    "likes": "coal smoke\nback doors",
    "dislikes": "receipts",
    "boundaries": "touch: never first",
    "body_type": "slight",
    "key_features": "a grey coat",
    "subject_handle": "tenant",
}


def _mara(engine: Engine) -> Character:
    return engine.characters.get("mara-voss")


def _key(ref: str, name: str) -> str:
    return f"character.{ref}.{name}"


def _sections(tab: AppTest) -> dict[str, dict[str, str]]:
    """The sections that the prompt viewer was given, by name."""
    (viewer,) = (each for each in tab.get("bidi_component") if "sections" in str(each.proto))  # pyright: ignore[reportAttributeAccessIssue]
    data = json.loads(viewer.proto.json)  # pyright: ignore[reportAttributeAccessIssue]
    return {section["name"]: section for section in cast("list[dict[str, str]]", data["sections"])}


def test_without_a_world_a_character_is_told_to_wait(bare_studio: Engine, at: At) -> None:
    for screen in ("character", "characters"):
        tab = at(screen)
        assert any("Make a world first" in text for text in texts(tab))
        assert not tab.exception


def test_every_field_is_saved_as_it_was_written(studio: Engine, at: At) -> None:
    tab = at("character", world=studio.worlds.all()[0].id)
    ref = one(tab.query_params["id"])
    for name, text in WRITTEN.items():
        field = next(each for each in (*tab.text_input, *tab.text_area) if each.key == _key(ref, name))
        field.set_value(text)
    tab.selectbox(key=_key(ref, "gender_tag")).set_value("1woman")
    tab.selectbox(key=_key(ref, "age_range")).set_value("40s")
    tab.toggle(key=_key(ref, "adult")).set_value(True)
    tab.button(key="save").click().run()
    saved = studio.characters.get(ref)
    assert replace(saved, system_prompt="") == Character(
        id=ref,
        slug="ines-calder",
        name="Ines Calder",
        world_id=studio.worlds.all()[0].id,
        genre="psychological_thriller",
        archetype="a tenant who moved out",
        personality={"quick": "in everything but answers", "patient": False, "nerve": 0.25},
        tone_style={"register": "low"},
        speech_patterns={"examples": ["Not here.", "Later."]},
        backstory="She left by the coal door.\n\nNobody asked.",
        current_stressor="The receipt is not hers.",
        likes=("coal smoke", "back doors"),
        dislikes=("receipts",),
        boundaries={"touch": "never first"},
        visual_identity=VisualIdentity(
            gender_tag="1woman",
            body_type="slight",
            age_range="40s",
            key_features=("a grey coat",),
            subject_handle="tenant",
        ),
        adult=True,
    )
    assert "You are Ines Calder, a tenant who moved out." in saved.system_prompt
    assert "Saved" in texts(tab)


def test_opening_and_saving_a_character_changes_nothing(studio: Engine, at: At) -> None:
    before = _mara(studio)
    tab = at("character", id=before.id)
    tab.button(key="save").click().run()
    assert _mara(studio) == before
    assert any("Live: release 1" in each.value for each in tab.markdown)


def test_the_prompt_beside_the_form_is_the_one_that_saving_gives(studio: Engine, at: At) -> None:
    mara = _mara(studio)
    tab = at("character", id=mara.id)
    assert "\n\n".join(each["text"] for each in _sections(tab).values()) == mara.system_prompt
    tab = typed(tab, _key(mara.id, "backstory"), "She burned the ledger herself.")
    shown = _sections(tab)["backstory"]
    assert "She burned the ledger herself." in shown["text"]
    assert shown["source"] == "backstory"
    assert "tokens" in shown["tokens"]
    assert _mara(studio) == mara


def test_a_character_follows_its_world_or_has_a_genre_of_its_own(studio: Engine, at: At) -> None:
    mara = _mara(studio)
    tab = at("character", id=mara.id)
    assert tab.selectbox(key=_key(mara.id, "genre")).value == ""
    tab.selectbox(key=_key(mara.id, "genre")).set_value("romantic_tension")
    tab.button(key="save").click().run()
    assert _mara(studio).genre == "romantic_tension"
    tab.selectbox(key=_key(mara.id, "genre")).set_value("")
    tab.button(key="save").click().run()
    assert _mara(studio).genre == "psychological_thriller"


def test_a_prompt_written_by_hand_is_kept_word_for_word(studio: Engine, at: At) -> None:
    mara = _mara(studio)
    tab = typed(at("character", id=mara.id), _key(mara.id, "own_prompt"), value=True)
    assert any("by hand" in each.label for each in tab.toggle)
    assert any("no longer written into the prompt" in each.value for each in tab.warning)
    tab.text_area(key=_key(mara.id, "system_prompt")).set_value("You are nobody. {memories}")
    tab.button(key="save").click().run()
    assert _mara(studio).system_prompt == "You are nobody. {memories}"
    assert studio.characters.has_own_prompt(mara.id)
    assert list(_sections(at("character", id=mara.id))) == ["own"]


def test_going_back_from_a_prompt_by_hand_builds_it_again(studio: Engine, at: At) -> None:
    mara = studio.characters.save(replace(_mara(studio), system_prompt="Mine."), own_prompt=True)
    tab = typed(at("character", id=mara.id), _key(mara.id, "own_prompt"), value=False)
    tab.button(key="save").click().run()
    assert not studio.characters.has_own_prompt(mara.id)
    assert _mara(studio).system_prompt.startswith("You are Mara Voss")


def test_a_reload_loses_no_typed_word(studio: Engine, at: At) -> None:
    mara = _mara(studio)
    typed(at("character", id=mara.id), _key(mara.id, "backstory"), "She never ")
    again = at("character", id=mara.id)
    assert again.text_area(key=_key(mara.id, "backstory")).value == "She never "
    assert "She never" in _sections(again)["backstory"]["text"]
    assert _mara(studio) == mara


def test_a_saved_change_says_that_what_is_live_is_older(studio: Engine, at: At) -> None:
    mara = _mara(studio)
    tab = at("character", id=mara.id)
    tab.text_input(key=_key(mara.id, "archetype")).set_value("a day archivist")
    tab.button(key="save").click().run()
    assert any("draft newer" in each.value for each in tab.markdown)
    assert _mara(studio).live_release_id == mara.live_release_id


def test_an_age_under_eighteen_is_refused_with_its_sentence(studio: Engine, at: At) -> None:
    mara = _mara(studio)
    tab = at("character", id=mara.id)
    tab.text_area(key=_key(mara.id, "backstory")).set_value("She is 16 years old.")
    tab.button(key="save").click().run()
    assert "Characters are adults" in marked(tab)
    assert _mara(studio) == mara


def test_a_trait_that_stands_twice_is_said_and_the_prompt_waits(studio: Engine, at: At) -> None:
    mara = _mara(studio)
    tab = at("character", id=mara.id)
    tab.text_area(key=_key(mara.id, "personality")).set_value("dry: yes\ndry: no")
    tab.button(key="save").click().run()
    assert "stands twice" in marked(tab)
    assert _mara(studio) == mara
    assert "persona" in _sections(tab)


def test_who_saves_second_overwrites_nothing(studio: Engine, at: At) -> None:
    mara = _mara(studio)
    tab = typed(at("character", id=mara.id), _key(mara.id, "backstory"), "Mine.")
    studio.characters.save(replace(mara, archetype="theirs"))
    tab.button(key="save").click().run()
    assert (_mara(studio).backstory, _mara(studio).archetype) == (mara.backstory, "theirs")
    assert any("Somebody else saved this" in each.value for each in tab.header)
    tab.button(key="keep_mine").click().run()
    tab.button(key="save").click().run()
    assert (_mara(studio).backstory, _mara(studio).archetype) == ("Mine.", "theirs")


def test_two_clicks_on_save_write_one_character(studio: Engine, at: At) -> None:
    tab = at("character")
    ref = one(tab.query_params["id"])
    tab.text_input(key=_key(ref, "name")).set_value("Ines Calder")
    tab.button(key="save").click().run()
    tab.button(key="save").click().run()
    assert sorted(each.slug for each in studio.characters.all()) == ["ines-calder", "mara-voss"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_text(studio: Engine, at: At, name: str) -> None:
    world = studio.worlds.all()[0]
    odd = studio.characters.save(
        tiny.character(world.id, slug="odd", name=name, archetype=name, backstory=name, personality={"x": name})
    )
    for tab in (at("character", id=odd.id), at("characters")):
        assert not tab.exception
        assert read_as_markdown(marked(tab)) == []


def test_an_address_of_nobody_says_so_with_the_way_back(studio: Engine, at: At) -> None:
    tab = at("character", id="nobody")
    assert "There is no character called" in tab.info[0].value
    assert not tab.text_input


def test_everybody_stands_under_their_world(studio: Engine, at: At) -> None:
    tab = at("characters")
    assert [each.value for each in (*tab.header, *tab.subheader)] == ["The Quay Archive", "Mara Voss"]
