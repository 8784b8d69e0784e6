"""The catalogue of events: what happened, when it is written, and what each property means with its unit.

Every event also carries, where known: user, character, session, template, release, timeline, take and audience.
Genre is not among them: it is joined from the release when figures are made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class EventKind:
    """One kind of event: when it is written, and its properties with their units."""

    when: str
    properties: Mapping[str, str] = field(default_factory=dict[str, str])


CATALOGUE: Mapping[str, EventKind] = MappingProxyType(
    {
        "person_joined": EventKind("a person gave a name for the first time"),
        "person_erased": EventKind("somebody had everything of theirs erased; nothing says who it was"),
        "release_published": EventKind(
            "a cut got a number and went live", {"number": "the character's count of releases"}
        ),
        "release_withdrawn": EventKind("a release was taken away for safety or rights", {"sessions_ended": "sessions"}),
        "release_unpublished": EventKind("a character stopped being offered; running sessions went on"),
        "session_started": EventKind(
            "a play-through began with its opening line", {"order": "place of the episode within its character"}
        ),
        "notice_shown": EventKind("a session said that this is an AI", {"kind": "start"}),
        "line_sent": EventKind(
            "a player's line was accepted", {"turn": "standing turns, this one included", "characters": "characters"}
        ),
        "care_shown": EventKind("a help card was put before the reply", {"kind": "crisis"}),
        "take_recorded": EventKind(
            "a reply reached its final state",
            {
                "state": "complete, partial, stopped or failed",
                "kind": "reply, regenerate or continue",
                "model": "name as the provider gave it",
                "first_token_ms": "milliseconds",
                "latency_ms": "milliseconds",
                "tokens_in": "tokens",
                "tokens_out": "tokens",
                "tokens_cached": "tokens",
                "cost": "US dollars, absent when unknown",
            },
        ),
        "question_answered": EventKind(
            "a model answered a question of the engine's own, at a price: what is worth keeping, what to draw, a try",
            {
                "task": "observe, moment, try, comparison or picture",
                "model": "name as the provider gave it",
                "tokens_in": "tokens",
                "tokens_out": "tokens",
                "tokens_cached": "tokens",
                "cost": "US dollars, absent when unknown",
            },
        ),
        "take_chosen": EventKind("a person leafed to another take", {"number": "the take's number within its turn"}),
        "take_stopped": EventKind("a person stopped a reply while it was speaking"),
        "feedback_given": EventKind(
            "a person said what they think of a reply, changed it or took it away",
            {"thumb": "up, down, none (a note alone) or withdrawn"},
        ),
        "turns_taken_back": EventKind(
            "turns stopped standing because an earlier one changed, or by turning back", {"turns": "turns"}
        ),
        "line_edited": EventKind(
            "a person said a line differently; the old turn was taken back", {"turn": "the line's place in its session"}
        ),
        "act_turned_over": EventKind(
            "a person undid their last act, or did it again",
            {"verb": "undo or redo", "kind": "regenerate, choose, continue, edit or rewind"},
        ),
        "session_forked": EventKind(
            "another telling of a session began at one of its turns", {"turn": "the last turn that both share"}
        ),
        "memory_made": EventKind(
            "a memory was written after a turn",
            {"kind": "fact, preference, emotion, event, relationship or goal", "importance": "0 to 1"},
        ),
        "memory_handled": EventKind("a person changed a memory by hand", {"kind": "pin, correct or forget"}),
        "hook_planted": EventKind("a thread to pick up later was written", {"kind": "kind of hook"}),
        "hook_used": EventKind("a reply picked up a due hook", {"kind": "kind of hook"}),
        "milestone_reached": EventKind("something happened for the first time on a timeline", {"key": "the milestone"}),
        "scene_ready": EventKind(
            "a picture was stored and can be shown",
            {
                "trigger": "trigger key",
                "mode": "kontext or t2i",
                "latency_ms": "milliseconds",
                "cost": "US dollars, absent when unknown",
                "reused": "true when no new picture was drawn",
            },
        ),
        "scene_failed": EventKind("a picture could not be drawn", {"trigger": "trigger key", "reason": "a sentence"}),
        "session_ended": EventKind(
            "an episode came to its end", {"kind": "positive, neutral, negative, surprise, budget or withdrawn"}
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. Ids are those of the engine; None where they do not apply."""

    name: str
    user_id: str | None = None
    character_id: str | None = None
    session_id: str | None = None
    template_id: str | None = None
    release_id: str | None = None
    timeline_id: str | None = None
    take_id: str | None = None
    audience: str | None = None
    properties: Mapping[str, str | int | float | bool] = field(default_factory=dict[str, str | int | float | bool])

    def __post_init__(self) -> None:
        kind = CATALOGUE.get(self.name)
        if kind is None or not set(self.properties) <= set(kind.properties):
            raise ValueError(f"not in the event catalogue: {self.name} {sorted(self.properties)}")
