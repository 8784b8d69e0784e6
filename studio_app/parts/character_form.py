"""The form of a character: its fields as text that can be typed, and the character made from them again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, get_args

import streamlit as st

from engine.errors import BadInput
from engine.story.character import Character
from engine.story.fields import ActedBy
from engine.story.look import AgeRange, VisualIdentity
from studio_app.parts import fields, traits
from studio_app.parts.fields import BadField
from studio_app.parts.tallies import called

if TYPE_CHECKING:
    from engine.story.fields import Traits
    from engine.story.world import World
    from engine.studio.drafts.typed import Json
    from engine.studio.genres import Doctrine
    from studio_app.parts.fields import Sheet

GENDERS = ("1woman", "1man", "1person")
AS_ITS_WORLD = ""
"""The genre of a character that follows its world."""


def fields_of(character: Character, world: World | None, *, own_prompt: bool) -> Mapping[str, Json]:
    """A character as the fields of its form."""
    looks = character.visual_identity
    follows = world is not None and world.genre == character.genre
    return {
        "name": character.name,
        "archetype": character.archetype,
        "world_id": character.world_id or "",
        "genre": AS_ITS_WORLD if follows else character.genre,
        "personality": traits.to_text(character.personality),
        "tone_style": traits.to_text(character.tone_style),
        "speech_patterns": traits.to_text(character.speech_patterns),
        "backstory": character.backstory,
        "current_stressor": character.current_stressor,
        "likes": fields.unlines(character.likes),
        "dislikes": fields.unlines(character.dislikes),
        "boundaries": traits.to_text(character.boundaries),
        "gender_tag": looks.gender_tag,
        "age_range": looks.age_range,
        "body_type": looks.body_type,
        "key_features": fields.unlines(looks.key_features),
        "subject_handle": looks.subject_handle,
        "adult": character.adult,
        "acted_by": character.acted_by,
        "slug": character.slug,
        "own_prompt": own_prompt,
        "system_prompt": character.system_prompt,
    }


def blank(world: World) -> Mapping[str, Json]:
    """The fields of a character that nobody has written yet."""
    nobody = Character(slug="blank", name="blank", world_id=world.id, genre=world.genre)
    return {**fields_of(nobody, world, own_prompt=False), "name": "", "slug": ""}


def character_of(values: Mapping[str, Json], ref: str, slug: str, worlds: Sequence[World]) -> Character:
    """The character that the fields tell of. Raises ValidationError, or BadField for traits that cannot be read."""
    told = {name: str(value) for name, value in values.items()}
    home = next((world for world in worlds if world.id == told["world_id"]), None)
    genre = told["genre"] or (home.genre if home else "")
    return Character(
        id=ref,
        slug=slug,
        name=told["name"],
        world_id=told["world_id"] or None,
        genre=genre,
        archetype=told["archetype"],
        personality=_traits("personality", told),
        tone_style=_traits("tone_style", told),
        speech_patterns=_traits("speech_patterns", told),
        boundaries=_traits("boundaries", told),
        backstory=told["backstory"],
        current_stressor=told["current_stressor"],
        likes=fields.lines(told["likes"]),
        dislikes=fields.lines(told["dislikes"]),
        visual_identity=VisualIdentity(
            gender_tag=told["gender_tag"],  # pyright: ignore[reportArgumentType]  (validated at run time)
            body_type=told["body_type"],
            age_range=told["age_range"],  # pyright: ignore[reportArgumentType]
            key_features=fields.lines(told["key_features"]),
            subject_handle=told["subject_handle"],
        ),
        system_prompt=told["system_prompt"] if values["own_prompt"] else "",
        adult=bool(values["adult"]),
        acted_by=told["acted_by"],  # pyright: ignore[reportArgumentType]
    )


def _traits(name: str, told: Mapping[str, str]) -> Traits:
    try:
        return traits.from_text(told[name])
    except BadInput as error:
        raise BadField(name, str(error)) from error


def draw(sheet: Sheet, worlds: Sequence[World], genres: Mapping[str, Doctrine]) -> None:
    """Draw the form, group by group; the colours of the groups are those of the prompt's sections."""
    _who(sheet, worlds, genres)
    _voice(sheet)
    _past(sheet)
    _tastes(sheet)
    _looks(sheet)
    _prompt(sheet)


def _who(sheet: Sheet, worlds: Sequence[World], genres: Mapping[str, Doctrine]) -> None:
    say = sheet.visit.say
    named = {world.id: world.name for world in worlds}
    now = next((world for world in worlds if world.id == sheet.values()["world_id"]), None)
    followed = genres.get(now.genre) if now else None

    def kind(slug: str) -> str:
        if slug == AS_ITS_WORLD:
            return say("character_screen.as_its_world", genre=followed.title if followed else "—")
        return genres[slug].title if slug in genres else slug

    with st.container(key="group_persona"):
        st.header(say("character_screen.group_who"), anchor=False)
        fields.text(sheet, "name", say("character_screen.name"), hint=say("character_screen.name_hint"))
        fields.text(sheet, "archetype", say("character_screen.archetype"), hint=say("character_screen.archetype_hint"))
        left, right = st.columns(2)
        with left:
            fields.choice(
                sheet, "world_id", say("character_screen.world_id"), list(named),
                say=lambda ref: named.get(ref, "—"), redraws=True,
            )  # fmt: skip
        with right:
            fields.choice(
                sheet, "genre", say("character_screen.genre"), [AS_ITS_WORLD, *genres], say=kind,
                about=say("character_screen.genre_about"),
            )  # fmt: skip
        _traits_area(
            sheet, "personality", say("character_screen.personality"), say("character_screen.personality_hint")
        )


def _voice(sheet: Sheet) -> None:
    say = sheet.visit.say
    with st.container(key="group_voice"):
        st.header(say("character_screen.group_voice"), anchor=False)
        _traits_area(
            sheet, "tone_style", say("character_screen.tone_style"), say("character_screen.tone_style_hint"), 3
        )
        _traits_area(
            sheet, "speech_patterns", say("character_screen.speech_patterns"),
            say("character_screen.speech_patterns_hint"), 7,
        )  # fmt: skip
        fields.choice(
            sheet, "acted_by", say("character_screen.acted_by"), get_args(ActedBy),
            say=lambda name: _who_acts(sheet, name), about=say("character_screen.acted_by_about"),
        )  # fmt: skip


def _who_acts(sheet: Sheet, name: str) -> str:
    """A voice by its name for people, and what the house lacks for it; nobody named is whoever the house has."""
    visit = sheet.visit
    if not name:
        return visit.say("character_screen.acted_by_house")
    lacks = visit.engine.voices.lacking.get(name, "")
    voice = called(visit, name)
    return visit.say("character_screen.acted_by_lacks", name=voice, setting=lacks) if lacks else voice


def _past(sheet: Sheet) -> None:
    say = sheet.visit.say
    with st.container(key="group_backstory"):
        st.header(say("character_screen.group_past"), anchor=False)
        fields.area(
            sheet, "backstory", say("character_screen.backstory"), rows=8, hint=say("character_screen.backstory_hint")
        )
        fields.area(
            sheet, "current_stressor", say("character_screen.current_stressor"), rows=4,
            hint=say("character_screen.current_stressor_hint"),
        )  # fmt: skip


def _tastes(sheet: Sheet) -> None:
    say = sheet.visit.say
    with st.container(key="group_tastes"):
        st.header(say("character_screen.group_tastes"), anchor=False)
        left, right = st.columns(2)
        one_a_line = say("character_screen.one_a_line")
        with left:
            fields.area(sheet, "likes", say("character_screen.likes"), rows=5, hint=one_a_line)
        with right:
            fields.area(sheet, "dislikes", say("character_screen.dislikes"), rows=5, hint=one_a_line)
    with st.container(key="group_boundaries"):
        st.header(say("character_screen.group_boundaries"), anchor=False)
        _traits_area(sheet, "boundaries", say("character_screen.boundaries"), say("character_screen.boundaries_hint"))


def _looks(sheet: Sheet) -> None:
    say = sheet.visit.say
    genders = {
        "1woman": say("character_screen.woman"),
        "1man": say("character_screen.man"),
        "1person": say("character_screen.person"),
    }
    with st.container(key="group_looks"):
        st.header(say("character_screen.group_looks"), anchor=False)
        left, right = st.columns(2)
        with left:
            fields.choice(
                sheet, "gender_tag", say("character_screen.gender_tag"), GENDERS, say=lambda tag: genders.get(tag, tag)
            )
        with right:
            fields.choice(
                sheet, "age_range", say("character_screen.age_range"), get_args(AgeRange),
                say=lambda age: age or say("character_screen.age_unsaid"),
            )  # fmt: skip
        fields.text(sheet, "body_type", say("character_screen.body_type"), hint=say("character_screen.body_type_hint"))
        one_a_line = say("character_screen.one_a_line")
        fields.area(sheet, "key_features", say("character_screen.key_features"), rows=3, hint=one_a_line)
        fields.text(
            sheet, "subject_handle", say("character_screen.subject_handle"),
            about=say("character_screen.subject_handle_about"),
        )  # fmt: skip
        fields.switch(sheet, "adult", say("character_screen.adult"), about=say("character_screen.adult_about"))


def _prompt(sheet: Sheet) -> None:
    say = sheet.visit.say
    with st.container(key="group_prompt"):
        st.header(say("character_screen.group_prompt"), anchor=False)
        fields.switch(sheet, "own_prompt", say("character_screen.own_prompt"), redraws=True)
        if sheet.values()["own_prompt"]:
            st.warning(say("character_screen.own_prompt_warning"))
            fields.area(sheet, "system_prompt", say("character_screen.system_prompt"), rows=16)
        fields.text(
            sheet, "slug", say("character_screen.slug"), hint=say("character_screen.slug_hint"),
            about=say("character_screen.slug_about"),
        )  # fmt: skip


def _traits_area(sheet: Sheet, name: str, label: str, hint: str, rows: int = 5) -> None:
    fields.area(sheet, name, label, rows=rows, hint=hint, about=sheet.visit.say("character_screen.traits_about"))
