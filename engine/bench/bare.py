"""The bare SDKs, as somebody would call them in a notebook: what our layer is measured against."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx

SYSTEM = "You are the doorkeeper of an old theatre."
LINE = "Good evening. Is anybody there?"


def claude(url: str, key: str, model: str) -> Callable[[], Iterator[str]]:
    """Anthropic's SDK."""
    from anthropic import Anthropic  # noqa: PLC0415  (seconds to import)

    client = Anthropic(api_key=key, base_url=url, max_retries=0)

    def reply() -> Iterator[str]:
        asked = {"model": model, "max_tokens": 400, "system": SYSTEM}
        with client.messages.stream(messages=[{"role": "user", "content": LINE}], **asked) as stream:  # pyright: ignore[reportArgumentType]
            yield from stream.text_stream

    return reply


def gemini(url: str, key: str, model: str) -> Callable[[], Iterator[str]]:
    """Google's package, over REST, without its endless retries."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import google.generativeai as package  # noqa: PLC0415

    tools: Any = package
    tools.configure(api_key=key, transport="rest", client_options={"api_endpoint": url})
    speaker = tools.GenerativeModel(model, system_instruction=SYSTEM)

    def reply() -> Iterator[str]:
        for part in speaker.generate_content(LINE, stream=True, request_options={"timeout": 60, "retry": None}):
            yield part.text

    return reply


def compatible(url: str, key: str, model: str) -> Callable[[], Iterator[str]]:
    """httpx, and a line of JSON at a time."""
    client = httpx.Client(headers={"Authorization": f"Bearer {key}"})
    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": LINE}]

    def reply() -> Iterator[str]:
        asked = {"model": model, "messages": messages, "stream": True}
        with client.stream("POST", f"{url}/chat/completions", json=asked) as response:
            for line in response.iter_lines():
                if line.startswith("data: {"):
                    yield json.loads(line[6:])["choices"][0]["delta"].get("content") or ""

    return reply


SDKS: Mapping[str, Callable[[str, str, str], Callable[[], Iterator[str]]]] = {
    "claude": claude,
    "gemini": gemini,
    "compatible": compatible,
}
