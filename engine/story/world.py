"""World: a setting in which characters live."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from engine.story.fields import CONFIG, GenreSlug, Label, Labels, Name, Prose, Slug


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class World:
    """A setting: its genre (read by the studio alone), tone, description and ambient scenes."""

    id: str = ""
    slug: Slug
    name: Name
    genre: GenreSlug = "romantic_tension"
    tone: Label = ""
    description: Prose = ""
    scenes: Labels = ()
