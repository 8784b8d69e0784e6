"""Nobody writes over another's work, and a double click writes once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
import sqlalchemy as sa

from engine.errors import ColdopenError, Conflict
from engine.story.avatar_kit import AvatarKit
from engine.story.character import Character
from engine.story.episode import EpisodeTemplate
from engine.story.tables import worlds
from engine.story.world import World
from engine.studio.authoring import fingerprint
from engine.wiring import Engine
from tests import tiny


@dataclass(frozen=True)
class Desk:
    """How one kind of thing is read, changed and saved."""

    read: Callable[[Engine], World | Character | EpisodeTemplate | AvatarKit]
    save: Callable[[Engine, str, str | None], World | Character | EpisodeTemplate | AvatarKit]


def _kit(engine: Engine, words: str, base: str | None) -> AvatarKit:
    kit = engine.avatars.kit_of("mara-voss")
    return engine.avatars.save_kit("mara-voss", replace(kit, appearance_prompt=words), base=base)


def _episode(engine: Engine) -> EpisodeTemplate:
    return engine.episodes.of_character(engine.characters.get("mara-voss").id)[0]


DESKS = {
    "world": Desk(
        lambda engine: engine.worlds.get("quay-archive"),
        lambda engine, words, base: engine.worlds.save(
            replace(engine.worlds.get("quay-archive"), description=words), base=base
        ),
    ),
    "character": Desk(
        lambda engine: engine.characters.get("mara-voss"),
        lambda engine, words, base: engine.characters.save(
            replace(engine.characters.get("mara-voss"), backstory=words), base=base
        ),
    ),
    "episode": Desk(
        _episode,
        lambda engine, words, base: engine.episodes.save(replace(_episode(engine), situation=words), base=base),
    ),
    "kit": Desk(lambda engine: engine.avatars.kit_of("mara-voss"), _kit),
}


@pytest.mark.parametrize("kind", DESKS)
def test_what_somebody_else_saved_meanwhile_is_not_written_over(engine: Engine, kind: str) -> None:
    desk = DESKS[kind]
    base = fingerprint(desk.read(engine))
    desk.save(engine, "What Ben wrote.", base)
    with pytest.raises(Conflict, match="was saved by somebody else while you were writing"):
        desk.save(engine, "What Ana wrote.", base)
    standing = desk.read(engine)
    assert standing == desk.save(engine, "What Ben wrote.", base)
    desk.save(engine, "What Ana wrote.", fingerprint(standing))
    assert desk.read(engine) != standing
    assert desk.save(engine, "Whatever stood.", None) == desk.read(engine)


@pytest.mark.parametrize("kind", DESKS)
def test_a_new_one_is_not_written_over_what_stands_already(engine: Engine, kind: str) -> None:
    with pytest.raises(Conflict):
        DESKS[kind].save(engine, "Something new.", "")


def test_a_double_click_makes_one_world_with_an_id_or_without(engine: Engine) -> None:
    for ref in (engine.drafts.new_ref(), ""):
        world = World(id=ref, slug=f"a-new-world-{len(ref)}", name="A New World")
        first, second = engine.worlds.save(world, base=""), engine.worlds.save(world, base="")
        assert first == second
        assert ref in ("", first.id)
    assert [one.name for one in engine.worlds.all()].count("A New World") == 2


def test_a_double_click_makes_one_character_and_one_episode(engine: Engine) -> None:
    world = engine.worlds.get("quay-archive")
    for ref in (engine.drafts.new_ref(), ""):
        ines = tiny.character(world.id, id=ref, slug=f"ines-{len(ref)}", name="Ines")
        saved = [engine.characters.save(ines, base="") for _ in range(2)]
        assert saved[0] == saved[1]
        episode = tiny.episode("first", 1, id=engine.drafts.new_ref() if ref else "", character_id=saved[0].id)
        told = [engine.episodes.save(episode, base="") for _ in range(2)]
        assert told[0] == told[1]
        assert engine.episodes.of_character(saved[0].id) == [told[0]]


def test_many_first_saves_at_once_make_one_thing(engine: Engine) -> None:
    world = World(id=engine.drafts.new_ref(), slug="raced", name="Raced")
    errors: list[ColdopenError] = []
    together = threading.Barrier(6)

    def save(number: int) -> None:
        together.wait()
        try:
            engine.worlds.save(replace(world, description=f"Number {number % 2}."), base="")
        except ColdopenError as error:
            errors.append(error)

    threads = [threading.Thread(target=save, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(error) for error in errors] == [Conflict] * 3


def test_publishing_and_choosing_a_picture_meanwhile_are_no_clash_and_are_kept(engine: Engine) -> None:
    mara, kit = engine.characters.get("mara-voss"), engine.avatars.kit_of("mara-voss")
    engine.characters.save(replace(mara, backstory="Newer."), base=fingerprint(mara))
    newest, form = engine.releases.publish(mara.id), replace(mara, backstory="Newer still.")
    engine.characters.save(form, base=fingerprint(replace(mara, backstory="Newer.", system_prompt=_prompt(engine))))
    assert engine.characters.get(mara.id).live_release_id == newest.id
    engine.avatars.choose(mara.id, engine.avatars.draw_anchor(mara.id, 7))
    engine.avatars.save_kit(mara.id, replace(kit, style_prompt="ink"), base=fingerprint(kit))
    assert engine.avatars.kit_of(mara.id).primary_anchor_id != kit.primary_anchor_id


def _prompt(engine: Engine) -> str:
    return engine.characters.get("mara-voss").system_prompt


def test_a_fingerprint_is_of_the_words_alone(engine: Engine) -> None:
    world = engine.worlds.get("quay-archive")
    assert fingerprint(world) == fingerprint(engine.worlds.save(world))
    assert fingerprint(world) != fingerprint(replace(world, tone="darker"))
    with engine.worlds.desk.db.read() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(worlds)) == 1


def test_what_was_taken_away_meanwhile_is_told_and_not_made_again(engine: Engine) -> None:
    episode = _episode(engine)
    engine.episodes.remove(episode.id)
    with pytest.raises(Conflict, match="taken away"):
        engine.episodes.save(replace(episode, title="Again"), base=fingerprint(episode))


def test_a_hand_written_prompt_with_the_same_words_is_still_marked_as_such(engine: Engine) -> None:
    mara = engine.characters.get("mara-voss")
    engine.characters.save(mara, own_prompt=True, base=fingerprint(mara))
    assert engine.characters.has_own_prompt(mara.id)


def test_anothers_slug_is_refused_in_a_sentence(engine: Engine) -> None:
    mara = engine.characters.get("mara-voss")
    with pytest.raises(Conflict, match="quay-archive"):
        engine.worlds.save(World(slug="quay-archive", name="Another"))
    with pytest.raises(Conflict, match="mara-voss"):
        engine.characters.save(tiny.character(mara.world_id or ""))
    with pytest.raises(Conflict, match=tiny.FIRST):
        engine.episodes.save(tiny.episode(tiny.FIRST, 9, character_id=mara.id))
