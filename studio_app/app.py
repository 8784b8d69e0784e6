"""The Studio behind its door. So far a page that says when it opens."""

from __future__ import annotations

from html import escape
from typing import Protocol

from fastapi.responses import HTMLResponse

from engine.words import Words

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="/front.svg" type="image/svg+xml">
<link rel="stylesheet" href="/front.css">
</head>
<body>
<main class="front">
<header><h1>{title}</h1><p class="tagline">{coming}</p></header>
<p><a class="back" href="/">{back}</a></p>
</main>
</body>
</html>
"""


class Runtime(Protocol):
    """What this page needs of the runtime: its words."""

    @property
    def words(self) -> Words:
        """The catalogue of words on screen."""
        ...


class Engine(Protocol):
    """What this page needs of an engine."""

    @property
    def runtime(self) -> Runtime:
        """The runtime half."""
        ...


def build(engine: Engine) -> HTMLResponse:
    """The ASGI app that is mounted at `/studio`."""
    words = engine.runtime.words
    title, coming, back = (escape(words.say(key)) for key in ("front.studio", "front.coming", "front.back"))
    return HTMLResponse(_PAGE.format(title=title, coming=coming, back=back))
