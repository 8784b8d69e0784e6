"""Content as files: what is written reads back the same, and what cannot be used is refused by file and field."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadInput
from engine.kernel.text import clean, one_line
from engine.settings import content_folder
from engine.story.avatar_kit import AvatarKit
from engine.story.character import Character
from engine.story.episode import EpisodeTemplate, Resolution
from engine.story.look import SceneConfig, VisualIdentity
from engine.story.world import World
from engine.studio.files import CharacterBundle, WorldBundle, plain, read_bundle, write_bundle
from engine.studio.files.bundle import IDS

WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8 anchor"
MIRA = "characters/mira/character.toml"
FIRST = "characters/mira/episodes/01-the-lamp.toml"


def a_world() -> WorldBundle:
    """A world with one whole character and one that has nothing but a name."""
    return WorldBundle(
        world=World(
            slug="harbour", name='The "Harbour"', tone="wry", description="Fog.\n\nMore fog.", scenes=("a quay",)
        ),
        characters=(
            CharacterBundle(
                character=Character(
                    slug="mira",
                    name="Mira",
                    personality={"guarded": True, "irony": 0.5, "lamps": 2, "habits": ["hums", "counts"], "": "odd"},
                    backstory='She said """no""" to {memories} and C:\\lamps\\1.\n\nTwice.',
                    likes=("salt",),
                    visual_identity=VisualIdentity(age_range="30s", key_features=("a scar",)),
                    adult=True,
                ),
                kit=AvatarKit(appearance_prompt="red hair", style_prompt=""),
                episodes=(
                    EpisodeTemplate(
                        slug="the-lamp",
                        title="The Lamp",
                        order=1,
                        episode_type="entry",
                        resolutions=(
                            Resolution(kind="positive", text="It burns."),
                            Resolution(kind="surprise", text=""),
                        ),
                        scene_config=SceneConfig(mood_keywords=("low",)),
                    ),
                    EpisodeTemplate(slug="01-the-wreck", title="The Wreck", order=10),
                ),
                anchor=WEBP,
            ),
            CharacterBundle(character=Character(slug="zeno", name="Zeno", genre="psychological_thriller")),
        ),
    )


def changed(folder: Path, name: str, old: str, new: str) -> None:
    """Replace words in one file of a folder."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    _ = path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in which the world has been written."""
    _ = write_bundle(a_world(), tmp_path / "harbour")
    return tmp_path / "harbour"


def test_a_world_reads_back_as_it_was_written(folder: Path) -> None:
    assert read_bundle(folder) == a_world()


def test_the_files_stand_where_a_writer_looks_for_them(tmp_path: Path) -> None:
    written = write_bundle(a_world(), tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in written] == [
        "world.toml",
        MIRA,
        "characters/mira/kit.toml",
        "characters/mira/anchor.webp",
        FIRST,
        "characters/mira/episodes/10-01-the-wreck.toml",
        "characters/zeno/character.toml",
    ]
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == sorted(written)


def test_prose_stands_in_blocks_and_ids_stand_nowhere(tmp_path: Path) -> None:
    bundle = a_world()
    mira = bundle.characters[0]
    owned = replace(mira.character, id="c1", world_id="w1", active_avatar_kit_id="k1", live_release_id="r1")
    episodes = tuple(replace(episode, id="e1", character_id="c1") for episode in mira.episodes)
    kit = AvatarKit(id="k1", primary_anchor_id="a1", appearance_prompt="red hair", style_prompt="")
    known = WorldBundle(
        world=replace(bundle.world, id="w1"),
        characters=(
            bundle.characters[1],
            CharacterBundle(character=owned, kit=kit, episodes=episodes[::-1], anchor=WEBP),
        ),
    )
    written = write_bundle(known, tmp_path)

    text = "\n".join(path.read_text(encoding="utf-8") for path in written if path.suffix == ".toml")
    assert 'description = """\nFog.\n\nMore fog.\n"""' in text
    assert not [field for field in IDS if f"\n{field} = " in text]
    assert read_bundle(tmp_path) == plain(known) == bundle


def test_writing_what_was_read_changes_no_byte(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    _ = write_bundle(read_bundle(folder), folder)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def _settled(text: str) -> bool:
    return clean(clean(text)) == clean(text)


WORDS = st.text(st.sampled_from("\"'\\{}#[]=\n\t ü界🜂") | st.characters(codec="utf-8"), max_size=60).filter(_settled)
LABEL = WORDS.map(lambda text: one_line(text, 100))
TRAITS = st.dictionaries(
    LABEL,
    st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | WORDS
    | st.lists(LABEL, max_size=3),
    max_size=3,
)


@st.composite
def bundles(draw: st.DrawFn) -> WorldBundle:
    """Worlds full of quotes, backslashes, braces and letters of every script."""
    labels = st.lists(LABEL, max_size=3).map(tuple)
    character = Character(
        slug="one",
        name=f"N{draw(LABEL)}"[:80],
        personality=draw(TRAITS),
        boundaries=draw(TRAITS),
        backstory=draw(WORDS),
        likes=draw(labels),
        system_prompt=draw(WORDS),
        adult=draw(st.booleans()),
    )
    episode = EpisodeTemplate(
        slug="first",
        title=f"T{draw(LABEL)}"[:80],
        opening_line=draw(WORDS),
        arc_hints=draw(labels),
        resolutions=tuple(Resolution(kind="neutral", text=draw(WORDS)) for _ in range(draw(st.integers(0, 2)))),
        order=draw(st.integers(0, 10_000)),
    )
    kit = AvatarKit(appearance_prompt=draw(WORDS), style_prompt=draw(LABEL)) if draw(st.booleans()) else None
    world = World(slug="world", name="W", description=draw(WORDS), scenes=draw(labels))
    return WorldBundle(world=world, characters=(CharacterBundle(character=character, kit=kit, episodes=(episode,)),))


@settings(max_examples=60, deadline=None)
@given(bundle=bundles())
def test_any_world_survives_its_files(bundle: WorldBundle) -> None:
    with TemporaryDirectory() as folder:
        _ = write_bundle(bundle, Path(folder))
        assert read_bundle(Path(folder)) == bundle


def test_what_is_gone_from_the_world_goes_from_the_folder_and_notes_stay(folder: Path) -> None:
    for note in ("README.md", "characters/mira/notes.txt", "characters/mira/episodes/ideas.md"):
        _ = (folder / note).write_text("mine", encoding="utf-8")
    bundle = a_world()
    smaller = replace(bundle, characters=(replace(bundle.characters[0], episodes=(), anchor=None, kit=None),))

    _ = write_bundle(smaller, folder)

    assert read_bundle(folder) == smaller
    assert not (folder / "characters/zeno").exists()
    assert len(list(folder.rglob("*.md"))) + len(list(folder.rglob("*.txt"))) == 3


def test_a_folder_of_somebody_elses_is_not_written_into(tmp_path: Path) -> None:
    _ = (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(BadInput, match="choose an empty folder"):
        _ = write_bundle(a_world(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_folder_of_another_world_is_not_written_into(folder: Path) -> None:
    bundle = a_world()
    with pytest.raises(BadInput, match="something else than the world island"):
        _ = write_bundle(replace(bundle, world=replace(bundle.world, slug="island")), folder)


def test_a_fresh_git_folder_counts_as_empty(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert write_bundle(a_world(), tmp_path)


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    home = tmp_path / "harbour"
    _ = write_bundle(replace(a_world(), characters=()), home)
    (home / "characters").symlink_to(tmp_path / "outside", target_is_directory=True)
    with pytest.raises(BadInput, match="is a link"):
        _ = write_bundle(a_world(), home)
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_failed_write_leaves_the_old_files_and_no_others(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    bundle = a_world()
    mira = replace(bundle.characters[0], anchor=b"no picture")
    with pytest.raises(BadInput, match="not a WebP picture"):
        _ = write_bundle(replace(bundle, characters=(mira,)), folder)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_two_characters_or_episodes_of_one_slug_are_refused_before_writing(tmp_path: Path) -> None:
    bundle = a_world()
    mira = bundle.characters[0]
    for twice in (
        replace(bundle, characters=(mira, mira)),
        replace(bundle, characters=(replace(mira, episodes=(mira.episodes[0], replace(mira.episodes[0], order=2))),)),
    ):
        with pytest.raises(BadInput, match="have the slug"):
            _ = write_bundle(twice, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_character_without_genre_has_that_of_its_world(folder: Path) -> None:
    changed(folder, "world.toml", 'genre = "romantic_tension"', 'genre = "slow_comedy"')
    read = read_bundle(folder)
    assert [each.character.genre for each in read.characters] == ["slow_comedy", "psychological_thriller"]


def test_to_rename_an_episode_is_to_rename_its_file(folder: Path) -> None:
    _ = (folder / FIRST).rename(folder / "characters/mira/episodes/20-the-lantern.toml")
    assert [(each.order, each.slug) for each in read_bundle(folder).characters[0].episodes] == [
        (10, "01-the-wreck"),
        (20, "the-lantern"),
    ]


REFUSED: list[tuple[str, str, str, str]] = [
    ("world.toml", 'tone = "wry"', 'tome = "wry"', r'world\.toml: there is no field "tome": remove it or correct'),
    ("world.toml", 'slug = "harbour"\n', "", r'world\.toml lacks "slug": add it'),
    ("world.toml", 'slug = "harbour"', 'slug = "../up"', r'world\.toml, field "slug"'),
    ("world.toml", 'tone = "wry"', "tone = wry", r"world\.toml is not valid TOML"),
    ("world.toml", 'tone = "wry"', "tone = 1979-05-27", r"world\.toml holds a date or time: put it in quotation marks"),
    ("world.toml", 'tone = "wry"', f"tone = {'9' * 5000}", r"world\.toml is not valid TOML"),
    ("world.toml", 'tone = "wry"', f"tone = {'[' * 5000}", r"world\.toml is nested too deeply"),
    ("world.toml", 'tone = "wry"', f"tone = 0x{'f' * 9000}", r"world\.toml holds a number of too many digits"),
    ("world.toml", 'tone = "wry"', f"{'a.' * 200_000}a = 1", "has a key of more than thirty parts"),
    ("world.toml", 'tone = "wry"', 'id = "w1"', r"world\.toml: id belongs to one database"),
    (MIRA, "adult = true", 'adult = "yes"', rf'{MIRA}, field "adult": .*boolean'),
    (MIRA, "adult = true", 'adult = true\nslug = "other"', 'slug is "mira" by its name'),
    (MIRA, "lamps = 2", "lamps = {low = 1}", r'field "personality\.lamps": write text, a number'),
    (MIRA, 'age_range = "30s"', 'age_range = "16"', r'field "visual_identity\.age_range"'),
    (FIRST, "turn_budget = 12", 'turn_budget = "12"', rf'{FIRST}, field "turn_budget"'),
    (FIRST, "turn_budget = 12", "turn_budget = 2", 'field "turn_budget".*greater than or equal to 3'),
    (FIRST, 'kind = "positive"', 'kind = "good"', r'field "resolutions\.0\.kind"'),
    (FIRST, "turn_budget = 12", "order = 4", 'order is "1" by its name'),
    ("characters/mira/kit.toml", "red hair", "red\\uD800 hair", r"kit\.toml is not valid TOML"),
]


@pytest.mark.parametrize(("name", "old", "new", "said"), REFUSED)
def test_what_cannot_be_used_is_named(folder: Path, name: str, old: str, new: str, said: str) -> None:
    changed(folder, name, old, new)
    with pytest.raises(BadInput, match=said) as refused:
        _ = read_bundle(folder)
    assert len(str(refused.value)) < 500


def _latin(folder: Path) -> None:
    _ = (folder / MIRA).write_bytes('name = "Zoë"'.encode("latin-1"))


def _heavy(folder: Path) -> None:
    _ = (folder / MIRA).write_text(f'name = "M"\nbackstory = "{"x" * 1_000_000}"', encoding="utf-8")


def _twice(folder: Path) -> None:
    _ = shutil.copy(folder / FIRST, folder / "characters/mira/episodes/07-the-lamp.toml")


def _linked(folder: Path) -> None:
    (folder / MIRA).unlink()
    (folder / MIRA).symlink_to("/etc/hostname")


def _loud(folder: Path) -> None:
    _ = (folder / "characters/mira").rename(folder / "characters/Mira Sand")


def _unnamed(folder: Path) -> None:
    _ = (folder / FIRST).rename(folder / "characters/mira/episodes/the-lamp.toml")


def _headless(folder: Path) -> None:
    (folder / MIRA).unlink()


def _misspelt(folder: Path) -> None:
    _ = (folder / "characters/mira/kit.toml").rename(folder / "characters/mira/kits.toml")


def _png(folder: Path) -> None:
    _ = (folder / "characters/mira/anchor.webp").rename(folder / "characters/mira/anchor.png")


def _painted(folder: Path) -> None:
    _ = (folder / "characters/mira/anchor.webp").write_bytes(b"\x89PNG\r\n\x1a\n")


def _worldless(folder: Path) -> None:
    (folder / "world.toml").unlink()


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (_latin, rf"{MIRA} is not UTF-8 text: save it as UTF-8"),
        (_heavy, rf"{MIRA} is over 1 MB: shorten it"),
        (_twice, "Two episodes of mira have the slug the-lamp"),
        (_linked, rf"{MIRA} is a link"),
        (_loud, "characters/Mira Sand is not a slug"),
        (_unnamed, "the-lamp.toml is not named as an episode"),
        (_headless, r"characters/mira has no character\.toml"),
        (_misspelt, r"kits\.toml is no file of a character"),
        (_png, r"anchor\.png cannot be used: save the anchor as anchor\.webp"),
        (_painted, r"anchor\.webp is not a WebP picture"),
        (_worldless, r"There is no world\.toml in"),
    ],
)
def test_a_folder_that_is_not_whole_is_refused(folder: Path, break_it: Callable[[Path], None], said: str) -> None:
    break_it(folder)
    with pytest.raises(BadInput, match=said):
        _ = read_bundle(folder)


def test_a_writers_own_prompt_travels_and_a_built_one_need_not(tmp_path: Path) -> None:
    bundle = a_world()
    own = replace(
        bundle.characters[1], character=replace(bundle.characters[1].character, system_prompt="Be {memories}.")
    )
    files = write_bundle(replace(bundle, characters=(bundle.characters[0], own)), tmp_path)
    with_prompt = [path.parent.name for path in files if b"system_prompt" in path.read_bytes()]
    assert with_prompt == ["zeno"]
    assert read_bundle(tmp_path).characters[1].character.system_prompt == "Be {memories}."


def test_the_starter_worlds_stand_as_export_would_write_them(tmp_path: Path) -> None:
    for home in sorted((content_folder() / "starter").iterdir()):
        for path in write_bundle(read_bundle(home), tmp_path / home.name):
            assert path.read_bytes() == (home / path.relative_to(tmp_path / home.name)).read_bytes(), path
