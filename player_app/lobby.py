"""The lobby: a picture card for each character on offer, with its episodes and how far one has come in each."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    "lobby.title",
    "lobby.greeting",
    "lobby.return_link",
    "lobby.return_title",
    "lobby.return_text",
    "lobby.copy",
    "lobby.copied",
    "lobby.close",
    "lobby.search",
    "lobby.found",
    "lobby.found_one",
    "lobby.found_none",
    "lobby.empty_title",
    "lobby.empty_text",
    "lobby.to_studio",
    "lobby.start",
    "lobby.go_on",
    "lobby.replay",
    "lobby.episodes",
    "lobby.not_yet",
    "lobby.turn_of",
    "lobby.played",
    "lobby.offline_text",
)


def part(words: Words) -> gr.HTML:
    """The lobby's component."""
    return made(words, KEYS, "lobby.html", ("common.js", "lobby_cards.js", "lobby.js"))
