"""The form of an episode: its fields, and how they become the noun again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast, get_args

import streamlit as st
from pydantic import ValidationError

from engine.story.episode import EpisodeTemplate, Resolution, ResolutionKind
from engine.story.look import SceneConfig
from engine.studio.authoring import fingerprint
from studio_app.door import Visit
from studio_app.parts.fields import BadField, Sheet, area, choice, lines, number, open_sheet, text, unlines
from studio_app.parts.rehearsal import HEAD
from studio_app.parts.save_bar import STATUS, Saved

if TYPE_CHECKING:
    from engine.studio.drafts.typed import Json

RESOLUTIONS = "resolutions"
"""The fragment of the possible resolutions: one more line comes up as soon as the last one is filled."""
ROOM_FOR = 8
KINDS = get_args(ResolutionKind)
SAY_KIND = {
    "positive": "episodes.kind_positive",
    "neutral": "episodes.kind_neutral",
    "negative": "episodes.kind_negative",
    "surprise": "episodes.kind_surprise",
}
SAY_TYPE = {
    "entry": "episodes.type_entry",
    "core": "episodes.type_core",
    "expansion": "episodes.type_expansion",
    "special": "episodes.type_special",
}
SAY_COMPOSITION = {
    "solo": "episodes.composition_solo",
    "duo": "episodes.composition_duo",
    "flexible": "episodes.composition_flexible",
}
SAY_LIGHT = {
    "bright": "episodes.light_bright",
    "warm": "episodes.light_warm",
    "dim_intimate": "episodes.light_dim_intimate",
    "dramatic": "episodes.light_dramatic",
}
SAY_TIME = {
    "morning": "episodes.time_morning",
    "afternoon": "episodes.time_afternoon",
    "evening": "episodes.time_evening",
    "night": "episodes.time_night",
}
_TEXTS = (
    "title", "slug", "situation", "episode_frame", "opening_line", "dramatic_question", "episode_type", "scene",
)  # fmt: skip
_NUMBERS = ("turn_budget", "opening_tension")
_LISTS = ("arc_hints", "starter_lines")
_SCENE_TEXTS = ("composition", "lighting_preset", "environment_style", "time_of_day")
_SCENE_LISTS = ("mood_keywords", "negative_additions")


@dataclass(frozen=True, slots=True)
class Written:
    """An episode on the writer's desk: the saved one, or None where it is new; `ref` is its id in either case."""

    visit: Visit
    character_id: str
    ref: str
    saved: EpisodeTemplate | None
    place: int

    def sheet(self) -> Sheet:
        """The form's sheet."""
        stored = fields_of(self.saved) if self.saved else _blank(self.place)
        watched = (STATUS, RESOLUTIONS, HEAD) if self.saved else (STATUS, RESOLUTIONS)
        return open_sheet(self.visit, "episode", self.ref, stored, stands(self.saved), watched=watched)

    def save(self, values: Mapping[str, Json], base: str) -> Saved:
        """Write the fields as the episode. Raises ValidationError, BadField, or what the engine says."""
        engine = self.visit.engine
        slug = str(values["slug"]).strip() or engine.episodes.free_slug(self.character_id, str(values["title"]))
        standing = next((one for one in engine.episodes.of_character(self.character_id) if one.id == self.ref), None)
        order = standing.order if standing else self.place
        fault = self.visit.say("episodes.resolution_fault")
        noun = built(values, fault, id=self.ref, character_id=self.character_id, slug=slug, order=order)
        began_here = standing is not None and stands(standing) == base
        saved = engine.episodes.save(noun, base=fingerprint(standing) if standing and began_here else base)
        return Saved(fields_of(saved), stands(saved))


def stands(episode: EpisodeTemplate | None) -> str:
    """The fingerprint of an episode's words; its place in the order is none of them. Empty where there is none."""
    return fingerprint(replace(episode, order=1)) if episode else ""


def fields_of(episode: EpisodeTemplate) -> dict[str, Json]:
    """The fields of the form as an episode has them."""
    told: dict[str, Json] = {name: getattr(episode, name) for name in ("character_id", *_TEXTS, *_NUMBERS)}
    told |= {name: unlines(getattr(episode, name)) for name in _LISTS}
    told |= {name: getattr(episode.scene_config, name) for name in _SCENE_TEXTS}
    told |= {name: unlines(getattr(episode.scene_config, name)) for name in _SCENE_LISTS}
    for at in range(max(ROOM_FOR, len(episode.resolutions) + ROOM_FOR // 2)):
        one = episode.resolutions[at] if at < len(episode.resolutions) else None
        told[f"resolution_{at}_kind"] = one.kind if one else KINDS[at % len(KINDS)]
        told[f"resolution_{at}_text"] = one.text if one else ""
    return told


def _blank(place: int) -> dict[str, Json]:
    kind = "entry" if place == 1 else "core"
    empty = fields_of(EpisodeTemplate(slug="new", title="new", episode_type=kind))
    return empty | {"slug": "", "title": ""}


def built(values: Mapping[str, Json], fault: str, **known: object) -> EpisodeTemplate:
    """The episode of the fields. Raises ValidationError, or BadField with `fault` for a resolution."""
    scene = {name: values[name] for name in _SCENE_TEXTS} | {name: lines(values[name]) for name in _SCENE_LISTS}
    told = {name: values[name] for name in (*_TEXTS, *_NUMBERS)} | {name: lines(values[name]) for name in _LISTS}
    given = told | {"resolutions": _resolutions(values, fault)} | known
    return EpisodeTemplate(scene_config=SceneConfig(**scene), **given)  # pyright: ignore[reportArgumentType]  (checked there)


def _resolutions(values: Mapping[str, Json], fault: str) -> tuple[Resolution, ...]:
    found: list[Resolution] = []
    for at in range(_rows(values)):
        name = f"resolution_{at}_text"
        if not str(values[name]).strip():
            continue
        try:
            kind = cast("ResolutionKind", values[f"resolution_{at}_kind"])
            found.append(Resolution(kind=kind, text=str(values[name])))
        except ValidationError as error:
            raise BadField(name, fault) from error
    return tuple(found)


def _rows(values: Mapping[str, Json]) -> int:
    return sum(1 for name in values if name.startswith("resolution_") and name.endswith("_text"))


def episode_fields(sheet: Sheet) -> None:
    """Draw every field of an episode."""
    _story(sheet)
    _play(sheet)
    _scene(sheet)


def _story(sheet: Sheet) -> None:
    say = sheet.visit.say
    st.header(say("episodes.part_story"), anchor=False)
    text(sheet, "title", say("episodes.field_title"))
    text(sheet, "slug", say("episodes.field_slug"), about=say("episodes.slug_about"))
    area(sheet, "situation", say("episodes.field_situation"), about=say("episodes.situation_about"), rows=6)
    about = say("episodes.episode_frame_about")
    area(sheet, "episode_frame", say("episodes.field_episode_frame"), about=about, rows=3)
    about = say("episodes.opening_line_about")
    area(sheet, "opening_line", say("episodes.field_opening_line"), about=about, rows=5)
    about = say("episodes.dramatic_question_about")
    area(sheet, "dramatic_question", say("episodes.field_dramatic_question"), about=about, rows=2)


def _play(sheet: Sheet) -> None:
    say = sheet.visit.say
    st.header(say("episodes.part_play"), anchor=False)
    about = say("episodes.episode_type_about")
    kind = say("episodes.field_episode_type")
    choice(sheet, "episode_type", kind, tuple(SAY_TYPE), say=lambda one: say(SAY_TYPE[one]), about=about)
    left, right = st.columns(2)
    with left:
        about = say("episodes.turn_budget_about")
        number(sheet, "turn_budget", say("episodes.field_turn_budget"), 3, 200, about=about)
    with right:
        about = say("episodes.opening_tension_about")
        number(sheet, "opening_tension", say("episodes.field_opening_tension"), 0, 100, about=about)
    area(sheet, "arc_hints", say("episodes.field_arc_hints"), about=say("episodes.arc_hints_about"), rows=5)
    st.fragment(_resolution_fields, key=RESOLUTIONS)(sheet)
    about = say("episodes.starter_lines_about")
    area(sheet, "starter_lines", say("episodes.field_starter_lines"), about=about, rows=4)


def _resolution_fields(sheet: Sheet) -> None:
    say, values = sheet.visit.say, sheet.values()
    st.markdown(f"**{say('episodes.resolutions')}**", help=say("episodes.resolutions_about"))
    filled = [at for at in range(_rows(values)) if str(values[f"resolution_{at}_text"]).strip()]
    for at in range(min(max(filled, default=-1) + 2, _rows(values))):
        one = str(at + 1)
        with st.container(border=True, key=f"resolution_{at}"):
            left, right = st.columns([1, 2.6])
            with left:
                label = say("episodes.kind_of_resolution", number=one)
                choice(sheet, f"resolution_{at}_kind", label, KINDS, say=lambda kind: say(SAY_KIND[kind]))
            with right:
                area(sheet, f"resolution_{at}_text", say("episodes.field_resolution", number=one), rows=3)


def _scene(sheet: Sheet) -> None:
    say = sheet.visit.say
    st.header(say("episodes.part_scene"), anchor=False)
    text(sheet, "scene", say("episodes.field_scene"), about=say("episodes.scene_about"))
    about = say("episodes.environment_about")
    text(sheet, "environment_style", say("episodes.field_environment_style"), about=about)
    picks = (
        ("composition", say("episodes.field_composition"), SAY_COMPOSITION),
        ("lighting_preset", say("episodes.field_lighting_preset"), SAY_LIGHT),
        ("time_of_day", say("episodes.field_time_of_day"), SAY_TIME),
    )
    for column, (name, label, told) in zip(st.columns(3), picks, strict=True):
        with column:
            choice(sheet, name, label, tuple(told), say=lambda one, told=told: say(told[one]))
    left, right = st.columns(2)
    with left:
        area(sheet, "mood_keywords", say("episodes.field_mood_keywords"), about=say("episodes.mood_about"), rows=3)
    with right:
        about = say("episodes.negative_about")
        area(sheet, "negative_additions", say("episodes.field_negative_additions"), about=about, rows=3)
