"""What a doctrine says: the rules of one kind of story, for a character to play and for a writer to check against."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator
from pydantic.dataclasses import dataclass

from engine.kernel.text import one_line
from engine.story.fields import CONFIG, GenreSlug, as_tuple


def _in_one_line(text: str) -> str:
    return one_line(text, 1_000)


Line = Annotated[str, AfterValidator(_in_one_line), StringConstraints(min_length=1, max_length=600)]
Lines = Annotated[tuple[Line, ...], BeforeValidator(as_tuple), Field(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Gate:
    """One of the four questions that every episode of a genre has to pass, A to D."""

    letter: Annotated[str, StringConstraints(pattern="^[A-D]$")]
    name: Line
    must_show: Line
    fails_when: Line


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class FrameBeat:
    """What a stage direction shows when it should carry this beat."""

    beat: Line
    show: Line


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Doctrine:
    """The rules of one genre.

    `product` to `forbidden` are played: they are baked into system prompts, and so may name neither title nor slug
    (production and runtime meet in the release alone, and the runtime knows no genre). `gates`, `episode_rules`,
    `frame_beats` and `visual_doctrine` speak to writers.
    """

    slug: GenreSlug
    title: Line
    product: Line
    purpose: Line
    emotional_core: Lines
    charged_pairs: Lines
    success: Line
    not_its_business: Lines
    content_level: Line
    mandatory: Lines
    forbidden: Lines
    episode_rules: Lines
    frame_beats: Annotated[tuple[FrameBeat, ...], BeforeValidator(as_tuple)]
    visual_doctrine: Lines
    gates: Annotated[tuple[Gate, ...], BeforeValidator(as_tuple)]

    @model_validator(mode="after")
    def _whole(self) -> Doctrine:
        letters = [gate.letter for gate in self.gates]
        if letters != ["A", "B", "C", "D"]:
            raise ValueError("gates: write the four gates A, B, C and D, each once and in this order")
        for field, words in self.played():
            if self.title.lower() in words.lower() or self.slug in words.lower():
                raise ValueError(f"{field}: these words reach the player's side and may not name the genre")
        return self

    def played(self) -> tuple[tuple[str, str], ...]:
        """Every (field, words) that a character is told, in the order of the file."""
        told: tuple[tuple[str, tuple[str, ...]], ...] = (
            ("product", (self.product,)),
            ("purpose", (self.purpose,)),
            ("emotional_core", self.emotional_core),
            ("charged_pairs", self.charged_pairs),
            ("success", (self.success,)),
            ("not_its_business", self.not_its_business),
            ("content_level", (self.content_level,)),
            ("mandatory", self.mandatory),
            ("forbidden", self.forbidden),
        )
        return tuple((field, words) for field, lines in told for words in lines)
