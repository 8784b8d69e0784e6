"""The page around Play: Gradio's own, with our look in its head and without what it says about itself."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from player_app.parts import text_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

STYLES = ("page.css", "lobby.css", "stage.css", "reply.css", "turning.css", "memories.css")
_ABOUT_ITSELF = re.compile(
    rb'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>|<link rel="manifest"[^>]*>|<title>.*?</title>', re.DOTALL
)
_VIEWPORT = re.compile(rb'<meta\s+name="viewport"[^>]*>')
_BODY = re.compile(rb"<body[^>]*>")
_HEAD = """<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">
<meta name="color-scheme" content="dark light">
<title>{title}</title>
<link rel="icon" href="/front.svg" type="image/svg+xml">
<link rel="preload" href="/house/newsreader.woff2" as="font" type="font/woff2" crossorigin>
<link rel="stylesheet" href="/house.css">
<style>{style}</style>"""
_BEFORE = """
<p class="before-curtain" aria-hidden="true">{title}</p>
<noscript><p class="no-script">{no_script}</p></noscript>"""
"""What stands there until the scripts have built the page."""


def dressed(page: bytes, title: str, no_script: str) -> bytes:
    """A page of Gradio's as a page of ours: looks are there before the first paint, and links unfold under our name.

    `no_script` is the sentence for a browser that runs no scripts.
    """
    before = _BEFORE.format(title=escape(title), no_script=escape(no_script)).encode()
    head = _HEAD.format(title=escape(title), style="\n".join(text_of(name) for name in STYLES)).encode()
    plain = _VIEWPORT.sub(b"", _ABOUT_ITSELF.sub(b"", page))
    headed = plain.replace(b"</head>", head + b"\n</head>", 1)
    return _BODY.sub(lambda body: body[0] + before, headed, count=1)


class OurPage:
    """Dresses every HTML answer of the app below; all others pass untouched."""

    def __init__(self, app: ASGIApp, title: str, no_script: str) -> None:
        self._app = app
        self._title = title
        self._no_script = no_script

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and dress its answer if it is a page."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        held: list[Message] = []
        body = bytearray()

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                held.append(message)
            elif not held:
                await send(message)
            else:
                body.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    await self._send(held[0], bytes(body), send)

        await self._app(scope, receive, sent)

    async def _send(self, start: Message, body: bytes, send: Send) -> None:
        page = dressed(body, self._title, self._no_script)
        kept = [(key, value) for key, value in start["headers"] if key.lower() != b"content-length"]
        start["headers"] = [*kept, (b"content-length", str(len(page)).encode()), (b"cache-control", b"no-store")]
        await send(start)
        await send({"type": "http.response.body", "body": page})


def _is_page(start: Message) -> bool:
    headers = {key.lower(): value for key, value in start["headers"]}
    return headers.get(b"content-type", b"").startswith(b"text/html") and b"content-encoding" not in headers
