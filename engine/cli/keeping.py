"""`coldopen backup` and `coldopen restore`: everything in one file, and back."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.out import Out
from engine.kernel.clock import utc_now
from engine.settings import load_settings

if TYPE_CHECKING:
    from engine.backup.manifest import Manifest
    from engine.wiring import Engine

SETTLING = 60.0
"""Seconds that replies, memories and pictures which were under way may take to be finished."""


def save(out: Out, file: Path) -> None:
    """Write a backup and tell what is in it."""
    from engine.backup.saving import save as write  # noqa: PLC0415  (only who asks for it loads it)

    began = time.monotonic()
    told = write(load_settings(), file, utc_now(), lambda step, what, count: _progress(out, step, what, count))
    size, seconds = file.stat().st_size, round(time.monotonic() - began, 2)
    out.say(f"{_summary(told)} in {file} ({size:,} bytes, {seconds} seconds).")
    if lost := told.pictures.lost:
        named = "1 picture was" if lost == 1 else f"{lost:,} pictures were"
        out.say(f"{named} not there to be saved, or damaged.")
    out.data(file=file, bytes=size, seconds=seconds, **_counts(told))


def restore(out: Out, file: Path) -> bool:
    """Restore a backup, let what was under way be finished, and check everything. Whether anything is broken."""
    from engine.backup.restoring import restore as read  # noqa: PLC0415
    from engine.wiring import open_engine  # noqa: PLC0415

    began, settings = time.monotonic(), load_settings()
    told = read(settings, file, utc_now, lambda step, what, count: _progress(out, step, what, count))
    out.say(f"{_summary(told)}, as of {told.created_at:%Y-%m-%d %H:%M} UTC, restored.")
    with open_engine(settings) as engine:
        settled = engine.work.drain(SETTLING)
        broken = _broken(engine, out)
    if not settled:
        out.say("Some replies or pictures that were under way are not finished yet; they are when Coldopen runs.")
    out.say(f"{len(broken)} broken" if broken else "Everything holds.")
    seconds = round(time.monotonic() - began, 2)
    out.data(file=file, seconds=seconds, created_at=told.created_at, settled=settled, broken=broken, **_counts(told))
    return bool(broken)


def _progress(out: Out, step: str, what: str, count: int) -> None:
    """One line for each part that holds anything, and more for a large one."""
    if count:
        out.quiet(f"  {step} {what}: {count:,}")


def _broken(engine: Engine, out: Out) -> dict[str, tuple[str, ...]]:
    """The promises that do not hold, with the rows that break them."""
    found = [one for one in engine.check() if one.ids]
    for one in found:
        out.say(f"BROKEN {one.invariant.code}: {one.invariant.says}")
        for row in one.ids:
            out.say(f"       {row}")
    return {one.invariant.code: one.ids for one in found}


def _summary(told: Manifest) -> str:
    rows = sum(part.rows for part in told.tables.values())
    return f"{rows:,} rows and {told.pictures.files:,} pictures"


def _counts(told: Manifest) -> dict[str, object]:
    tables = {name: part.rows for name, part in told.tables.items()}
    pictures = told.pictures
    return {
        "revision": told.revision,
        "tables": tables,
        "rows": sum(tables.values()),
        "pictures": pictures.files,
        "lost": pictures.lost,
    }
