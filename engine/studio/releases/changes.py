"""Changes: in which places a draft differs from the release that is live."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter

from engine.story.episode import EpisodeTemplate
from engine.story.release import Payload
from engine.studio.genres import Doctrine
from engine.studio.releases.cutting import Draft
from engine.studio.releases.prompt_parts import changed_parts

_PAYLOAD = TypeAdapter(Payload)
_EPISODE = TypeAdapter(EpisodeTemplate)
_WORLD_FIELDS = ("slug", "name", "tone", "description", "scenes")


def changes(live: Payload, draft: Draft, doctrines: Mapping[str, Doctrine]) -> tuple[str, ...]:
    """Places such as `character.backstory`, `world.tone`, `kit.anchor` and `episodes.first-night.situation`."""
    found = (
        *_of_persona(live, draft, doctrines),
        *_of_world(live, draft),
        *_of_kit(live, draft),
        *_of_episodes(live, draft),
    )
    return tuple(dict.fromkeys(found))


def _of_persona(live: Payload, draft: Draft, doctrines: Mapping[str, Doctrine]) -> Iterator[str]:
    old, new = live.persona, draft.persona
    for name in ("slug", "name", "adult", "acted_by"):
        if getattr(old, name) != getattr(new, name):
            yield f"character.{name}"
    doctrine = doctrines.get(draft.character.genre)
    title = doctrine.title if doctrine else draft.character.genre
    if (live.labels.get("genre"), live.labels.get("doctrine")) != (draft.character.genre, title):
        yield "character.genre"
    if old.system_prompt != new.system_prompt:
        yield from (f"character.{part}" for part in changed_parts(old.system_prompt, old.name, draft, doctrines))
    looks, seen = new.visual_identity, old.visual_identity
    for name in ("gender_tag", "body_type", "age_range", "key_features", "subject_handle"):
        if getattr(looks, name) != getattr(seen, name):
            yield f"character.visual_identity.{name}"


def _of_world(live: Payload, draft: Draft) -> Iterator[str]:
    if draft.world is None:
        yield "character.world_id"
        return
    for name in _WORLD_FIELDS:
        if getattr(live.setting, name) != getattr(draft.world, name):
            yield f"world.{name}"
    if live.labels.get("world_genre") != draft.world.genre:
        yield "world.genre"


def _of_kit(live: Payload, draft: Draft) -> Iterator[str]:
    for name in ("id", "appearance_prompt", "style_prompt", "negative_prompt"):
        if getattr(live.kit, name) != getattr(draft.kit, name):
            yield "kit" if name == "id" else f"kit.{name}"
    pinned = (live.kit.primary_anchor_id, live.anchor, live.anchor_mask)
    if pinned != (draft.kit.primary_anchor_id, draft.anchor, draft.anchor_mask):
        yield "kit.anchor"


def _of_episodes(live: Payload, draft: Draft) -> Iterator[str]:
    old = {one.id: one for one in live.episodes}
    for episode in draft.episodes:
        before = old.pop(episode.id, None)
        place = f"episodes.{episode.slug}"
        if before is None:
            yield place
        elif before != episode:
            yield from (f"{place}.{name}" for name in _differing(_told(before), _told(episode)))
    yield from (f"episodes.{gone.slug}" for gone in old.values())


def _told(episode: EpisodeTemplate) -> Mapping[str, Any]:
    return _EPISODE.dump_python(episode, mode="json")


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Names of fields that differ; those of a mapping within as `name.inner`."""
    for name, value in new.items():
        before = old.get(name)
        if before == value:
            continue
        if isinstance(value, dict) and isinstance(before, dict):
            yield from (f"{name}.{inner}" for inner in _differing(before, value))
        else:
            yield name
