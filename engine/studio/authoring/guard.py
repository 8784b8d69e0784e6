"""The guard against lost updates: whoever saves says what they started from, and nobody writes over another's work.

A fingerprint tells the words of a thing. It leaves out its id and what other verbs set (the live release, the kit in
use, the anchor), so that publishing or choosing a picture meanwhile is no clash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TypeAlias

from pydantic import TypeAdapter

from engine.errors import Conflict
from engine.story.avatar_kit import AvatarKit
from engine.story.character import Character
from engine.story.episode import EpisodeTemplate
from engine.story.world import World

Noun: TypeAlias = World | Character | EpisodeTemplate | AvatarKit
_NOT_WORDS = frozenset({"id", "live_release_id", "active_avatar_kit_id", "primary_anchor_id"})
_ADAPTERS = {kind: TypeAdapter[Noun](kind) for kind in (World, Character, EpisodeTemplate, AvatarKit)}


def fingerprint(noun: Noun) -> str:
    """A hash of what a writer wrote in a thing: equal words, equal fingerprint, whenever they were saved."""
    told = _ADAPTERS[type(noun)].dump_python(noun, mode="json")
    words = {name: value for name, value in told.items() if name not in _NOT_WORDS}
    text = json.dumps(words, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def are_equal(one: Noun, other: Noun) -> bool:
    """Whether two things have the same words."""
    return fingerprint(one) == fingerprint(other)


def is_new(noun: World | Character | EpisodeTemplate, base: str | None, taken: Mapping[str, str]) -> bool:
    """Whether a thing without an id is saved as new under a slug that is in use: perhaps by itself, clicked twice."""
    return base == "" and not noun.id and noun.slug in taken


def may_write(standing: Noun | None, new: Noun, base: str | None, name: str) -> bool:
    """Whether the new words must be written: False where they stand already.

    `base` is the fingerprint of what the writer started from: None = whatever stands, empty = nothing stood yet.
    Raises Conflict where somebody else saved, or took it away, meanwhile.
    """
    if base is None:
        return True
    if standing is not None and are_equal(standing, new):
        return False
    if standing is None and base:
        raise Conflict(f"{name} was taken away by somebody else while you were writing. Save it as a new one instead.")
    if standing is not None and fingerprint(standing) != base:
        raise Conflict(
            f"{name} was saved by somebody else while you were writing. Nothing of yours was written over it: "
            "look at what stands now, then save again."
        )
    return True
