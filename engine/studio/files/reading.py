"""Reading a folder of content: everything is checked before anything is given back, and the first fault is named."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter

from engine.errors import BadInput
from engine.story.avatar_kit import AvatarKit
from engine.story.character import Character
from engine.story.episode import EpisodeTemplate
from engine.story.world import World
from engine.studio.files.bundle import ANCHOR_LIMIT, CharacterBundle, WorldBundle, check, check_anchor, plain
from engine.studio.files.layout import ANCHOR, CHARACTER, CHARACTERS, EPISODES, KIT, WORLD, is_slug, order_and_slug
from engine.studio.files.parsing import Stated, parse, validated
from engine.studio.files.text import TEXT_LIMIT

_WORLD = TypeAdapter(World)
_CHARACTER = TypeAdapter(Character)
_KIT = TypeAdapter(AvatarKit)
_EPISODE = TypeAdapter(EpisodeTemplate)


def read_bundle(folder: Path) -> WorldBundle:
    """The world that a folder holds, without ids, characters by slug and episodes by order.

    Notes and other files beside ours are left alone; links are refused. Raises BadInput with one sentence that names
    the file, the field and what to do.
    """
    if not (folder / WORLD).is_file():
        raise BadInput(f"There is no world.toml in {folder}: choose a folder that `coldopen export` has written.")
    world = validated(_WORLD, WORLD, _stated(folder, folder / WORLD))
    homes = _inside(folder, folder / CHARACTERS)
    characters = [_character(folder, home, world) for home in homes if home.is_dir()]
    bundle = WorldBundle(world=world, characters=tuple(each for each in characters if each))
    check(bundle)
    return plain(bundle)


def _character(folder: Path, home: Path, world: World) -> CharacterBundle | None:
    shown = _shown(folder, home)
    if not is_slug(home.name):
        raise BadInput(f"{shown} is not a slug: name the folder in lower-case letters, digits and single hyphens.")
    inside = _inside(folder, home)
    if not any(path.suffix == ".toml" or path.name == EPISODES for path in inside):
        return None
    _refuse_strangers(folder, inside)
    path = home / CHARACTER
    if not path.is_file():
        raise BadInput(f"{shown} has no character.toml: add it or remove the folder.")
    stated = _named(_shown(folder, path), _stated(folder, path), slug=home.name)
    return CharacterBundle(
        character=validated(_CHARACTER, _shown(folder, path), {"genre": world.genre, **stated}),
        kit=_kit(folder, home / KIT),
        episodes=tuple(_episode(folder, each) for each in _episode_files(folder, home / EPISODES)),
        anchor=_anchor(folder, home / ANCHOR),
    )


def _refuse_strangers(folder: Path, inside: list[Path]) -> None:
    """A misspelt file name must not lose what it holds."""
    for path in inside:
        if path.suffix == ".toml" and path.name not in (CHARACTER, KIT):
            raise BadInput(f"{_shown(folder, path)} is no file of a character: call it character.toml or kit.toml.")
        if path.stem == "anchor" and path.name != ANCHOR and path.is_file():
            raise BadInput(f"{_shown(folder, path)} cannot be used: save the anchor as anchor.webp.")


def _kit(folder: Path, path: Path) -> AvatarKit | None:
    return validated(_KIT, _shown(folder, path), _stated(folder, path)) if path.is_file() else None


def _episode_files(folder: Path, episodes: Path) -> list[Path]:
    return [path for path in _inside(folder, episodes) if path.suffix == ".toml"]


def _episode(folder: Path, path: Path) -> EpisodeTemplate:
    named = order_and_slug(path.name)
    if named is None:
        raise BadInput(f"{_shown(folder, path)} is not named as an episode: call it like 01-the-first-night.toml.")
    order, slug = named
    return validated(
        _EPISODE, _shown(folder, path), _named(_shown(folder, path), _stated(folder, path), slug=slug, order=order)
    )


def _named(file: str, stated: Stated, **from_the_name: str | int) -> Stated:
    for field, value in from_the_name.items():
        if stated.get(field, value) != value:
            raise BadInput(
                f'{file}: {field} is "{value}" by its name, and another inside: remove the line {field} = ….'
            )
    return {**stated, **from_the_name}


def _anchor(folder: Path, path: Path) -> bytes | None:
    if not path.is_file():
        return None
    anchor = _bytes(folder, path, ANCHOR_LIMIT)
    check_anchor(_shown(folder, path), anchor)
    return anchor


def _stated(folder: Path, path: Path) -> Stated:
    return parse(_shown(folder, path), _bytes(folder, path, TEXT_LIMIT))


def _inside(folder: Path, place: Path) -> list[Path]:
    """What a folder holds, by name; hidden files and what is not there are passed over, links refused."""
    if place.is_symlink():
        raise BadInput(f"{_shown(folder, place)} is a link: put the folder itself there.")
    if not place.is_dir():
        return []
    try:
        return [path for path in sorted(place.iterdir()) if not path.name.startswith(".")]
    except OSError as error:
        raise BadInput(f"{_shown(folder, place)} cannot be read: {error.strerror}.") from error


def _bytes(folder: Path, path: Path, limit: int) -> bytes:
    shown = _shown(folder, path)
    if path.is_symlink():
        raise BadInput(f"{shown} is a link: put the file itself there.")
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise BadInput(f"{shown} cannot be read: {error.strerror}.") from error
    if len(data) > limit:
        raise BadInput(f"{shown} is over {limit // 1_000_000} MB: shorten it.")
    return data


def _shown(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()
