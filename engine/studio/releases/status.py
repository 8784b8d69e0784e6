"""Status: how a character's draft stands to what is live."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.story.release import Release
from engine.studio.genres import Doctrine
from engine.studio.releases.changes import changes
from engine.studio.releases.cutting import Draft
from engine.studio.releases.readiness import Missing, missing


@dataclass(frozen=True, slots=True)
class ReleaseStatus:
    """What is live (None where nothing is), whether the draft went on since, where, and what it lacks.

    `changed` are places like `character.backstory`; `missing` are (place, sentence). With nothing live, nothing is
    stale.
    """

    live_number: int | None
    live_release_id: str | None
    is_stale: bool
    changed: tuple[str, ...]
    missing: tuple[Missing, ...]


def status_of(draft: Draft, live: Release | None, doctrines: Mapping[str, Doctrine]) -> ReleaseStatus:
    """The status of a draft beside its live release."""
    changed = changes(live.payload, draft, doctrines) if live else ()
    return ReleaseStatus(
        live_number=live.number if live else None,
        live_release_id=live.id if live else None,
        is_stale=bool(changed),
        changed=changed,
        missing=missing(draft, doctrines),
    )
