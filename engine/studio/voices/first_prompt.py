"""The prompt of a first line: what a character is told when an episode is played anew from its draft. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.play.conversation.compose import Material, compose
from engine.play.conversation.nouns import stage_label
from engine.play.hooks import render as render_hooks
from engine.play.memory import render as render_memories
from engine.providers.llm import Line, Prompt

if TYPE_CHECKING:
    from datetime import datetime

    from engine.story.episode import EpisodeTemplate
    from engine.story.release import Payload


def first_prompt(payload: Payload, episode: EpisodeTemplate, *, player: str, line: str, now: datetime) -> Prompt:
    """The runtime's own prompt after the opening line and one line of the player's: nothing is remembered yet.

    A rehearsal of the same draft gives the same prompt, word for word.
    """
    return compose(
        Material(
            payload=payload,
            episode=episode,
            player=player,
            place=episode.scene or next(iter(payload.setting.scenes), ""),
            memories=render_memories((), now),
            hooks=render_hooks(()),
            stage=stage_label(0),
            tension=episode.opening_tension,
            beats=(),
            milestones=(),
            turn=1,
            budget=episode.turn_budget,
            lines=(Line("assistant", episode.opening_line), Line("user", line)),
        )
    )
