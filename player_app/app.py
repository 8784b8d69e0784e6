"""Play: Gradio is the shell; the lobby and the stage are components of our own that speak to the API."""

from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING, Protocol

from starlette.routing import Mount

from player_app import lobby, stage
from player_app.page import OurPage

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI

    from engine.words import Words

DOOR = "/play"
STAGE = "stage"
QUIET = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1"}
"""Gradio asks outside for versions and telemetry unless told not to."""


class Runtime(Protocol):
    """What Play needs of the runtime: its words. Everything else it asks of the API, in the name of who sits there."""

    @property
    def words(self) -> Words:
        """The catalogue of words on screen."""
        ...


def mount(onto: FastAPI, runtime: Runtime) -> None:
    """Put Play behind the door `/play` of the running server."""
    os.environ.update(QUIET)
    import gradio as gr  # noqa: PLC0415  (takes seconds, and only who serves needs it)

    title = runtime.words.say("front.title")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="SSR mode")  # it is off: Gradio says so whenever there are two pages
        gr.mount_gradio_app(onto, build(runtime), path=DOOR, footer_links=[], run_history=False, ssr_mode=False)
    for route in onto.routes:
        if isinstance(route, Mount) and route.path == DOOR:
            route.app = OurPage(route.app, title, runtime.words.say("play.no_script"))


def build(runtime: Runtime) -> gr.Blocks:
    """The two pages of Play: the lobby at its door, and the stage, whose address names an episode or a session."""
    import gradio as gr  # noqa: PLC0415

    words, title = runtime.words, runtime.words.say("front.title")
    with gr.Blocks(title=title, fill_width=True) as blocks:
        lobby.part(words)
    with blocks.route(words.say("front.play"), f"/{STAGE}"):
        stage.part(words)
    return blocks
