"""The vendors' own clients, led to the stubs, and what they ask."""

from __future__ import annotations

import ssl
import warnings
from functools import cache
from typing import Any, NamedTuple

import anthropic
import httpx
import httpx2
from replicate.client import Client

from tests.stubs.state import Stubs

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the package says at each import that it is at its end
    import google.generativeai as genai

LINE = "I have lost the silver lantern"
KONTEXT = "black-forest-labs/flux-kontext-pro"
SCHNELL = "black-forest-labs/flux-schnell"
SOON = 0.5
"""Seconds after which a client that waits gives up."""


PATIENCE = 15.0
"""Seconds after which a client gives up that should not have to wait."""


@cache
def trusted() -> ssl.SSLContext:
    """The certificates, which every client would read anew though it needs none here."""
    return ssl.create_default_context()


class Spoken(NamedTuple):
    """How far a stream came and how it ended: the words heard, the stop told, and the error raised."""

    words: list[str]
    stop: object
    error: BaseException | None


def claude(stubs: Stubs, timeout: float = PATIENCE) -> anthropic.Anthropic:
    """A client that tries once."""
    http = httpx2.Client(verify=trusted())
    return anthropic.Anthropic(
        api_key=stubs.key, base_url=stubs.claude, max_retries=0, timeout=timeout, http_client=http
    )


def asked(**more: object) -> dict[str, Any]:
    """What Claude is asked."""
    return {"model": "claude-x", "max_tokens": 300, "messages": [{"role": "user", "content": LINE}], **more}


def gemini(stubs: Stubs) -> Any:  # noqa: ANN401  (the package tells no types)
    """A model; the package keeps its settings for the whole process."""
    genai.configure(api_key=stubs.key, transport="rest", client_options={"api_endpoint": stubs.gemini})  # pyright: ignore[reportPrivateImportUsage]
    return genai.GenerativeModel("gemini-x", system_instruction="You are Ada.")  # pyright: ignore[reportPrivateImportUsage]


def once(timeout: float = PATIENCE) -> dict[str, Any]:
    """Options without which the package tries for ever."""
    return {"timeout": timeout, "retry": None}


def openai(stubs: Stubs, timeout: float = PATIENCE) -> httpx.Client:
    """A client for what speaks as OpenAI does."""
    headers = {"authorization": f"Bearer {stubs.key}"}
    return httpx.Client(base_url=stubs.openai, timeout=timeout, headers=headers, verify=trusted())


def question(**more: object) -> dict[str, Any]:
    """What OpenAI is asked."""
    messages = [{"role": "system", "content": "You are Ada."}, {"role": "user", "content": LINE}]
    return {"model": "stub-model", "messages": messages, **more}


def painter(stubs: Stubs, token: str = "", timeout: float = PATIENCE) -> Client:
    """A client for Replicate."""
    transport = httpx.HTTPTransport(verify=trusted())
    limit = httpx.Timeout(timeout)
    return Client(api_token=token or stubs.key, base_url=stubs.replicate, timeout=limit, transport=transport)


def fetched(url: object) -> httpx.Response:
    """A page or a file."""
    return httpx.get(str(url), timeout=PATIENCE, verify=trusted())


def posted(url: str, **more: Any) -> httpx.Response:  # noqa: ANN401
    """The answer to a request in plain HTTP."""
    return httpx.post(url, timeout=PATIENCE, verify=trusted(), **more)


def claude_streams(stubs: Stubs, timeout: float = PATIENCE) -> Spoken:
    """Listen to Claude."""
    words: list[str] = []
    try:
        with claude(stubs, timeout).messages.stream(**asked()) as stream:
            words.extend(stream.text_stream)
            return Spoken(words, stream.get_final_message().stop_reason, None)
    except Exception as error:  # noqa: BLE001  (which error it is, is the question)
        return Spoken(words, None, error)


def gemini_streams(stubs: Stubs, timeout: float = PATIENCE) -> Spoken:
    """Listen to Gemini."""
    words: list[str] = []
    try:
        told = gemini(stubs).generate_content(LINE, stream=True, request_options=once(timeout))
        words.extend(part.text for part in told if part.candidates and part.candidates[0].content.parts)
        return Spoken(words, told.candidates[0].finish_reason.name, None)
    except Exception as error:  # noqa: BLE001
        return Spoken(words, None, error)


def openai_streams(stubs: Stubs, timeout: float = PATIENCE) -> Spoken:
    """Listen to OpenAI; the stop is the last line."""
    words: list[str] = []
    try:
        with (
            openai(stubs, timeout) as client,
            client.stream("POST", "/chat/completions", json=question(stream=True)) as told,
        ):
            words.extend(line for line in told.iter_lines() if line)
            return Spoken(words, words[-1], None)
    except httpx.HTTPError as error:
        return Spoken(words, None, error)
