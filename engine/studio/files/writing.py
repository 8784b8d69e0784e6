"""Writing a world as a folder: new files appear whole or not at all, and what is gone from the world goes."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from engine.errors import BadInput
from engine.story.world import World
from engine.studio.files.bundle import CharacterBundle, WorldBundle, check, check_anchor, plain
from engine.studio.files.layout import ANCHOR, CHARACTER, CHARACTERS, EPISODES, KIT, WORLD, episode_file, ours
from engine.studio.files.parsing import parse
from engine.studio.files.text import TEXT_LIMIT, dump


def write_bundle(bundle: WorldBundle, folder: Path) -> list[Path]:
    """Write the world into `folder` and give back the files written, world.toml first.

    The folder is made when missing. It must be empty (hidden files aside) or hold a world.toml of the same slug: then
    its files of ours are replaced, the ones of characters and episodes that are gone are removed, and everything else
    stays. All text is composed before the first file is touched. Raises BadInput with a sentence.
    """
    check(bundle)
    files = {folder / name: data for name, data in _files(plain(bundle))}
    _refuse_foreign(folder, bundle.world)
    _refuse_links(folder, files)
    try:
        _write_all(files)
        _remove([path for path in ours(folder) if path not in files])
    except OSError as error:
        raise BadInput(f"{folder} cannot be written: {error.strerror}.") from error
    return list(files)


def _files(bundle: WorldBundle) -> Iterator[tuple[str, bytes]]:
    yield WORLD, dump(bundle.world)
    for each in bundle.characters:
        yield from _character_files(each, bundle.world)


def _character_files(each: CharacterBundle, world: World) -> Iterator[tuple[str, bytes]]:
    home = f"{CHARACTERS}/{each.character.slug}"
    of_the_world = ("genre",) if each.character.genre == world.genre else ()
    yield f"{home}/{CHARACTER}", dump(each.character, without=("slug", *of_the_world))
    if each.kit:
        yield f"{home}/{KIT}", dump(each.kit)
    if each.anchor is not None:
        check_anchor(f"The anchor of {each.character.slug}", each.anchor)
        yield f"{home}/{ANCHOR}", each.anchor
    for episode in each.episodes:
        name = episode_file(episode.order, episode.slug)
        yield f"{home}/{EPISODES}/{name}", dump(episode, without=("slug", "order"))


def _refuse_foreign(folder: Path, world: World) -> None:
    """Only an empty folder, or one that holds this very world, may be written into."""
    try:
        visible = [path for path in folder.iterdir() if not path.name.startswith(".")] if folder.exists() else []
    except OSError as error:
        raise BadInput(f"{folder} cannot be written: {error.strerror}.") from error
    if visible and _slug_there(folder / WORLD) != world.slug:
        raise BadInput(f"{folder} holds something else than the world {world.slug}: choose an empty folder.")


def _slug_there(path: Path) -> str | None:
    if path.is_symlink() or not path.is_file() or path.stat().st_size > TEXT_LIMIT:
        return None
    with suppress(BadInput, OSError):
        slug = parse(WORLD, path.read_bytes()).get("slug")
        return slug if isinstance(slug, str) else None
    return None


def _refuse_links(folder: Path, files: dict[Path, bytes]) -> None:
    for path in files:
        for place in path.relative_to(folder).parents:
            if (folder / place).is_symlink() and folder / place != folder:
                raise BadInput(f"{(folder / place)} is a link: nothing is written through it.")


def _write_all(files: dict[Path, bytes]) -> None:
    """Every file under a temporary name first, then each renamed into place, world.toml last."""
    mark = secrets.token_hex(4)
    waiting = {path: path.with_name(f".{path.name}.{mark}.tmp") for path in files}
    try:
        for path, data in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            _ = waiting[path].write_bytes(data)
        for path in reversed(files):
            _ = waiting[path].replace(path)
    finally:
        for left_over in waiting.values():
            left_over.unlink(missing_ok=True)


def _remove(gone: list[Path]) -> None:
    for path in gone:
        path.unlink()
        for home in (path.parent, path.parent.parent):
            with suppress(OSError):
                home.rmdir()
