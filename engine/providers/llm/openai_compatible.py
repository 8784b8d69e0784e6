"""Any server that speaks OpenAI's chat completions: Ollama, llama.cpp, vLLM, LM Studio, OpenRouter, OpenAI."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, ValidationError

from engine.errors import ProviderBusy, ProviderDown, ProviderError, ProviderRefused
from engine.providers.llm import Answer, Ask, Finished, FinishReason, Line, Prompt, Usage
from engine.providers.llm.structured import TOKENS, object_in, words_of
from engine.providers.llm.turns import turns_of
from engine.providers.statuses import from_status, told
from engine.providers.wire import Wire

CONNECT = 5.0
READ = 20.0
"""Seconds between two bytes: a last resort, since keep-alive signs pass it. Words are waited for elsewhere."""
MOST_BYTES = 4 * 1024 * 1024
"""The longest answer, and the longest line of a stream, that is read."""
THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
_REASONS: Mapping[str, FinishReason] = {"stop": "stop", "eos": "stop", "length": "max_tokens"}


class _Words(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    delta: _Words | None = None
    message: _Words | None = None
    finish_reason: str | None = None


class _Cached(BaseModel):
    cached_tokens: int | None = None


class _Used(BaseModel):
    prompt_tokens: int = 0
    completion_tokens: int = 0
    prompt_tokens_details: _Cached | None = None


class _Frame(BaseModel):
    """What is read of an answer or of one event of a stream; everything else is left alone."""

    model: str = ""
    choices: list[_Choice] = []
    usage: _Used | None = None
    error: Any = None


class Compatible:
    """One model of one server. Nothing is tried twice, and a redirection is not followed."""

    name = "compatible"

    def __init__(self, key: str, model: str, url: str, temperature: float = 0.8) -> None:
        self.model, self._key, self._temperature = model, key, temperature
        self._address = f"{url.rstrip('/')}/chat/completions"
        self._who = urlsplit(url).hostname or "The server"
        self._client: httpx.Client | None = None
        self._lock = threading.Lock()

    def warm(self) -> None:
        """Make the client: reading the certificates takes a moment."""
        self._open()

    def _open(self) -> httpx.Client:
        with self._lock:
            if self._client is None:
                self._client = httpx.Client(
                    headers={"Authorization": f"Bearer {self._key}"} if self._key else {},
                    timeout=httpx.Timeout(READ, connect=CONNECT),
                    trust_env=self._who not in THIS_MACHINE,  # a proxy cannot reach this machine
                )
            return self._client

    def stream(self, prompt: Prompt, wire: Wire, *, seed: int, max_tokens: int) -> Iterator[str | Finished]:
        """The reply's words, then Finished; an end without a finish reason is none."""
        lines = (*((Line("user", prompt.system),) if prompt.system else ()), *turns_of(prompt))
        asked = self._asked(lines, max_tokens, is_system_first=bool(prompt.system))
        asked |= {"stream": True, "stream_options": {"include_usage": True}, "seed": seed % 2**31}
        reason, model, used = "", self.model, Usage()
        try:
            with self._open().stream("POST", self._address, json=asked) as response:
                wire.opened(response.close)
                self._check(response)
                for frame in _frames(response):
                    self._complain(frame)
                    model, used = frame.model or model, _usage(frame.usage) or used
                    for choice in frame.choices[:1]:
                        yield (choice.delta.content if choice.delta else None) or ""
                        reason = choice.finish_reason or reason
        except ProviderError:
            raise
        except Exception as error:
            raise self._translated(error) from error
        if reason:
            yield self._finished(reason, model, used)

    def answer(self, ask: Ask, wire: Wire, *, seconds: float) -> Answer:
        """One structured answer: held to the schema where the server can, and told it in words where it cannot."""
        shape = {"type": "json_schema", "json_schema": {"name": ask.task, "schema": dict(ask.schema)}}
        asked = self._asked((Line("user", words_of(ask)),), TOKENS) | {"response_format": shape}
        asked |= {"seed": ask.seed % 2**31}
        try:
            with self._open().stream("POST", self._address, json=asked, timeout=seconds) as response:
                wire.opened(response.close)
                self._check(response)
                frame = _Frame.model_validate_json(_body(response))
        except ProviderError:
            raise
        except Exception as error:
            raise self._translated(error) from error
        self._complain(frame)
        choice = frame.choices[0] if frame.choices else _Choice()
        finished = self._finished(choice.finish_reason or "", frame.model or self.model, _usage(frame.usage) or Usage())
        if finished.reason != "stop":
            raise ProviderDown(f"{self._who}'s answer is not whole.", detail=finished.reason)
        text = (choice.message.content if choice.message else None) or ""
        return Answer(object_in(text, self._who), finished.model, finished.usage)

    def _asked(self, lines: tuple[Line, ...], max_tokens: int, *, is_system_first: bool = False) -> dict[str, Any]:
        messages: list[dict[str, str]] = [{"role": line.role, "content": line.content} for line in lines]
        if is_system_first:
            messages[0]["role"] = "system"
        told_how = {"max_tokens": max_tokens, "temperature": self._temperature}
        return {"model": self.model, "messages": messages, **told_how}

    def _check(self, response: httpx.Response) -> None:
        """Raise what a status other than 200 means."""
        if response.status_code != HTTPStatus.OK:
            words = _body(response).decode(errors="replace")
            after = response.headers.get("retry-after")
            raise from_status(self._who, response.status_code, words, key=self._key, retry_after=after)

    def _complain(self, frame: _Frame) -> None:
        """Raise an error that came in a stream that had begun well, or a refusal."""
        if frame.error is not None:
            words = told(json.dumps(frame.error), self._key)
            kind = ProviderBusy if "overloaded" in words or "rate" in words else ProviderDown
            raise kind(f"{self._who} broke off.", detail=words)
        for choice in frame.choices[:1]:
            if any(said is not None and said.refusal for said in (choice.delta, choice.message)):
                raise ProviderRefused(f"{self._who} declined this scene.", detail="refusal")

    def _finished(self, reason: str, model: str, used: Usage) -> Finished:
        """How a reply ended. Raises ProviderRefused, or ProviderDown for an end of no use."""
        if reason == "content_filter":
            raise ProviderRefused(f"{self._who} declined to go on with this scene.", detail="content filter")
        if reason not in _REASONS:
            raise ProviderDown(f"{self._who}'s reply broke off.", detail=f"finish reason {reason or 'none'}")
        return Finished(_REASONS[reason], model, used)

    def _translated(self, error: Exception) -> ProviderError:
        """Ours for theirs."""
        if isinstance(error, httpx.TimeoutException):
            return ProviderDown(f"{self._who} did not answer in time.", detail=type(error).__name__)
        if isinstance(error, httpx.ConnectError | httpx.InvalidURL):
            return ProviderDown(f"{self._who} cannot be reached.", detail=type(error).__name__)
        if isinstance(error, ValidationError):
            return ProviderDown(f"{self._who} spoke nonsense.", detail=error.errors(include_input=False)[0]["msg"])
        return ProviderDown(f"{self._who} broke off.", detail=told(f"{type(error).__name__}: {error}", self._key))


def _frames(response: httpx.Response) -> Iterator[_Frame]:
    """The events of a stream up to its `[DONE]`; comments, which keep a line open, come as empty frames."""
    for line in response.iter_lines():
        if line.startswith("data:"):
            data = line.removeprefix("data:").strip()
            if data == "[DONE]":
                return
            yield _Frame.model_validate_json(data)
        elif line.startswith((":", "event:", "id:", "retry:")) or not line:
            yield _Frame()
        else:
            raise ProviderDown("The server spoke nonsense.", detail=told(line))


def _body(response: httpx.Response) -> bytes:
    """The whole answer. Raises ProviderDown for one without an end."""
    body = bytearray()
    for piece in response.iter_bytes():
        body += piece
        if len(body) > MOST_BYTES:
            raise ProviderDown("The server's answer does not end.")
    return bytes(body)


def _usage(used: _Used | None) -> Usage | None:
    if used is None:
        return None
    cached = used.prompt_tokens_details.cached_tokens if used.prompt_tokens_details else 0
    return Usage(used.prompt_tokens, used.completion_tokens, cached or 0)
