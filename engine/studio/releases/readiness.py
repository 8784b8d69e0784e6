"""Readiness: what a draft still lacks before it can be published, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.kernel.placeholders import SLOTS, slots_in
from engine.moderation.adults import states_minor_age
from engine.story.episode import EpisodeTemplate
from engine.studio.genres import Doctrine
from engine.studio.releases.cutting import Draft

Missing = tuple[str, str]
"""A place and a sentence. The place is `character.…`, `world.…`, `kit.…`, `episodes` or `episodes.<slug>.…`."""
HANDLE_WORDS = 6


def missing(draft: Draft, doctrines: Mapping[str, Doctrine]) -> tuple[Missing, ...]:
    """What must be mended before publishing, as (field, sentence); empty when the draft is ready."""
    return (*_of_character(draft), *_of_genre(draft, doctrines), *_of_episodes(draft))


def _of_character(draft: Draft) -> Iterator[Missing]:
    persona, looks = draft.persona, draft.persona.visual_identity
    if not persona.adult:
        yield "character.adult", "Confirm that the character is an adult."
    if not looks.age_range:
        yield "character.visual_identity.age_range", "Say the character's age range; all are adults."
    if not draft.kit.appearance_prompt and draft.anchor is None:
        yield "kit.appearance_prompt", "Describe how the character looks, or choose an anchor picture."
    if len(looks.subject_handle.split()) > HANDLE_WORDS:
        yield "character.visual_identity.subject_handle", f"Use at most {HANDLE_WORDS} words to name the subject."
    if not persona.system_prompt:
        yield "character.system_prompt", "The system prompt is empty; save the character again to build it."
    for slot in SLOTS:
        if slots_in(persona.system_prompt).count(slot) > 1:
            yield "character.system_prompt", f"The slot {{{slot}}} stands twice; keep one."
    for field, text in _texts(draft):
        span = states_minor_age(text)
        if span is not None:
            yield field, f"It states an age under 18 ({span!r}); everyone here is an adult."


def _texts(draft: Draft) -> Iterator[Missing]:
    yield "kit.appearance_prompt", draft.kit.appearance_prompt
    yield "character.visual_identity.key_features", "; ".join(draft.character.visual_identity.key_features)
    for episode in draft.episodes:
        yield f"episodes.{episode.slug}.situation", episode.situation
        yield f"episodes.{episode.slug}.opening_line", episode.opening_line


def _of_genre(draft: Draft, doctrines: Mapping[str, Doctrine]) -> Iterator[Missing]:
    genres = {"character.genre": draft.character.genre}
    if draft.world is None:
        yield "character.world_id", "Choose the world that the character lives in."
    else:
        genres["world.genre"] = draft.world.genre
    for field, genre in genres.items():
        if genre not in doctrines:
            known = ", ".join(sorted(doctrines))
            yield field, f"There is no genre {genre!r}; the known ones are {known}."


def _of_episodes(draft: Draft) -> Iterator[Missing]:
    if not draft.episodes:
        yield "episodes", "Write an episode; the first one is an entry episode."
        return
    first = min(draft.episodes, key=lambda one: (one.order, one.slug))
    if first.episode_type != "entry":
        yield f"episodes.{first.slug}.episode_type", "The first episode by order must be an entry episode."
    for episode in draft.episodes:
        yield from _of_episode(episode)


def _of_episode(episode: EpisodeTemplate) -> Iterator[Missing]:
    wanted = {
        "situation": "Say what is going on.",
        "episode_frame": "Write the stage direction that the player sees first.",
        "opening_line": "Write the character's opening line.",
        "dramatic_question": "Say which question the episode lives in.",
        "resolutions": "Give at least one possible resolution.",
    }
    for field, sentence in wanted.items():
        if not getattr(episode, field):
            yield f"episodes.{episode.slug}.{field}", sentence
