"""What lists show: everybody by name with face and episodes, read in one statement."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import event

from engine.story.world import World
from engine.wiring import Engine
from tests import tiny


def test_a_list_tells_face_episodes_and_what_is_live(engine: Engine) -> None:
    mara = engine.characters.get("mara-voss")
    (card,) = engine.characters.listed()
    (anchor,) = (one for one in engine.avatars.of_character(mara.id) if one.is_primary)
    assert (card.id, card.name, card.archetype, card.genre) == (mara.id, mara.name, mara.archetype, mara.genre)
    assert (card.world_id, card.live_release_id) == (mara.world_id, mara.live_release_id)
    assert (card.portrait, card.episodes) == (anchor.storage_path, 2)


def test_a_list_is_in_the_order_of_names_and_of_one_world_where_it_is_named(engine: Engine) -> None:
    home = engine.worlds.all()[0]
    other = engine.worlds.save(World(slug="a-second", name="A Second World", genre=home.genre))
    engine.characters.save(tiny.character(other.id, slug="zed", name="Zed"))
    ada = engine.characters.save(tiny.character(other.id, slug="ada", name="Ada"))
    assert [one.name for one in engine.characters.listed()] == ["Ada", "Mara Voss", "Zed"]
    assert [one.name for one in engine.characters.listed(other.id)] == ["Ada", "Zed"]
    assert engine.characters.listed("nowhere") == []
    bare = next(one for one in engine.characters.listed() if one.id == ada.id)
    assert (bare.portrait, bare.episodes, bare.live_release_id) == (None, 0, None)
    assert list(engine.worlds.names().items()) == [(other.id, "A Second World"), (home.id, home.name)]


def test_a_list_of_many_is_read_in_one_statement(engine: Engine) -> None:
    home = engine.worlds.all()[0]
    for number in range(5):
        engine.characters.save(tiny.character(home.id, slug=f"c-{number}", name=f"Person {number}"))
    said: list[str] = []
    with engine.characters.desk.db.read() as tx:
        pool = tx.engine
    event.listen(pool, "before_cursor_execute", lambda *told: said.append(str(told[2])))
    assert len(engine.characters.listed()) == 6
    assert len([one for one in said if one.lstrip().upper().startswith("SELECT")]) == 1


def test_the_prompt_that_is_shown_is_the_one_that_is_saved(engine: Engine) -> None:
    mara = engine.characters.get("mara-voss")
    shown = engine.characters.prompt_of(mara)
    assert "\n\n".join(section.text for section in shown) == engine.characters.save(mara).system_prompt


def test_traits_stay_in_the_order_in_which_they_were_written(engine: Engine) -> None:
    mara = engine.characters.get("mara-voss")
    written = {"wary": "of keys", "a": "first in no alphabet", "late": True}
    engine.characters.save(replace(mara, personality=written, boundaries={"z": "never", "b": "nor this"}))
    found = engine.characters.get("mara-voss")
    assert list(found.personality.items()) == list(written.items())
    assert list(found.boundaries) == ["z", "b"]
