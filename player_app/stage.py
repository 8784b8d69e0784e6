"""The stage: one session as it is played, line by line, with its pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from player_app import drawer, turning
from player_app.parts import part as made

if TYPE_CHECKING:
    import gradio as gr

    from engine.words import Words

KEYS = (
    "front.title",
    "play.offline_actor",
    "play.trouble",
    "play.again",
    "play.your_data",
    "play.interrupted",
    "play.next_episode",
    "stage.to_lobby",
    "stage.conversation",
    "stage.turn_of",
    "stage.opening",
    "stage.your_line",
    "stage.say_to",
    "stage.send",
    "stage.stop",
    "stage.wait",
    "stage.counter",
    "stage.starters",
    "stage.thinking",
    "stage.not_sent",
    "stage.sending",
    "stage.discard",
    "stage.another_take",
    "stage.takes",
    "stage.take_of",
    "stage.take_before",
    "stage.take_after",
    "stage.stopped",
    "stage.good",
    "stage.bad",
    "stage.note_label",
    "stage.note_hint",
    "stage.note_send",
    "stage.note_cancel",
    "stage.note_arrived",
    "stage.thumb_arrived",
    "stage.thumb_away",
    "stage.moment",
    "stage.drawing",
    "stage.picture_came",
    "stage.picture_full",
    "stage.close",
    "stage.earlier",
    "stage.latest",
    "stage.stay",
    "stage.play_again",
    "stage.curtain",
    "stage.gone_title",
    "stage.silent_title",
    "stage.reconnecting",
    *turning.KEYS,
    *drawer.KEYS,
)
SCRIPTS = (
    "common.js",
    "stage_text.js",
    "stage_ground.js",
    "stage_flow.js",
    "stage_pictures.js",
    *turning.SCRIPTS,
    "stage_tools.js",
    *drawer.SCRIPTS,
    "stage_stream.js",
    "stage_composer.js",
    "stage_open.js",
)


def part(words: Words) -> gr.HTML:
    """The stage's component."""
    return made(words, KEYS, "stage.html", SCRIPTS)
