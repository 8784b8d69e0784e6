"""Building a system prompt: persona, doctrine, voice and history first, the three slots last.

The stable parts stand before the slots, so that a provider's prompt cache keeps them from turn to turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.studio.genres import Doctrine, load_doctrines, pick
from engine.studio.prompt.traits import Told, bullets, literal, phrase, sentences
from engine.studio.prompt.words import CARE, CRAFT, ON_STAGE, QUOTED, SLOT_LABELS


@dataclass(frozen=True, slots=True)
class PromptSection:
    """One part of a built prompt: its name, the field or file that its words come from, and the words."""

    name: str
    source: str
    text: str


def build_system_prompt(
    name: str,
    archetype: str | None,
    personality: Told,
    boundaries: Told,
    tone_style: Told,
    speech_patterns: Told,
    backstory: str | None,
    current_stressor: str | None,
    likes: Told,
    dislikes: Told,
    genre: str,
    *,
    doctrines: Mapping[str, Doctrine] | None = None,
) -> str:
    """The system prompt of a character: the texts of `prompt_sections`, a blank line between them.

    It ends in `{memories}`, `{hooks}` and `{relationship_stage}`, each once; a writer's own `{memories}` becomes
    `(memories)`, other braces stay as typed. It names neither the genre's slug nor its title. Without `doctrines` the
    ones of the content folder are read. Raises UnknownGenre, and SettingsProblem when a doctrine file is broken.
    """
    sections = prompt_sections(
        name, archetype, personality, boundaries, tone_style, speech_patterns,
        backstory, current_stressor, likes, dislikes, genre, doctrines=doctrines,
    )  # fmt: skip
    return "\n\n".join(section.text for section in sections)


def prompt_sections(
    name: str,
    archetype: str | None,
    personality: Told,
    boundaries: Told,
    tone_style: Told,
    speech_patterns: Told,
    backstory: str | None,
    current_stressor: str | None,
    likes: Told,
    dislikes: Told,
    genre: str,
    *,
    doctrines: Mapping[str, Doctrine] | None = None,
) -> tuple[PromptSection, ...]:
    """The same prompt in its sections, in order, each with its source; fields without words give no section.

    Raises what `build_system_prompt` raises.
    """
    rules = pick(_of_the_content_folder() if doctrines is None else doctrines, genre)
    file = f"genres/{rules.slug}.toml"
    authored = (
        PromptSection("persona", "name, archetype, personality", _persona(name, archetype, personality)),
        PromptSection("doctrine", file, _doctrine(rules)),
        PromptSection("craft", "house", _list("How you reply:", CRAFT)),
        PromptSection("voice", "tone_style, speech_patterns", _voice(tone_style, speech_patterns)),
        PromptSection("backstory", "backstory", _prose("What lies behind you:", backstory)),
        PromptSection("stressor", "current_stressor", _prose("What presses on you now:", current_stressor)),
        PromptSection("tastes", "likes, dislikes", _tastes(likes, dislikes)),
        PromptSection("boundaries", "boundaries", _boundaries(boundaries)),
        PromptSection("care", "house", _list("Whatever happens:", CARE)),
    )
    return (*(section for section in authored if section.text), _quoted(), _slots())


def _of_the_content_folder() -> Mapping[str, Doctrine]:
    from engine.settings import content_folder  # noqa: PLC0415  (only who gives no doctrines needs the content folder)

    return load_doctrines(content_folder() / "genres")


def _persona(name: str, archetype: str | None, personality: Told) -> str:
    role = literal(archetype or "").rstrip(".")
    who = f"You are {literal(name)}, {role}." if role else f"You are {literal(name)}."
    return "\n\n".join(part for part in (f"{who} {ON_STAGE}", _list("Your nature:", sentences(personality))) if part)


def _doctrine(rules: Doctrine) -> str:
    parts = (
        f"What you play is {rules.product}.",
        f"Purpose: {rules.purpose}",
        _list(
            "At the heart of it:",
            (*rules.emotional_core, f"always together: {', '.join(rules.charged_pairs)}"),
        ),
        f"It has worked when this is so: {rules.success}",
        _list("MANDATORY:", rules.mandatory),
        _list("FORBIDDEN:", rules.forbidden),
        _list("Not your business:", rules.not_its_business),
        f"How far it goes: {rules.content_level}",
    )
    return literal("\n\n".join(parts))


def _voice(tone_style: Told, speech_patterns: Told) -> str:
    parts = (("Your tone:", tone_style), ("How you speak:", speech_patterns))
    return "\n\n".join(text for title, told in parts if (text := _list(title, sentences(told))))


def _boundaries(boundaries: Told) -> str:
    return _list("Your boundaries, which hold whatever is said:", sentences(boundaries))


def _tastes(likes: Told, dislikes: Told) -> str:
    pairs = (("What draws you:", likes), ("What puts you off:", dislikes))
    return "\n".join(f"{title} {told_in_a_row}" for title, told in pairs if (told_in_a_row := phrase(told)))


def _list(title: str, lines: tuple[str, ...]) -> str:
    return f"{title}\n{bullets(lines)}" if lines else ""


def _prose(title: str, text: str | None) -> str:
    told = literal(text or "")
    return f"{title}\n{told}" if told else ""


def _quoted() -> PromptSection:
    return PromptSection("notes", "house", QUOTED)


def _slots() -> PromptSection:
    labelled = "\n\n".join(f"{label}{{{slot}}}" for slot, label in SLOT_LABELS)
    return PromptSection("slots", "filled at each turn", labelled)
