"""How a part of the screen is made: a constant template, our own script, and its words as the only value.

Gradio compiles a template and runs the outcome, so nothing that anybody typed may ever stand in one: what players and
characters say is fetched by the script and shown with `textContent`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gradio as gr

    from engine.words import Words

WEB = Path(__file__).resolve().parent / "web"


@cache
def text_of(name: str) -> str:
    """One of the files in `web/`."""
    return (WEB / name).read_text(encoding="utf-8")


def part(words: Words, keys: tuple[str, ...], template: str, scripts: tuple[str, ...]) -> gr.HTML:
    """A component of ours; the scripts share one scope, in the order given. Slots in the words stay open for them."""
    import gradio as gr  # noqa: PLC0415  (takes seconds, and only who serves needs it)

    said = {key: words.say(key) for key in keys}
    script = "\n".join(text_of(name) for name in scripts)
    return gr.HTML({"words": said}, html_template=text_of(template), js_on_load=script, apply_default_css=False)
