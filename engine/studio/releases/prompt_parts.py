"""Prompt parts: which of a character's fields changed since a prompt was built, when only the old prompt is known.

A release keeps the finished prompt and not the fields behind it. Each field stands in the prompt under a heading of its
own, so the old prompt and the new one are read back by their headings and compared piece by piece.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.studio.genres import Doctrine
from engine.studio.prompt import prompt_sections
from engine.studio.prompt.traits import literal
from engine.studio.releases.cutting import Draft

_PROBE = "x"
_FIELDS = ("personality", "boundaries", "tone_style", "speech_patterns", "backstory", "current_stressor", "likes",
           "dislikes")  # fmt: skip
_HOUSE = {"doctrine": "genre", "craft": "system_prompt", "care": "system_prompt", "notes": "system_prompt",
          "slots": "system_prompt"}  # fmt: skip
_ENOUGH = 12
"""Characters of a house section's beginning that tell it from everything else."""


def changed_parts(old_prompt: str, old_name: str, draft: Draft, doctrines: Mapping[str, Doctrine]) -> tuple[str, ...]:
    """Names of the character's fields whose words differ between an older prompt and the draft's own."""
    character = draft.character
    if draft.has_own_prompt or character.genre not in doctrines:
        return ("system_prompt",)
    headings = _headings(character.genre, doctrines)
    old, new = _pieces(old_prompt, old_name, headings), _pieces(character.system_prompt, character.name, headings)
    if len(old) == 1:  # nothing of the house in it: it was written by hand
        return ("system_prompt",)
    return tuple(name for name in {**new, **old} if old.get(name) != new.get(name))


def _headings(genre: str, doctrines: Mapping[str, Doctrine]) -> Mapping[str, str]:
    """The words that each part begins with, and the field that it comes from."""
    bare = _texts(genre, doctrines)
    found = {text[:_ENOUGH]: _HOUSE[name] for name, text in bare.items() if name in _HOUSE}
    for field in _FIELDS:
        told = _texts(genre, doctrines, **{field: _PROBE})
        grown = next(text for name, text in told.items() if text != bare.get(name))
        heading, colon, _ = grown.rpartition("\n\n")[2].partition(":")
        found[heading + colon] = field
    return found


def _texts(genre: str, doctrines: Mapping[str, Doctrine], **told: str) -> Mapping[str, str]:
    """The sections of a prompt in which only these fields have words."""
    fields = {name: told.get(name) for name in _FIELDS}
    sections = prompt_sections(name=_PROBE, archetype=None, genre=genre, doctrines=doctrines, **fields)
    return {section.name: section.text for section in sections}


def _pieces(prompt: str, name: str, headings: Mapping[str, str]) -> Mapping[str, str]:
    """A prompt read back: the words of each field. What comes before the first heading says who it is."""
    pieces: dict[str, str] = {}
    here = "archetype"
    for line in prompt.replace(literal(name), "", 1).split("\n"):
        here = next((field for heading, field in headings.items() if line.startswith(heading)), here)
        pieces[here] = pieces.get(here, "") + line + "\n"
    return {field: text.strip() for field, text in pieces.items()}
