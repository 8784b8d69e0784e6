"""The composer: four layers become the words of one picture, in one of two kinds.

With an anchor the words say what happens and where, never who (`images.md`, sections 1-4). The function that writes
them is not given the kit, the identity or the name: everything it gets was scrubbed of them before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.kernel.text import one_line
from engine.play.scenes.brief import (
    Composed,
    FromAnchor,
    FromWords,
    ImageRef,
    Layer,
    LayerName,
    SceneBrief,
    band,
)
from engine.play.scenes.scrub import Forbidden, Scrubbed, forbidden, shortened
from engine.play.scenes.words import FRAMINGS, LIGHTS, PLAIN_MOMENTS, POSES, POSITIVE, TIMES

ANCHOR_WORDS = (50, 70)
FREE_WORDS = (60, 90)
HANDLE_WORDS = 6
PRESERVE = "Keep the same face, hairstyle and distinctive features."
ALONE = "One person only."
BEHIND = "The other person is seen only from behind."
SOLO = "one person alone in frame"
_ORDER: tuple[LayerName, ...] = ("identity", "scene", "relationship", "conversation")
_MOST_KIND = 2
_MOST_LOOKS = 45
_LEAST_BODY = 36
_LEAST_ROOM = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What a picture tells besides who is in it: every word scrubbed. `room` is the place in the writer's words."""

    handle: Scrubbed
    action: Scrubbed
    props: tuple[Scrubbed, ...]
    expression: Scrubbed
    room: Scrubbed
    environment: Scrubbed
    mood: tuple[Scrubbed, ...]
    light: Scrubbed
    pose: Scrubbed
    framing: Scrubbed
    style: Scrubbed


_Piece = tuple[LayerName, str]


def compose(brief: SceneBrief) -> Composed:
    """The words of a picture by layer: Kontext when the brief has an anchor, else text to image.

    About 50-70 words with an anchor, 60-90 without (an appearance is never cut, so that may run longer). Not linted.
    """
    banned = forbidden(brief.name, brief.identity, brief.kit, brief.aliases)
    told = _told(brief, banned)
    if brief.anchor is None:
        return _from_words(brief, told)
    return _from_anchor(told, brief.anchor, _scene_hints(brief, told), alone=brief.config.composition != "duo")


def _told(brief: SceneBrief, banned: Forbidden) -> _Told:
    here, plain = band(brief.tension), PLAIN_MOMENTS[band(brief.tension)]
    moment, config = brief.moment, brief.config
    light = f"{LIGHTS[config.lighting_preset]}, {TIMES[config.time_of_day]}"
    return _Told(
        handle=banned.scrub(brief.identity.subject_handle, HANDLE_WORDS) or Scrubbed("person"),
        action=banned.scrub(moment.action, 12) or banned.scrub(plain.action),
        props=tuple(scrubbed for prop in moment.props[:2] if (scrubbed := banned.scrub(prop, 3))),
        expression=banned.scrub(moment.expression, 7) or banned.scrub(plain.expression),
        room=banned.scrub(brief.place, 18),
        environment=banned.scrub(config.environment_style.replace("_", " "), 5),
        mood=tuple(scrubbed for word in config.mood_keywords[:3] if (scrubbed := banned.scrub(word, 3))),
        light=banned.scrub(light),
        pose=banned.scrub(POSES[here]),
        framing=banned.scrub(FRAMINGS[here]),
        style=banned.scrub(brief.style or brief.kit.style_prompt, 7),
    )


def _from_anchor(told: _Told, anchor: ImageRef, hints: dict[str, str], *, alone: bool) -> Composed:
    """Kontext. Takes no kit, identity or name: there is nothing here that could describe the person."""
    who = f"The same {told.handle} as in the reference image"
    keep: list[_Piece] = [("identity", PRESERVE), ("identity", ALONE if alone else BEHIND)]
    if told.style:
        keep.append(("identity", f"{told.style}."))
    body = _fitted(told, ANCHOR_WORDS[1] - len(who.split()) - _count(keep))
    sentence = ", ".join(words for _, words in (("identity", who), *body)) + "."
    words = " ".join((sentence, *(words for _, words in keep)))
    return Composed(FromAnchor(words, anchor), _layers([("identity", who), *body, *keep]), hints)


def _from_words(brief: SceneBrief, told: _Told) -> Composed:
    """Text to image: looks in full, a count that is positive, and what to avoid said as what to show."""
    identity, kit = brief.identity, brief.kit
    avoid = ", ".join(text for text in (kit.negative_prompt, *brief.config.negative_additions) if text)
    who = f"solo, {identity.gender_tag}, {SOLO}"
    looks = [one_line(text, 8_000) for text in (kit.appearance_prompt, _age(identity.age_range))]
    features = [text for text in (identity.body_type, *identity.key_features) if text and text not in looks[0]]
    first: list[_Piece] = [("identity", words.strip(" ,.")) for words in (who, *looks) if words.strip(" ,.")]
    first.extend(("identity", words) for words in _while_short(features, _MOST_LOOKS - _count(first)))
    last: list[_Piece] = [("identity", words) for words in (told.style, *_kindly(avoid)) if words]
    body = _fitted(told, max(FREE_WORDS[1] - _count([*first, *last]), _LEAST_BODY))
    pieces = [*first, *body, *last]
    hints = _scene_hints(brief, told) | {
        "appearance": one_line(kit.appearance_prompt, 8_000),
        "gender_tag": identity.gender_tag,
        "body_type": identity.body_type,
        "age_range": identity.age_range,
        "key_features": ", ".join(identity.key_features),
    }
    return Composed(FromWords(", ".join(words for _, words in pieces), avoid), _layers(pieces), hints)


def _fitted(told: _Told, most: int) -> list[_Piece]:
    """What happens, where and how, in at most `most` words: the end of the room goes first, then mood, then props."""
    fixed: list[_Piece] = [("scene", told.light), ("conversation", told.expression)]
    fixed.extend((("relationship", told.pose), ("scene", told.framing)))
    left = most - _count(fixed) - len(told.action.split())
    seen = f"{' and '.join(told.props)} in view" if told.props else ""
    seen = seen if left - len(seen.split()) >= _LEAST_ROOM else ""
    room = shortened(told.room or told.environment, max(left - len(seen.split()), _LEAST_ROOM))
    mood = shortened(", ".join(told.mood), left - len(seen.split()) - len(room.split()))
    ordered: list[_Piece] = [("conversation", told.action), ("conversation", seen), ("scene", room), *fixed]
    ordered.append(("scene", mood))
    return [piece for piece in ordered if piece[1]]


def _count(pieces: Iterable[_Piece]) -> int:
    return sum(len(words.split()) for _, words in pieces)


def _while_short(texts: Iterable[str], most: int) -> Iterator[str]:
    """The texts in order, while all of them together have at most `most` words."""
    for text in texts:
        most -= len(text.split())
        if most < 0:
            return
        yield text


def _layers(pieces: Iterable[_Piece]) -> tuple[Layer, ...]:
    told = list(pieces)
    return tuple(
        Layer(name, ", ".join(words.strip(" ,.") for layer, words in told if layer == name)) for name in _ORDER
    )


def _scene_hints(brief: SceneBrief, told: _Told) -> dict[str, str]:
    """The scene as data for a painter that reads no prose. Nothing in it says what anybody looks like."""
    return {
        "kind": "scene",
        "lighting": brief.config.lighting_preset,
        "time_of_day": brief.config.time_of_day,
        "environment": told.environment,
        "setting": told.room,
        "mood": ", ".join(told.mood),
        "tension": band(brief.tension),
        "expression": told.expression,
        "action": told.action,
        "props": ", ".join(told.props),
        "framing": told.framing,
    }


def _age(age_range: str) -> str:
    return f"adult in their {age_range}" if age_range else "adult"


def _kindly(avoid: str) -> list[str]:
    """At most two things to avoid, said as what to show instead; the count is said already."""
    wished = (POSITIVE.get(word.strip().lower()) for word in avoid.split(","))
    return [words for words in dict.fromkeys(wished) if words and words != SOLO][:_MOST_KIND]
