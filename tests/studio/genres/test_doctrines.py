"""Doctrines: what the shipped ones say, and how a wrong file is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.errors import SettingsProblem, UnknownGenre
from engine.settings import content_folder
from engine.studio.genres import Doctrine, doctrine, load_doctrines

SHIPPED = content_folder() / "genres"
PRODUCTS = {"romantic_tension": "tension, not affection", "psychological_thriller": "uncertainty, not fear"}
SAID = {
    ("romantic_tension", "mandatory"): ("charged", "subtext", "rarely", "mystery", "almost", "risk"),
    ("romantic_tension", "forbidden"): (
        "small talk",
        "too eager",
        "tension early",
        "supportive friend",
        "introductions",
        "without stakes",
        "endless flirting",
    ),
    ("psychological_thriller", "mandatory"): ("unease", "knows more", "time press", "choices", "imply", "decided"),
    ("psychological_thriller", "forbidden"): (
        "everything at the start",
        "neutral reassurance",
        "hero and villain",
        "exposition without stakes",
        "without consequence",
    ),
}


def given(folder: Path, old: str = "", new: str = "") -> Path:
    """A folder with one doctrine in which `old` has become `new`."""
    text = (SHIPPED / "romantic_tension.toml").read_text(encoding="utf-8")
    assert old in text
    _ = (folder / "romantic_tension.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def test_both_genres_of_the_house_are_on_the_shelf_with_their_product() -> None:
    assert {slug: each.product for slug, each in load_doctrines(SHIPPED).items()} == PRODUCTS


@pytest.mark.parametrize(("slug", "field"), SAID)
def test_every_point_of_the_source_is_said(slug: str, field: str) -> None:
    rules = doctrine(SHIPPED, slug)
    lines = [line.lower() for line in (rules.mandatory if field == "mandatory" else rules.forbidden)]
    assert len(lines) == len(SAID[slug, field])
    for line, point in zip(lines, SAID[slug, field], strict=True):
        assert point in line


@pytest.mark.parametrize("slug", PRODUCTS)
def test_no_played_line_names_its_genre(slug: str) -> None:
    rules = doctrine(SHIPPED, slug)
    for _, words in rules.played():
        assert rules.title.lower() not in words.lower()
        assert slug not in words


def test_a_new_genre_is_a_new_file(tmp_path: Path) -> None:
    folder = given(tmp_path)
    text = (folder / "romantic_tension.toml").read_text(encoding="utf-8")
    moved = text.replace("romantic_tension", "slow_comedy").replace("Romantic tension", "Slow comedy")
    _ = (folder / "slow_comedy.toml").write_text(moved, encoding="utf-8")

    assert doctrine(folder, "slow_comedy").title == "Slow comedy"
    assert list(load_doctrines(folder)) == ["romantic_tension", "slow_comedy"]


def test_an_unknown_genre_is_refused_by_name_with_the_known_ones() -> None:
    with pytest.raises(UnknownGenre, match=r"'noir'.*psychological_thriller, romantic_tension"):
        _ = doctrine(SHIPPED, "noir")


def test_a_missing_field_is_named_with_its_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsProblem, match=r"romantic_tension\.toml lacks the field product"):
        _ = load_doctrines(given(tmp_path, 'product = "tension, not affection"'))


def test_a_misspelt_field_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsProblem, match="has a field sucess"):
        _ = load_doctrines(given(tmp_path, "content_level =", 'sucess = "x"\ncontent_level ='))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"tension, not affection"', "7", "fault in product"),
        ('product = "tension', 'product = "romantic tension', "product: these words"),
        ('letter = "D"', 'letter = "C"', "gates A, B, C and D"),
        ('slug = "romantic_tension"', 'slug = "romance"', "file name and slug must agree"),
        ("charged_pairs = [", "charged_pairs = [[", "not valid TOML"),
    ],
)
def test_a_broken_file_is_refused_in_one_sentence(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(SettingsProblem, match=said) as refused:
        _ = load_doctrines(given(tmp_path, old, new))
    assert "romantic_tension.toml" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    _ = (tmp_path / "noir.toml").write_bytes('title = "Köln"'.encode("latin-1"))
    with pytest.raises(SettingsProblem, match=r"noir\.toml is not UTF-8"):
        _ = load_doctrines(tmp_path)


def test_a_shelf_without_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsProblem, match="no genre in"):
        _ = load_doctrines(tmp_path / "nowhere")


def test_an_edited_doctrine_is_read_again(tmp_path: Path) -> None:
    folder = given(tmp_path)
    before = doctrine(folder, "romantic_tension")
    path = folder / "romantic_tension.toml"
    _ = path.write_text(path.read_text(encoding="utf-8").replace("not affection", "not comfort"), encoding="utf-8")
    os.utime(path, ns=(0, 0))

    assert before.product == "tension, not affection"
    assert doctrine(folder, "romantic_tension").product == "tension, not comfort"


def test_a_doctrine_cannot_be_changed_in_place() -> None:
    rules = doctrine(SHIPPED, "romantic_tension")
    with pytest.raises(AttributeError):
        rules.product = "other"  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(TypeError):
        load_doctrines(SHIPPED)["other"] = rules  # pyright: ignore[reportIndexIssue]
    assert isinstance(rules, Doctrine)
