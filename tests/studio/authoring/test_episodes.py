"""Ordering and taking away episodes, and slugs for whatever a thing is called."""

from __future__ import annotations

import pytest

from engine.errors import BadInput, NotFound
from engine.story.world import World
from engine.studio.authoring.slugs import slug_for
from engine.studio.files.layout import is_slug
from engine.wiring import Engine
from tests import tiny


def test_episodes_take_the_order_that_they_are_given(engine: Engine) -> None:
    mara = engine.characters.get("mara-voss").id
    first, second = engine.episodes.of_character(mara)
    third = engine.episodes.save(tiny.episode("the-third", 30, character_id=mara))
    engine.episodes.reorder("mara-voss", [third.id, first.id, second.id])
    told = [(one.slug, one.order) for one in engine.episodes.of_character(mara)]
    assert told == [("the-third", 1), (tiny.FIRST, 2), (tiny.SECOND, 3)]
    assert engine.episodes.get(third.id).order == 1
    for ids in ([first.id], [first.id, first.id, second.id], [first.id, second.id, "x"], []):
        with pytest.raises(BadInput):
            engine.episodes.reorder(mara, ids)
    with pytest.raises(NotFound):
        engine.episodes.reorder("nobody", [])
    assert [(one.slug, one.order) for one in engine.episodes.of_character(mara)] == told


def test_a_removed_episode_is_gone_from_the_draft_and_stays_in_its_release(engine: Engine) -> None:
    mara = engine.characters.get("mara-voss").id
    first = engine.episodes.of_character(mara)[0]
    engine.episodes.remove(first.id)
    for verb in (engine.episodes.remove, engine.episodes.get):
        with pytest.raises(NotFound):
            verb(first.id)
    assert engine.runtime.episodes.find(tiny.FIRST).episode.id == first.id
    person = engine.people.join("Ana")
    assert engine.play.start(person.id, tiny.FIRST).is_new


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("The Quay Archive", "the-quay-archive"),
        ("  Señor Ñandú's  Straße — №2! ", "senor-nandus-strasse-no2"),
        ("Łódź/../../etc", "lodz-etc"),
        ("東京の夜", "world"),
        ("🌙🌙", "world"),
        ("\u202e<script>", "script"),
        ("-", "world"),
        ("a" * 300, "a" * 74),
    ],
)
def test_a_slug_is_readable_and_never_empty(name: str, slug: str) -> None:
    assert slug_for(name, (), "world") == slug
    again = slug_for(name, {slug, f"{slug}-2"}, "world")
    assert again == f"{slug}-3"
    assert is_slug(slug)
    assert is_slug(again)


def test_free_slugs_know_what_is_taken(engine: Engine) -> None:
    mara = engine.characters.get("mara-voss").id
    assert engine.worlds.free_slug("Quay Archive") == "quay-archive-2"
    assert engine.characters.free_slug("Mara Voss") == "mara-voss-2"
    assert engine.episodes.free_slug(mara, "The Locked Archive") == f"{tiny.FIRST}-2"
    assert engine.episodes.free_slug("another", "The Locked Archive") == tiny.FIRST
    engine.worlds.save(World(slug="world", name="夜"))
    assert engine.worlds.free_slug("夜") == "world-2"
