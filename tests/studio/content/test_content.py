"""A world as a folder: out, edited, in, published, played."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import BadInput, NotFound
from engine.wiring import Engine
from tests import tiny


def _edit(folder: Path, name: str, old: str, new: str) -> None:
    path = next(folder.rglob(name))
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_an_edited_text_file_is_played_after_import_and_publish(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "quay"
    engine.content.export("quay-archive", folder)
    _edit(folder, f"*{tiny.FIRST}.toml", "eleven minutes", "nine minutes")
    taken = engine.content.take_in(folder)
    assert [one.slug for one in taken.characters] == ["mara-voss"]
    assert "eleven" in engine.runtime.episodes.find(tiny.FIRST).episode.opening_line
    assert engine.releases.publish("mara-voss").number == 2
    person = engine.people.join("Ana")
    started = engine.play.start(person.id, tiny.FIRST)
    opening = engine.play.session(person.id, started.session_id).turns[0].reply
    assert opening is not None
    assert "nine minutes" in opening.content


def test_importing_what_was_exported_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    before = engine.releases.cut("mara-voss")
    engine.content.export("quay-archive", tmp_path / "quay")
    engine.content.take_in(tmp_path / "quay")
    assert engine.releases.cut("mara-voss").id == before.id
    assert engine.releases.publish("mara-voss").number == 1


def test_a_folder_with_a_fault_names_the_file_and_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "quay"
    engine.content.export("quay-archive", folder)
    before = engine.releases.cut("mara-voss").id
    _edit(folder, f"*{tiny.FIRST}.toml", "turn_budget = 6", "turn_budget = 'six'")
    _edit(folder, "world.toml", "The Quay Archive", "Another name")
    with pytest.raises(BadInput, match=r"the-locked-archive\.toml.*turn_budget"):
        engine.content.take_in(folder)
    assert engine.worlds.get("quay-archive").name == "The Quay Archive"
    assert engine.releases.cut("mara-voss").id == before


def test_exporting_an_unknown_world_says_so(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        engine.content.export("nowhere", tmp_path / "x")


def test_a_new_world_comes_in_from_files_and_can_be_published(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "quay"
    engine.content.export("quay-archive", folder)
    _edit(folder, "world.toml", "quay-archive", "other-archive")
    (folder / "characters" / "mara-voss").rename(folder / "characters" / "mara-two")
    taken = engine.content.take_in(folder)
    assert taken.world.slug == "other-archive"
    assert engine.releases.publish("mara-two").number == 1
    assert engine.characters.get("mara-voss").world_id != taken.world.id
